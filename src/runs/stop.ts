import { isStoreError } from '../sync/store-error.ts';
import { isOver, type RunFailure, type RunRecord, type RunRecords } from './record.ts';

/** What an activity is told to do belongs to one attempt of a run. */
export interface AttemptTask {
  readonly runId: string;
  readonly attempt: number;
}

/** Why the activities of an attempt stop: `superseded` by a later attempt, or by the run's end. */
export type Stop = { readonly end: 'cancelled' | 'superseded' } | { readonly end: 'failed'; readonly failure: RunFailure };

/** Tells whether an attempt has to stop; a run that was ended from outside has given its lock away. */
export function stopOf(record: RunRecord | undefined, attempt: number): Stop | undefined {
  if (record === undefined || isOver(record.state) || record.attempt !== attempt) return { end: 'superseded' };
  if (record.cancelRequestedAt !== undefined) return { end: 'cancelled' };
  return record.stopping && { end: 'failed', failure: record.stopping };
}

/** The failure of a whole run, where `error` is one; another try may cure any other error, so that it is for the engine. */
export function runFailureOf(error: unknown): RunFailure | undefined {
  const isFinal = isStoreError(error) && error.code !== 'unavailable' && error.code !== 'throttled';
  return isFinal ? { code: error.code, message: error.message } : undefined;
}

/** Makes everything that belongs to the run stop. Of several failures the first one counts. */
export async function failRun(records: RunRecords, runId: string, failure: RunFailure): Promise<Stop> {
  const { stopping = failure } = await records.update(runId, (latest) =>
    isOver(latest.state) || latest.stopping !== undefined ? undefined : { ...latest, stopping: failure },
  );
  return { end: 'failed', failure: stopping };
}

/** Passes a stop on; what makes the run fail stops everything else of it too. */
export async function stopRun(records: RunRecords, runId: string, stop: Stop): Promise<Stop> {
  return stop.end === 'failed' ? failRun(records, runId, stop.failure) : stop;
}
