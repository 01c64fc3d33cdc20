import type { FunctionsCore, RegisteredFunction } from '../functions-core.ts';
import type { HttpEndpoint } from '../http/http.ts';
import { toJson } from '../typed-data.ts';
import type { Backend } from './backend.ts';
import { startDurableEngine } from './engine.ts';
import { createManagementEndpoints } from './management.ts';
import type { OrchestratorReply } from './wire.ts';

interface DurableOptions {
  readonly core: FunctionsCore;
  /** Those that are switched on. */
  readonly functions: readonly RegisteredFunction[];
  readonly maxConcurrentActivities: number;
  /** Hears of each activity or orchestrator function that throws. */
  onError(error: unknown, functionName: string): void;
}

/** The orchestrations of an app: the engine, and the HTTP API through which the app's durable clients reach it. */
export interface Durable {
  readonly backend: Backend;
  readonly endpoints: readonly HttpEndpoint[];
  stop(): Promise<void>;
}

/** Starts the engine for the orchestrator and activity functions of a loaded app. */
export function startDurable({ core, functions, maxConcurrentActivities, onError }: DurableOptions): Durable {
  const orchestrators = triggersByName(functions, 'orchestrationTrigger');
  const activities = triggersByName(functions, 'activityTrigger');

  async function invoke(kind: ReadonlyMap<string, string>, name: string, trigger: string | undefined): Promise<string> {
    const binding = kind.get(name);
    if (binding === undefined) throw new Error(`The app has no such function: "${name}". Register it, or correct the name in its caller.`);
    const { returnValue } = await core.invoke(name, { [binding]: { string: trigger ?? 'null' } });
    return toJson(returnValue);
  }

  async function replay(name: string, trigger: string): Promise<OrchestratorReply> {
    try {
      return JSON.parse(await invoke(orchestrators, name, trigger));
    } catch (error) {
      const reply = replyOfFailure(error);
      onError(reply.error?.split('\n', 1)[0], name);
      return reply;
    }
  }

  async function runActivity(name: string, input: string | undefined): Promise<string> {
    try {
      return await invoke(activities, name, input);
    } catch (error) {
      onError(error, name);
      throw error;
    }
  }

  const engine = startDurableEngine({ maxConcurrentActivities, replay, runActivity });
  const endpoints = createManagementEndpoints({ backend: engine.backend, isOrchestrator: (name) => orchestrators.has(name) });
  return { backend: engine.backend, endpoints, stop: () => engine.stop() };
}

/** An orchestrator that fails throws, with what it did until then as JSON text after this mark. */
const REPLY_MARK = '\n\n$OutOfProcData$:';

function replyOfFailure(error: unknown): OrchestratorReply {
  const message = error instanceof Error ? error.message : String(error);
  const [, reply] = message.split(REPLY_MARK);
  return reply === undefined
    ? { isDone: false, actions: [], error: message }
    : { error: 'an error without a message', ...JSON.parse(reply) };
}

function triggersByName(functions: readonly RegisteredFunction[], type: string): ReadonlyMap<string, string> {
  return new Map(functions.filter(({ trigger }) => trigger.type === type).map(({ name, trigger }) => [name, trigger.name]));
}
