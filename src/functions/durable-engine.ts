import type { InvocationContext } from '@azure/functions';
import { type DurableClient, getClient, OrchestrationRuntimeStatus } from 'durable-functions';
import { RUN } from '../orchestration/engine-names.ts';
import type { Engine, InstanceStatus } from '../runs/engine.ts';

const STATUSES: Readonly<Record<OrchestrationRuntimeStatus, InstanceStatus>> = {
  [OrchestrationRuntimeStatus.Pending]: 'pending',
  [OrchestrationRuntimeStatus.Running]: 'active',
  [OrchestrationRuntimeStatus.ContinuedAsNew]: 'active',
  [OrchestrationRuntimeStatus.Suspended]: 'suspended',
  [OrchestrationRuntimeStatus.Completed]: 'ended',
  [OrchestrationRuntimeStatus.Failed]: 'ended',
  [OrchestrationRuntimeStatus.Terminated]: 'ended',
  [OrchestrationRuntimeStatus.Canceled]: 'ended',
};

const ENDED: readonly OrchestrationRuntimeStatus[] = [
  OrchestrationRuntimeStatus.Completed,
  OrchestrationRuntimeStatus.Failed,
  OrchestrationRuntimeStatus.Terminated,
  OrchestrationRuntimeStatus.Canceled,
];

/** The engine as this invocation reaches it; its function needs the durable client among its extra inputs. */
export function engineOf(context: InvocationContext): Engine {
  const client = getClient(context);
  return {
    async start(instanceId, attempt) {
      await client.startNew(RUN, { instanceId, input: attempt });
    },
    async status(instanceId) {
      const status = await statusOf(client, instanceId);
      return status === undefined ? 'gone' : (STATUSES[status] ?? 'ended');
    },
    async terminate(instanceId, reason) {
      await client.terminate(instanceId, reason);
    },
    async purge(before) {
      await client.purgeInstanceHistoryBy({ createdTimeFrom: new Date(0), createdTimeTo: before, runtimeStatus: [...ENDED] });
    },
  };
}

async function statusOf(client: DurableClient, instanceId: string): Promise<OrchestrationRuntimeStatus | undefined> {
  try {
    return (await client.getStatus(instanceId))?.runtimeStatus;
  } catch (error) {
    // The client throws for an id that the engine does not know; it has no error type, only the status code in its text.
    if (error instanceof Error && /\b404\b/.test(error.message)) return undefined;
    throw error;
  }
}
