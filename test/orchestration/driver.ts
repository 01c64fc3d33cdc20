import type { OrchestrationContext, Task } from 'durable-functions';

/** What an orchestrator asked the engine for. */
export interface Call {
  readonly kind: 'activity' | 'sub-orchestrator' | 'timer';
  /** Of a timer, when it fires, ISO 8601. */
  readonly name: string;
  readonly input?: unknown;
  readonly id?: string;
  readonly maxAttempts?: number;
}

interface Driven<T> {
  readonly result: T;
  /** What it waited for, step by step: several calls where it waited for all of them at once. */
  readonly steps: readonly (readonly Call[])[];
  /** The same, one after the other. */
  readonly calls: readonly Call[];
  /** The input with which it continues as new. */
  readonly continuedWith?: unknown;
}

type Generated<T> = (context: OrchestrationContext) => Generator<Task, T, unknown>;
type Retries = { readonly maxNumberOfAttempts: number };

/** When every orchestration of the tests runs. */
export const NOW = new Date('2026-01-01T00:00:00.000Z');

/** Runs a generator step by step: `answer` gives the result of each call, or throws what the engine would. */
export function drive<T>(orchestrator: Generated<T>, input: unknown, answer: (call: Call) => unknown): Driven<T> {
  const steps: Call[][] = [];
  const continued: unknown[] = [];
  const df = {
    instanceId: 'instance',
    currentUtcDateTime: NOW,
    getInput: () => input,
    newGuid: (name: string) => `guid-of-${name}`,
    continueAsNew: (next: unknown) => continued.push(next),
    createTimer: (at: Date): Call => ({ kind: 'timer', name: at.toISOString() }),
    callActivityWithRetry: (name: string, { maxNumberOfAttempts }: Retries, given: unknown): Call => ({
      ...{ kind: 'activity', name, input: given, maxAttempts: maxNumberOfAttempts },
    }),
    callSubOrchestratorWithRetry: (name: string, { maxNumberOfAttempts }: Retries, given: unknown, id: string): Call => ({
      ...{ kind: 'sub-orchestrator', name, input: given, id, maxAttempts: maxNumberOfAttempts },
    }),
    Task: { all: (calls: readonly Call[]) => calls },
  };
  const generator = orchestrator({ df } as unknown as OrchestrationContext);
  let step = generator.next();
  while (step.done !== true) {
    const asked = step.value as unknown as Call | readonly Call[];
    const calls = Array.isArray(asked) ? [...asked] : [asked as Call];
    // The library throws for a wait for nothing.
    if (calls.length === 0) throw new Error('The orchestrator waits for nothing.');
    for (const call of calls) checkPayload(call);
    steps.push(calls);
    step = advance(generator, () => (Array.isArray(asked) ? calls.map(answer) : answer(asked as Call)));
  }
  return { result: step.value, steps, calls: steps.flat(), ...(continued.length > 0 && { continuedWith: continued[0] }) };
}

/** No input of any call may be bigger: histories keep all of them. */
const MAX_PAYLOAD_BYTES = 1_024;

function checkPayload({ name, input = {} }: Call): void {
  const bytes = Buffer.byteLength(JSON.stringify(input));
  if (bytes >= MAX_PAYLOAD_BYTES) throw new Error(`The payload of ${name} has ${bytes} bytes.`);
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
