import type { OrchestrationContext, Task } from 'durable-functions';
import type { RunEnd } from '../runs/end/finish-run.ts';
import type { LargeObjectStep, LargeObjectTask } from '../runs/large/large-object-task.ts';
import { failureOf } from './engine-failure.ts';
import { COMMIT_LARGE_OBJECT, COPY_RANGE, NEXT_STEP } from './engine-names.ts';
import { pause } from './engine-pause.ts';
import { activityRetries } from './engine-retries.ts';

/** Ranges of one object under way at once. */
const RANGES_AT_ONCE = 8;

/** Copies one large object, some of its ranges in each history. Never throws: what goes wrong is its result. */
export function* largeObject(context: OrchestrationContext): Generator<Task, RunEnd | undefined, unknown> {
  const { pause: previous, ...task } = context.df.getInput<LargeObjectTask>();
  try {
    const step = yield* doNext(context, task, previous);
    if (step.step === 'ended') return { end: 'done' };
    if (step.step === 'stopped') return step.stop;
    const next = step.step === 'look-again' ? step.pause : undefined;
    if (next !== undefined) yield* pause(context, next);
    context.df.continueAsNew(next === undefined ? task : { ...task, pause: next });
    return undefined;
  } catch (error) {
    return failureOf(error);
  }
}

/** Answers the first result that is more than progress, or the last one. */
function* doNext(
  { df }: OrchestrationContext,
  task: LargeObjectTask,
  previous: LargeObjectTask['pause'],
): Generator<Task, LargeObjectStep, unknown> {
  const call = (name: string, more: object = {}) =>
    df.callActivityWithRetry(name, activityRetries(), { ...task, ...(previous && { pause: previous }), ...more });
  const step = (yield call(NEXT_STEP)) as LargeObjectStep;
  if (step.step === 'commit') return (yield call(COMMIT_LARGE_OBJECT)) as LargeObjectStep;
  if (step.step !== 'copy') return step;
  for (let from = 0; from < step.ranges.length; from += RANGES_AT_ONCE) {
    const window = step.ranges.slice(from, from + RANGES_AT_ONCE);
    const sharers = (task.sharers ?? 1) * window.length;
    const copies = window.map((range) => call(COPY_RANGE, { range, sharers }));
    const results = (yield df.Task.all(copies)) as readonly LargeObjectStep[];
    const other = results.find((result) => result.step !== 'look-again' || result.pause !== undefined);
    if (other !== undefined) return other;
  }
  return { step: 'look-again' };
}
