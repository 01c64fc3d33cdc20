import type { RunFailure, RunRecords } from '../record.ts';
import { type AttemptTask, failRun, type Stop } from '../stop.ts';
import { type Pause, pauseAfter } from '../throttling.ts';

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
): Promise<Stop | { readonly end: 'wait'; readonly pause: Pause }> {
  const pause = pauseAfter(previous, hasProgressed, clock());
  return pause === undefined ? failRun(records, runId, failure) : { end: 'wait', pause };
}
