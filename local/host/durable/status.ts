import { ProtoOrchestrationStatus as EngineStatus } from '@microsoft/durabletask-js';
import type { Instance } from './stale-events.ts';

/** How the Durable Task extension names the states of an instance. */
export type RuntimeStatus = 'Pending' | 'Running' | 'Completed' | 'Failed' | 'Terminated' | 'Suspended';

const NAMES: Partial<Record<EngineStatus, RuntimeStatus>> = {
  [EngineStatus.ORCHESTRATION_STATUS_PENDING]: 'Pending',
  [EngineStatus.ORCHESTRATION_STATUS_COMPLETED]: 'Completed',
  [EngineStatus.ORCHESTRATION_STATUS_FAILED]: 'Failed',
  [EngineStatus.ORCHESTRATION_STATUS_TERMINATED]: 'Terminated',
  [EngineStatus.ORCHESTRATION_STATUS_SUSPENDED]: 'Suspended',
};

export function runtimeStatus({ status }: Instance): RuntimeStatus {
  return NAMES[status] ?? 'Running';
}

/** Tells whether nothing can happen to the instance any more. */
export function isOver(instance: Instance): boolean {
  return ['Completed', 'Failed', 'Terminated'].includes(runtimeStatus(instance));
}

/** What a status query of the extension answers. */
export interface InstanceStatus {
  readonly name: string;
  readonly instanceId: string;
  readonly runtimeStatus: RuntimeStatus;
  readonly input: unknown;
  readonly customStatus: unknown;
  readonly output: unknown;
  readonly createdTime: string;
  readonly lastUpdatedTime: string;
}

/** Describes an instance as the extension does: the output of one that failed is its error. */
export function describeInstance(instance: Instance): InstanceStatus {
  return {
    name: instance.name,
    instanceId: instance.instanceId,
    runtimeStatus: runtimeStatus(instance),
    input: parse(instance.input),
    customStatus: parse(instance.customStatus),
    output: instance.failureDetails?.getErrormessage() ?? parse(instance.output),
    createdTime: instance.createdAt.toISOString(),
    lastUpdatedTime: instance.lastUpdatedAt.toISOString(),
  };
}

function parse(json: string | undefined): unknown {
  return json === undefined || json === '' ? null : JSON.parse(json);
}
