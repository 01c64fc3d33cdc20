import type { OrchestrationContext, Task } from 'durable-functions';

/** What an orchestrator asked the engine for. */
export interface Call {
  readonly kind: 'activity' | 'sub-orchestrator';
  readonly name: string;
  readonly input: unknown;
  readonly id?: string;
  readonly maxAttempts: number;
}

interface Driven<T> {
  readonly result: T;
  readonly calls: readonly Call[];
  /** The input with which it continues as new. */
  readonly continuedWith?: unknown;
}

type Generated<T> = (context: OrchestrationContext) => Generator<Task, T, unknown>;

/** Runs a generator step by step: `answer` gives the result of each call, or throws what the engine would. */
export function drive<T>(orchestrator: Generated<T>, input: unknown, answer: (call: Call) => unknown): Driven<T> {
  const calls: Call[] = [];
  const continued: unknown[] = [];
  const record = (call: Call) => {
    calls.push(call);
    return call;
  };
  const df = {
    instanceId: 'instance',
    getInput: () => input,
    continueAsNew: (next: unknown) => continued.push(next),
    callActivityWithRetry: (name: string, { maxNumberOfAttempts }: { maxNumberOfAttempts: number }, given: unknown) =>
      record({ kind: 'activity', name, input: given, maxAttempts: maxNumberOfAttempts }),
    callSubOrchestratorWithRetry: (name: string, { maxNumberOfAttempts }: { maxNumberOfAttempts: number }, given: unknown, id: string) =>
      record({ kind: 'sub-orchestrator', name, input: given, id, maxAttempts: maxNumberOfAttempts }),
  };
  const generator = orchestrator({ df } as unknown as OrchestrationContext);
  let step = generator.next();
  while (step.done !== true) step = advance(generator, () => answer(step.value as unknown as Call));
  return { result: step.value, calls, ...(continued.length > 0 && { continuedWith: continued[0] }) };
}

function advance<T>(generator: Generator<Task, T, unknown>, answer: () => unknown): IteratorResult<Task, T> {
  let value: unknown;
  try {
    value = answer();
  } catch (error) {
    return generator.throw(error);
  }
  return generator.next(value);
}
