import type { OrchestrationContext, Task } from 'durable-functions';
import type { RunEnd } from '../runs/end/finish-run.ts';
import type { DeletionTask } from '../runs/shards/delete-slice.ts';
import type { SliceResult } from '../runs/shards/lane-task.ts';
import { failureOf } from './engine-failure.ts';
import { DELETE_SLICE } from './engine-names.ts';
import { pause } from './engine-pause.ts';
import { activityRetries } from './engine-retries.ts';

/** Deletes what only the destination has, slice by slice, each in a history of its own. Never throws: what goes wrong is its result. */
export function* deletions(context: OrchestrationContext): Generator<Task, RunEnd | undefined, unknown> {
  const input = context.df.getInput<DeletionTask>();
  const { pause: _, ...task } = input;
  try {
    const result = (yield context.df.callActivityWithRetry(DELETE_SLICE, activityRetries(), input)) as Exclude<
      SliceResult,
      { readonly end: 'large-objects' } | { readonly end: 'idle' }
    >;
    if (result.end !== 'more' && result.end !== 'wait') return result;
    if (result.end === 'wait') yield* pause(context, result.pause);
    context.df.continueAsNew(result.end === 'wait' && result.pause !== undefined ? { ...task, pause: result.pause } : task);
    return undefined;
  } catch (error) {
    return failureOf(error);
  }
}
