import { type OrchestrationContext, RetryOptions, type Task } from 'durable-functions';
import type { RunEnd } from '../runs/finish-run.ts';
import type { SliceResult } from '../runs/run-slice.ts';
import { failureOf } from './failure.ts';
import { SYNC_SLICE } from './names.ts';

export interface LaneInput {
  readonly runId: string;
  readonly shard: number;
  /** The slice to do next, from 0. */
  readonly slice: number;
}

/** The service or the network was not there, or the worker died: three more tries within about a minute. */
function sliceRetries(): RetryOptions {
  const retries = new RetryOptions(5_000, 4);
  retries.backoffCoefficient = 2;
  return retries;
}

/** Does a shard slice by slice, each in a history of its own. Never throws: what goes wrong is its result. */
export function* lane(context: OrchestrationContext): Generator<Task, RunEnd | undefined, unknown> {
  const input = context.df.getInput<LaneInput>();
  try {
    const result = (yield context.df.callActivityWithRetry(SYNC_SLICE, sliceRetries(), input)) as SliceResult;
    if (result.end !== 'more') return result;
    context.df.continueAsNew({ ...input, slice: result.nextSlice });
    return undefined;
  } catch (error) {
    return { end: 'failed', failure: failureOf(error) };
  }
}
