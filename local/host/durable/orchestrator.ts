import { type OrchestrationContext, type Task, whenAny } from '@microsoft/durabletask-js';
import { type Calls, createCalls, decodeInput } from './calls.ts';
import { type Action, ActionType, type ContinueAsNewAction, EventType, type HistoryEvent, type OrchestratorReply } from './wire.ts';

/** Runs the app's orchestrator function once over a history: the JSON text of its trigger goes in. */
export type Replay = (trigger: string) => Promise<OrchestratorReply>;

interface OrchestratorOptions {
  readonly name: string;
  readonly parentInstanceId: string | undefined;
  readonly replay: Replay;
  /** What the function answered at each step of this execution so far; grows. */
  readonly replies: OrchestratorReply[];
}

/**
 * Makes an orchestrator for the engine that is driven by the app's own through the real `durable-functions` executor, in the manner of the
 * Durable Task extension: run the function over the history, carry out the actions that are new, wait for whatever completes first, add
 * that to the history, and again. The engine replays this generator; the app's function runs once for each step, since the replies are kept.
 */
export function createOrchestrator({ name, parentInstanceId, replay, replies }: OrchestratorOptions) {
  const replyAt = keepReplies(replay, replies);
  return async function* orchestrate(context: OrchestrationContext, input: unknown): AsyncGenerator<Task<unknown>, unknown, Task<unknown>> {
    const calls = createCalls(context);
    const history: HistoryEvent[] = [
      orchestratorStarted(context),
      { ...orchestratorStarted(context), EventType: EventType.executionStarted },
    ];
    for (let step = 0; ; step++) {
      const reply = await replyAt(step, () => createTrigger(context, { input, parentInstanceId, history }));
      if (reply.customStatus !== undefined) context.setCustomStatus(reply.customStatus);
      if (reply.error !== undefined) throw new Error(`Orchestrator function '${name}' failed: ${reply.error}`);
      const actions = reply.actions.flat();
      const next = actions.find(isContinueAsNew);
      calls.start(actions.filter((action) => action !== next));
      if (next !== undefined) return context.continueAsNew(decodeInput(next.input), true);
      if (reply.isDone) return reply.output;
      history.push(...(yield* waitForFirst(context, calls)));
    }
  };
}

async function* waitForFirst(context: OrchestrationContext, calls: Calls): AsyncGenerator<Task<unknown>, HistoryEvent[], Task<unknown>> {
  const tasks = calls.tasks();
  if (tasks.length === 0) throw new Error('The orchestrator waits for tasks that are complete already: in Azure it would hang for ever.');
  const settled = yield whenAny(tasks);
  return [orchestratorStarted(context), calls.settle(settled)];
}

/** Asks only for replies that are not kept yet. */
function keepReplies(replay: Replay, replies: OrchestratorReply[]) {
  return async (step: number, createTrigger: () => string): Promise<OrchestratorReply> => {
    const reply = replies[step] ?? (await replay(createTrigger()));
    replies[step] = reply;
    return reply;
  };
}

function isContinueAsNew(action: Action): action is ContinueAsNewAction {
  return action.actionType === ActionType.continueAsNew;
}

function orchestratorStarted(context: OrchestrationContext): HistoryEvent {
  return { EventType: EventType.orchestratorStarted, Timestamp: context.currentUtcDateTime.toISOString() };
}

interface Execution {
  readonly input: unknown;
  readonly parentInstanceId: string | undefined;
  readonly history: readonly HistoryEvent[];
}

function createTrigger(context: OrchestrationContext, { input, parentInstanceId, history }: Execution): string {
  return JSON.stringify({
    history: history.map((event, index) => ({ EventId: -1, IsPlayed: index < history.length - 1, ...event })),
    input: input ?? null,
    instanceId: context.instanceId,
    isReplaying: history.length > FIRST_STEP_EVENTS,
    parentInstanceId: parentInstanceId ?? null,
    upperSchemaVersion: SCHEMA_V2,
    longRunningTimerIntervalDuration: '3.00:00:00',
    maximumShortTimerDuration: '6.00:00:00',
    defaultHttpAsyncRequestSleepTimeMillseconds: 30_000,
  });
}

const FIRST_STEP_EVENTS = 2;

/** One list of actions, compounds nested. What came later concerns long timers and durable HTTP. */
const SCHEMA_V2 = 1;
