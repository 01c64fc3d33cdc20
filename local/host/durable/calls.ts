import { type OrchestrationContext, type Task, TaskFailedError } from '@microsoft/durabletask-js';
import {
  type Action,
  ActionType,
  type ActivityAction,
  type AtomicAction,
  EventType,
  type HistoryEvent,
  type RetryOptions,
  type SubOrchestratorAction,
} from './wire.ts';

/** What an orchestration waits for, in the engine's tasks on one side and the extension's ids and events on the other. */
export interface Calls {
  /** Starts those of the orchestrator's actions that are new, and gives up the timers that it has cancelled. */
  start(actions: readonly Action[]): void;
  /** The engine's tasks that are under way. */
  tasks(): Task<unknown>[];
  /** Takes in a task that is complete, and makes the event that tells the orchestrator. A call that failed is made again if its action says so. */
  settle(task: Task<unknown>): HistoryEvent;
}

type NewEvent = Omit<HistoryEvent, 'Timestamp'>;

interface OpenCall {
  readonly task: Task<unknown>;
  settle(): NewEvent;
  cancel?(): void;
}

type CallAction = ActivityAction | SubOrchestratorAction;

/**
 * Keeps the calls of one execution. Ids are handed out as the extension does it, since library and extension must count alike: one for each
 * action in the order of the actions, children of compounds included, none for external events, a further one for each pause before a retry and
 * each retry, at the time of the event that causes it.
 */
export function createCalls(context: OrchestrationContext): Calls {
  const open = new Map<Task<unknown>, OpenCall>();
  const started: OpenCall[] = [];
  let nextId = 0;

  function add(call: OpenCall): OpenCall {
    open.set(call.task, call);
    return call;
  }

  function call(action: CallAction, attempt = 1): OpenCall {
    const id = nextId++;
    const { task, completed, failed } = isActivity(action) ? startActivity(context, action) : startSubOrchestration(context, action);
    return add({
      task,
      settle() {
        if (!task.isFailed) return { EventType: completed, TaskScheduledId: id, Result: JSON.stringify(task.getResult() ?? null) };
        pauseBeforeRetry(action, attempt);
        return { EventType: failed, TaskScheduledId: id, ...describeFailure(task) };
      },
    });
  }

  // The extension pauses after the last attempt, too, and only then tells the orchestrator.
  function pauseBeforeRetry(action: CallAction, attempt: number): void {
    const { retryOptions } = action;
    if (retryOptions === undefined) return;
    const fireAt = new Date(context.currentUtcDateTime.getTime() + retryDelayMs(retryOptions, attempt));
    timer(fireAt, () => {
      if (attempt < retryOptions.maxNumberOfAttempts) call(action, attempt + 1);
    });
  }

  function timer(fireAt: Date, onFired: () => void = () => {}): OpenCall {
    const id = nextId++;
    const task = context.createTimer(fireAt);
    return add({
      task,
      cancel: () => task.cancel(),
      settle() {
        onFired();
        return { EventType: EventType.timerFired, TimerId: id };
      },
    });
  }

  function waitForEvent(name: string): OpenCall {
    const task = context.waitForExternalEvent(name);
    return add({ task, settle: () => ({ EventType: EventType.eventRaised, Name: name, Input: JSON.stringify(task.getResult() ?? null) }) });
  }

  function startAtom(action: AtomicAction): OpenCall {
    switch (action.actionType) {
      case ActionType.createTimer:
        return timer(new Date(action.fireAt));
      case ActionType.waitForExternalEvent:
        return waitForEvent(action.externalEventName);
      case ActionType.continueAsNew:
        throw new Error('Starting anew is not a call.');
      default:
        if (isActivity(action) || isSubOrchestrator(action)) return call(action);
        throw new Error('The local host runs no entities and makes no durable HTTP calls. Run this app with Azure Functions Core Tools.');
    }
  }

  return {
    start(actions) {
      for (const [index, action] of actions.flatMap(flatten).entries()) {
        const known = started[index] ?? startAtom(action);
        started[index] = known;
        if (action.actionType === ActionType.createTimer && action.isCanceled && open.delete(known.task)) known.cancel?.();
      }
    },
    tasks: () => [...open.keys()],
    settle(task) {
      const settled = open.get(task);
      if (settled === undefined) throw new Error('The engine completed a task that this orchestration does not wait for.');
      open.delete(task);
      return { Timestamp: context.currentUtcDateTime.toISOString(), ...settled.settle() };
    },
  };
}

function flatten(action: Action): AtomicAction[] {
  return 'compoundActions' in action ? action.compoundActions.flatMap(flatten) : [action];
}

function isActivity(action: AtomicAction): action is ActivityAction {
  return action.actionType === ActionType.callActivity || action.actionType === ActionType.callActivityWithRetry;
}

function isSubOrchestrator(action: AtomicAction): action is SubOrchestratorAction {
  return action.actionType === ActionType.callSubOrchestrator || action.actionType === ActionType.callSubOrchestratorWithRetry;
}

interface StartedCall {
  readonly task: Task<unknown>;
  /** Types of the events that tell its end. */
  readonly completed: number;
  readonly failed: number;
}

function startActivity(context: OrchestrationContext, { functionName, input }: ActivityAction): StartedCall {
  const task = context.callActivity<unknown, unknown>(functionName, decodeInput(input));
  return { task, completed: EventType.taskCompleted, failed: EventType.taskFailed };
}

function startSubOrchestration(context: OrchestrationContext, { functionName, input, instanceId }: SubOrchestratorAction): StartedCall {
  const options = instanceId === undefined ? {} : { instanceId };
  const task = context.callSubOrchestrator<unknown, unknown>(functionName, input, options);
  return { task, completed: EventType.subOrchestrationCompleted, failed: EventType.subOrchestrationFailed };
}

/** The value of an action's input: the library sends a string as JSON text, anything else as it is. */
export function decodeInput(input: unknown): unknown {
  return typeof input === 'string' ? JSON.parse(input) : input;
}

function retryDelayMs(options: RetryOptions, attempt: number): number {
  const delayMs = options.firstRetryIntervalInMilliseconds * (options.backoffCoefficient ?? 1) ** (attempt - 1);
  return Math.min(delayMs, options.maxRetryIntervalInMilliseconds ?? Number.POSITIVE_INFINITY);
}

/** The library's message of a failed call is `<Reason> \n <Details>`. */
function describeFailure(task: Task<unknown>): Pick<HistoryEvent, 'Reason' | 'Details'> {
  const error = task.getException();
  if (!(error instanceof TaskFailedError)) return { Reason: error.message, Details: '' };
  return { Reason: error.details.message, Details: stackWithoutMessage(error.details.stackTrace) };
}

function stackWithoutMessage(stack = ''): string {
  return stack.slice(Math.max(0, stack.search(/^\s*at /m)));
}
