import type { RunFailure, RunRecords } from '../record.ts';
import { type AttemptTask, failRun, type Stop } from './stop.ts';
import { type Pause, pauseAfter } from './throttling.ts';

interface Dependencies {
  readonly records: RunRecords;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** Stands still for a while; when that was in vain too often, fails the run. */
export async function pauseOrFail(
  { records, clock }: Dependencies,
  task: AttemptTask & { readonly pause?: Pause },
  hasProgressed: boolean,
  failure: RunFailure,
): Promise<Stop | { readonly end: 'wait'; readonly pause: Pause }> {
  const pause = pauseAfter(task.pause, hasProgressed, clock());
  return pause === undefined ? failRun(records, task, failure) : { end: 'wait', pause };
}
