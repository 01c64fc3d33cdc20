import type { RunEnd } from '../end/finish-run.ts';
import type { RunRecords } from '../record.ts';
import { type AttemptTask, failRun, interruptAttempt } from './stop.ts';

export interface StopTask extends AttemptTask {
  /** How one lane has ended. */
  readonly end: RunEnd;
}

interface Dependencies {
  readonly records: RunRecords;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** Stops the other lanes of an attempt, which would wait for ever for the shard of one that broke. */
export async function stopAttempt({ records, clock }: Dependencies, { end, ...task }: StopTask): Promise<void> {
  if (end.end === 'failed') await failRun(records, task, end.failure);
  if (end.end === 'interrupted') await interruptAttempt(records, task, end.failure, clock());
}
