import type { RunFailure, RunRecords } from '../record.ts';
import { type AttemptTask, failRun } from '../stop.ts';
import { type Pause, pauseAfter } from '../throttling.ts';
import type { SliceResult } from './lane-task.ts';

interface Dependencies {
  readonly records: RunRecords;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** Stands still for a while; when that was in vain too often, fails the run. */
export async function pauseOrFail(
  { records, clock }: Dependencies,
  { runId, pause: previous }: AttemptTask & { readonly pause?: Pause },
  hasProgressed: boolean,
  failure: RunFailure,
): Promise<SliceResult> {
  const pause = pauseAfter(previous, hasProgressed, clock());
  return pause === undefined ? failRun(records, runId, failure) : { end: 'wait', pause };
}
