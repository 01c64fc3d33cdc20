import { setTimeout as delay, setImmediate as nextTick } from 'node:timers/promises';
import { NoOpLogger } from '@microsoft/durabletask-js';
import { newOrchestratorStartedEvent } from '@microsoft/durabletask-js/dist/utils/pb-helper.util.js';
import { OrchestrationExecutor } from '@microsoft/durabletask-js/dist/worker/orchestration-executor.js';
import { Registry } from '@microsoft/durabletask-js/dist/worker/registry.js';
import { createActivityRunner } from './activities.ts';
import { Backend } from './backend.ts';
import { createOrchestrator } from './orchestrator.ts';
import { type Instance, isCurrent } from './stale-events.ts';
import { isOver } from './status.ts';
import type { OrchestratorReply } from './wire.ts';

interface EngineOptions {
  readonly maxConcurrentActivities: number;
  /** Runs the app's orchestrator function of that name once over a history. */
  replay(name: string, trigger: string): Promise<OrchestratorReply>;
  /** Runs the app's activity function of that name on JSON text, to JSON text. */
  runActivity(name: string, input: string | undefined): Promise<string>;
}

/** Orchestrations in memory, going until they are stopped. */
export interface DurableEngine {
  readonly backend: Backend;
  /** Resolves when the turn that is under way is over. Activities that are running are left to themselves. */
  stop(): Promise<void>;
}

const IDLE_POLL_MS = 5;

/**
 * Starts the engine: one turn of one orchestration at a time, activities side by side. It stands where the package's own worker would, which
 * runs activities one after the other and never rests.
 */
export function startDurableEngine({ maxConcurrentActivities, replay, runActivity }: EngineOptions): DurableEngine {
  const backend = new Backend();
  const activities = createActivityRunner({ backend, maxConcurrent: maxConcurrentActivities, run: runActivity });
  const repliesOf = createReplyStore();
  let isStopped = false;

  async function takeTurn(instance: Instance): Promise<void> {
    const { instanceId, name, executionId, completionToken } = instance;
    const registry = new Registry();
    const replies = repliesOf(instance);
    const options = { name, parentInstanceId: backend.parentOf(instanceId), replies };
    registry.addNamedOrchestrator(name, createOrchestrator({ ...options, replay: (trigger) => replay(name, trigger) }));
    const events = [newOrchestratorStartedEvent(new Date()), ...instance.pendingEvents.filter((event) => isCurrent(event, instance))];
    // What arrives during the turn is for the next one: the engine takes all that is pending for dealt with.
    instance.pendingEvents = [];
    const executor = new OrchestrationExecutor(registry, new NoOpLogger());
    const { actions, customStatus } = await executor.execute(instanceId, instance.history, events, executionId);
    const late = instance.pendingEvents;
    instance.pendingEvents = events;
    backend.completeOrchestration(instanceId, completionToken, actions, customStatus);
    instance.pendingEvents.push(...late);
    // It stays in memory, but is not replayed again.
    if (isOver(instance)) replies.length = 0;
  }

  async function run(): Promise<void> {
    while (!isStopped) {
      const instance = backend.getNextOrchestrationWorkItem();
      if (instance === undefined) {
        await delay(IDLE_POLL_MS);
        continue;
      }
      if (isOver(instance)) instance.pendingEvents = [];
      else await takeTurn(instance);
      activities.collect();
      // Lets promises settle that deliver ends of sub-orchestrations, before anyone takes the next turn.
      await nextTick();
    }
  }

  const running = run();
  return {
    backend,
    async stop() {
      isStopped = true;
      await running;
      backend.reset();
    },
  };
}

/** Keeps what each instance's orchestrator function answered in the present execution. */
function createReplyStore(): (instance: Instance) => OrchestratorReply[] {
  const store = new WeakMap<Instance, { readonly executionId: string; readonly replies: OrchestratorReply[] }>();
  return (instance) => {
    const known = store.get(instance);
    if (known?.executionId === instance.executionId) return known.replies;
    const fresh = { executionId: instance.executionId, replies: [] };
    store.set(instance, fresh);
    return fresh.replies;
  };
}
