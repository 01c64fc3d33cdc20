import type { OrchestrationContext, Task } from 'durable-functions';
import type { RunEnd } from '../runs/end/finish-run.ts';
import type { LaneEnd, LaneTask, SliceResult } from '../runs/shards/lane-task.ts';
import { failureOf, gravest } from './engine-failure.ts';
import { LANE, LARGE_OBJECT, STOP_ATTEMPT, SYNC_SLICE } from './engine-names.ts';
import { pause } from './engine-pause.ts';
import { activityRetries, finishRetries, orchestrationRetries } from './engine-retries.ts';

/** Large objects of a lane under way at once. */
const LARGE_OBJECTS_AT_ONCE = 4;

/** Does shards slice by slice, each in a history of its own, until none is left. Never throws: what goes wrong is its result. */
export function* lane(context: OrchestrationContext): Generator<Task, RunEnd | LaneEnd | undefined, unknown> {
  const { pause: _, ...task } = context.df.getInput<LaneTask>();
  try {
    const result = (yield context.df.callActivityWithRetry(SYNC_SLICE, activityRetries(), context.df.getInput())) as SliceResult;
    if (result.end === 'wait') {
      yield* pause(context, result.pause);
      context.df.continueAsNew(result.pause === undefined ? task : { ...task, pause: result.pause });
      return undefined;
    }
    if (result.end !== 'more' && result.end !== 'large-objects') return result;
    if (result.end === 'more' && result.wake !== undefined) return yield* continueWith(context, task, result.wake);
    const stop = result.end === 'more' ? undefined : yield* copyLargeObjects(context, task, result.objects);
    if (stop !== undefined) return yield* stopOthers(context, task, stop);
    context.df.continueAsNew(task);
    return undefined;
  } catch (error) {
    return yield* stopOthers(context, task, failureOf(error));
  }
}

/** Continues beside lanes that are started again: a lane without a shard costs nothing until there is one for it. */
function* continueWith({ df }: OrchestrationContext, task: LaneTask, woken: readonly number[]): Generator<Task, RunEnd | LaneEnd, unknown> {
  const lanes = [task.lane, ...woken].map((lane) =>
    // An earlier execution of this lane may have left one under way: it would not answer to this one.
    df.callSubOrchestratorWithRetry(LANE, orchestrationRetries(), { ...task, lane }, `${task.runId}-${df.newGuid(`lane-${lane}`)}`),
  );
  return gravest((yield df.Task.all(lanes)) as readonly (RunEnd | LaneEnd)[]);
}

/** Without the shard of a lane that broke the run cannot end well. */
function* stopOthers({ df }: OrchestrationContext, { runId, attempt }: LaneTask, end: RunEnd): Generator<Task, RunEnd, unknown> {
  if (!('failure' in end)) return end;
  try {
    yield df.callActivityWithRetry(STOP_ATTEMPT, finishRetries(), { runId, attempt, end });
  } catch {
    // Their own activities cannot reach the run's record then, and end them too.
  }
  return end;
}

/** Answers why the lane must end, where one of them says so. */
function* copyLargeObjects(
  { df }: OrchestrationContext,
  { runId, attempt, lanes = 1 }: LaneTask,
  objects: readonly string[],
): Generator<Task, RunEnd | undefined, unknown> {
  for (let from = 0; from < objects.length; from += LARGE_OBJECTS_AT_ONCE) {
    const window = objects.slice(from, from + LARGE_OBJECTS_AT_ONCE);
    const sharers = lanes * window.length;
    const copies = window.map((object) =>
      // An earlier execution of this lane may have left one under way: it would not answer to this one.
      df.callSubOrchestratorWithRetry(
        LARGE_OBJECT,
        orchestrationRetries(),
        { runId, attempt, object, sharers },
        `${runId}-${df.newGuid(object)}`,
      ),
    );
    const ends = (yield df.Task.all(copies)) as readonly RunEnd[];
    const stop = ends.find(({ end }) => end !== 'done');
    if (stop !== undefined) return stop;
  }
  return undefined;
}
