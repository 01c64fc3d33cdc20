import type { OrchestrationContext, Task } from 'durable-functions';
import type { RunEnd } from '../runs/finish-run.ts';
import type { DeletionTask } from '../runs/shards/delete-slice.ts';
import type { SliceResult } from '../runs/shards/lane-task.ts';
import { failureOf } from './failure.ts';
import { DELETE_SLICE } from './names.ts';
import { pause } from './pause.ts';
import { activityRetries } from './retries.ts';

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
