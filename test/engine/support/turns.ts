import { type Action, EventType, type HistoryEvent, type OrchestratorReply } from '../../../local/host/durable/wire.ts';
import { toJson } from '../../../local/host/typed-data.ts';
import type { Answer, Call, JournalEntry } from './journal.ts';

/** What the engine gives an orchestrator to decide by. */
interface Trigger {
  readonly history: readonly RecordedEvent[];
  readonly instanceId: string;
}

interface RecordedEvent extends HistoryEvent {
  readonly OrchestrationInstance?: { readonly ExecutionId: string };
}

/** One turn of an orchestrator: the call with the history so far, and what the orchestrator decided by it. */
export interface Turn {
  readonly call: Call;
  readonly trigger: Trigger;
  /** The generation of the instance: each continue-as-new begins another. */
  readonly executionId: string;
  readonly reply: OrchestratorReply;
}

/** The turns in a journal that came to an end. Throws when an orchestrator threw: ours never do. */
export function turnsIn(journal: readonly JournalEntry[]): Turn[] {
  return journal.flatMap(({ kind, call, answer }) =>
    kind === 'orchestrationTrigger' && answer !== undefined ? [toTurn(call, answer)] : [],
  );
}

function toTurn(call: Call, answer: Answer): Turn {
  const trigger = triggerOf(call);
  const start = trigger.history.find(({ EventType: type }) => type === EventType.executionStarted);
  return { call, trigger, executionId: start?.OrchestrationInstance?.ExecutionId ?? '', reply: replyOf(answer) };
}

/** What an orchestrator answered. Throws what it threw. */
export function replyOf({ error, returnValue }: Answer): OrchestratorReply {
  if (error !== undefined) throw new Error(`An orchestrator threw: ${error.message}`);
  return JSON.parse(toJson(returnValue));
}

function triggerOf({ inputs }: Call): Trigger {
  return JSON.parse(Object.values(inputs)[0]?.string ?? 'null');
}

/** The last turn of each execution. */
export function lastTurns(turns: readonly Turn[]): Turn[] {
  const executions = Map.groupBy(turns, ({ executionId }) => executionId);
  return [...executions.values()].map((ofOne) => ofOne.reduce((last, turn) => (eventsOf(turn) > eventsOf(last) ? turn : last)));
}

export function eventsOf({ trigger }: Turn): number {
  return trigger.history.length;
}

/** The calls with each shorter history that the engine might have given in earlier turns. */
export function earlierCalls({ call, trigger }: Turn): Call[] {
  const starts = trigger.history.flatMap(({ EventType: type }, index) =>
    type === EventType.orchestratorStarted && index > 0 ? [index] : [],
  );
  return starts.map((end) => ({ ...call, inputs: withHistory(call, { ...trigger, history: trigger.history.slice(0, end) }) }));
}

function withHistory({ inputs }: Call, trigger: Trigger): Call['inputs'] {
  return Object.fromEntries(Object.keys(inputs).map((name) => [name, { string: JSON.stringify(trigger) }]));
}

/** What the orchestrator wants done, in order, whether or not it gave a timer up later. */
export function decisionsOf({ actions }: OrchestratorReply): Action[] {
  return JSON.parse(JSON.stringify(actions.flat()), (name, value) => (name === 'isCanceled' ? undefined : value));
}

/** Sizes of all that a turn or an activity was given and gave, piece by piece as the engine keeps them. */
export function payloadBytesOf({ kind, call, answer }: JournalEntry): number[] {
  const returned = answer?.returnValue === undefined ? [] : [toJson(answer.returnValue)];
  if (kind === 'activityTrigger') return [...Object.values(call.inputs).map(toJson), ...returned].map(bytesOf);
  const { actions = [], output, customStatus } = answer === undefined ? {} : replyOf(answer);
  const events = triggerOf(call).history.flatMap(({ Input, Result, Reason, Details }) => [Input, Result, Reason, Details]);
  return [...events, output, customStatus, ...actions.flat()].map(bytesOf);
}

function bytesOf(piece: unknown): number {
  return Buffer.byteLength(typeof piece === 'string' ? piece : (JSON.stringify(piece) ?? ''));
}
