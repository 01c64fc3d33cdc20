import { isStoreError } from '../../sync/store/store-error.ts';
import { isOver, type RunFailure, type RunRecord, type RunRecords } from '../record.ts';

/** The task of an activity, which belongs to one attempt of a run. */
export interface AttemptTask {
  readonly runId: string;
  readonly attempt: number;
}

/** Why the activities of an attempt stop: `superseded` by a later attempt, or by the run's end; `interrupted` is what another attempt may go on with. */
export type Stop = { readonly end: 'cancelled' | 'superseded' } | { readonly end: 'failed' | 'interrupted'; readonly failure: RunFailure };

/** Tells whether an attempt has to stop; a run that was ended from outside has given its lock away. */
export function stopOf(record: RunRecord | undefined, attempt: number): Stop | undefined {
  if (record === undefined || isOver(record.state) || record.attempt !== attempt) return { end: 'superseded' };
  if (record.cancelRequestedAt !== undefined) return { end: 'cancelled' };
  if (record.stopping !== undefined) return { end: 'failed', failure: record.stopping };
  const interruption = record.interruptions?.at(-1);
  if (interruption?.attempt !== attempt) return undefined;
  return { end: 'interrupted', failure: { code: 'interrupted', message: interruption.message } };
}

/** The failure of a whole run, where `error` is one; another try may cure any other error, so that it is for the engine. */
export function runFailureOf(error: unknown): RunFailure | undefined {
  const isFinal = isStoreError(error) && error.code !== 'unavailable' && error.code !== 'throttled';
  return isFinal ? { code: error.code, message: error.message } : undefined;
}

/** Makes everything that belongs to the attempt's run stop, unless a later attempt carries it. Of several failures the first one counts. */
export async function failRun(records: RunRecords, { runId, attempt }: AttemptTask, failure: RunFailure): Promise<Stop> {
  const { stopping = failure } = await records.update(runId, (latest) =>
    isOver(latest.state) || latest.attempt !== attempt || latest.stopping !== undefined ? undefined : { ...latest, stopping: failure },
  );
  return { end: 'failed', failure: stopping };
}

/** Notes what ended an attempt, once: the rest of it stops, and the next one goes on. */
export async function interruptAttempt(
  records: RunRecords,
  { runId, attempt }: AttemptTask,
  { message }: RunFailure,
  now: number,
): Promise<RunRecord> {
  const interruption = { attempt, at: new Date(now).toISOString(), message };
  return records.update(runId, (latest) => {
    const isNoted = isOver(latest.state) || latest.attempt !== attempt || latest.interruptions?.at(-1)?.attempt === attempt;
    return isNoted ? undefined : { ...latest, interruptions: [...(latest.interruptions ?? []), interruption] };
  });
}

/** Passes a stop on; what makes the run fail stops everything else of it too. */
export async function stopRun(records: RunRecords, task: AttemptTask, stop: Stop): Promise<Stop> {
  return stop.end === 'failed' ? failRun(records, task, stop.failure) : stop;
}
