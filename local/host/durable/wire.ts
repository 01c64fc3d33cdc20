/*
 * What the Durable Task extension and the `durable-functions` library say to each other about an orchestration: the history goes in, the
 * actions of the orchestrator since its start come out.
 */

/** Numbers of the extension's actions, as far as the local host carries them out. */
export const ActionType = {
  callActivity: 0,
  callActivityWithRetry: 1,
  callSubOrchestrator: 2,
  callSubOrchestratorWithRetry: 3,
  continueAsNew: 4,
  createTimer: 5,
  waitForExternalEvent: 6,
  whenAny: 11,
  whenAll: 12,
} as const;

export interface RetryOptions {
  readonly firstRetryIntervalInMilliseconds: number;
  readonly maxNumberOfAttempts: number;
  readonly backoffCoefficient?: number;
  readonly maxRetryIntervalInMilliseconds?: number;
}

export interface ActivityAction {
  readonly actionType: 0 | 1;
  readonly functionName: string;
  /** A string is JSON text; anything else is the value itself. */
  readonly input?: unknown;
  readonly retryOptions?: RetryOptions;
}

export interface SubOrchestratorAction {
  readonly actionType: 2 | 3;
  readonly functionName: string;
  readonly instanceId?: string;
  readonly input?: unknown;
  readonly retryOptions?: RetryOptions;
}

export interface ContinueAsNewAction {
  readonly actionType: 4;
  /** As of an activity. */
  readonly input?: unknown;
}

interface TimerAction {
  readonly actionType: 5;
  readonly fireAt: string;
  readonly isCanceled: boolean;
}

interface WaitAction {
  readonly actionType: 6;
  readonly externalEventName: string;
}

interface CompoundAction {
  readonly actionType: 11 | 12;
  readonly compoundActions: readonly Action[];
}

/** An action that waits for nothing else. */
export type AtomicAction = ActivityAction | SubOrchestratorAction | ContinueAsNewAction | TimerAction | WaitAction;

export type Action = AtomicAction | CompoundAction;

/** What the library answers after a replay. */
export interface OrchestratorReply {
  readonly isDone: boolean;
  /** All actions since the start, the earlier ones again in the same places, in one inner array. */
  readonly actions: readonly (readonly Action[])[];
  readonly output?: unknown;
  readonly error?: string;
  readonly customStatus?: unknown;
}

/** Numbers of the extension's history events, as far as the library looks at them. */
export const EventType = {
  executionStarted: 0,
  taskCompleted: 5,
  taskFailed: 6,
  subOrchestrationCompleted: 8,
  subOrchestrationFailed: 9,
  timerFired: 11,
  orchestratorStarted: 12,
  eventRaised: 15,
} as const;

/** One event of the history, spelt as the extension spells it. */
export interface HistoryEvent {
  readonly EventType: number;
  readonly Timestamp: string;
  readonly TaskScheduledId?: number;
  readonly TimerId?: number;
  readonly Name?: string;
  readonly Input?: string;
  readonly Result?: string;
  readonly Reason?: string;
  readonly Details?: string;
}
