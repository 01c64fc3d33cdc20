import type { Counts } from '../../sync/outcomes/tally.ts';
import { type AttemptTask, interruptAttempt, type Stop } from '../attempt/stop.ts';
import { DamagedDocumentError } from '../damaged-document.ts';
import type { Locks } from '../lock.ts';
import type { PairIndexes } from '../pairs/pair-index.ts';
import { updateIndex } from '../pairs/update-index.ts';
import { type DeletionNote, isOver, type RunFailure, type RunRecord, type RunState } from '../record.ts';
import { type DeliveryDependencies, deliverReport } from '../report/deliver-report.ts';
import { newReportName, reportPath } from '../report/report.ts';
import { type ReportDependencies, writeReport } from '../report/write-report.ts';
import { hintOf } from './hint.ts';

/** How an attempt ended: `interrupted` is what another one may go on with. */
export type RunEnd = Stop | { readonly end: 'done' };

export interface FinishTask extends AttemptTask {
  readonly end: RunEnd;
}

/** The result for the orchestrator. */
export interface FinishAnswer {
  /** The run has ended, and somebody is to be told. */
  readonly notify: boolean;
}

export interface FinishDependencies extends ReportDependencies, DeliveryDependencies {
  readonly locks: Locks;
  readonly pairs: Pick<PairIndexes, 'update'>;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Somebody is to be told of the end. */
  readonly isNotified?: boolean;
}

/**
 * Makes the report, enters how the run ended, and gives its locks back. What ends an attempt only is noted, for the next one. Answers the
 * run as it is then; `undefined` when a later attempt carries it. May be called again.
 */
export async function finishRun(dependencies: FinishDependencies, { runId, attempt, end }: FinishTask): Promise<RunRecord | undefined> {
  const { records, locks } = dependencies;
  const record = await records.find(runId);
  if (record === undefined || (record.attempt !== attempt && !isOver(record.state))) return undefined;
  if (end.end === 'interrupted' && !isOver(record.state))
    return interruptAttempt(records, { runId, attempt }, end.failure, dependencies.clock());
  if (dependencies.isNotified === true && !isOver(record.state)) await locks.keepNotice(runId);
  const ended = isOver(record.state) ? record : await enterEnd(dependencies, record, end).catch(failIfDamaged(dependencies, record));
  // A later attempt has begun while this one made its report.
  if (!isOver(ended.state)) return undefined;
  await locks.release(record, runId);
  return ended;
}

async function enterEnd(dependencies: FinishDependencies, found: RunRecord, end: RunEnd): Promise<RunRecord> {
  // A late execution must not replace the report whose counts are in the record.
  const record = { ...found, reportName: newReportName(found.attempt) };
  const { counts, goneForGood, skippedByReason, copiedByRecord, equalByRecord, failuresByReason, forecast } = await writeReport(
    dependencies,
    record,
    { isWhole: end.end === 'done' },
  );
  // A pair that is not in the index is proved again by the next run.
  await updateIndex(dependencies, record).catch(() => undefined);
  const delivery = await deliverReport(dependencies, record);
  const hint = end.end === 'done' ? hintOf(record, counts, skippedByReason) : undefined;
  const endedAt = new Date(dependencies.clock()).toISOString();
  const ended = await dependencies.records.update(record.id, (latest) =>
    isOver(latest.state) || latest.attempt !== record.attempt
      ? undefined
      : {
          ...withoutStopping(latest),
          ...finalState(end, counts, latest.deletion),
          ...(goneForGood > 0 && { deletion: noteOf(goneForGood) }),
          reportName: record.reportName,
          ...delivery,
          ...(latest.options.dryRun && { forecast }),
          counts,
          skippedByReason,
          ...(latest.options.verify ? { equalByRecord } : { copiedByRecord }),
          failuresByReason,
          ...(hint !== undefined && { hint }),
          endedAt,
        },
  );
  if (ended.reportName !== record.reportName) await dependencies.state.remove(reportPath(record));
  return ended;
}

/** Without what it has kept of itself, nobody can say what a run has done. */
function failIfDamaged({ records, clock }: FinishDependencies, { id, attempt }: RunRecord) {
  return async (error: unknown): Promise<RunRecord> => {
    if (!(error instanceof DamagedDocumentError)) throw error;
    const endedAt = new Date(clock()).toISOString();
    const message = `What the run has done cannot be counted: ${error.message} What is copied already is not copied twice.`;
    return records.update(id, (latest) =>
      isOver(latest.state) || latest.attempt !== attempt
        ? undefined
        : { ...withoutStopping(latest), state: 'failed', failure: { code: 'damaged-record', message }, endedAt },
    );
  };
}

function withoutStopping({ stopping: _, ...record }: RunRecord): RunRecord {
  return record;
}

function noteOf(goneForGood: number): DeletionNote {
  return {
    state: 'gone-for-good',
    message: `${goneForGood} deleted objects cannot be restored: the destination keeps none. Turn on versioning (S3) or soft delete (Blob Storage) before the next run.`,
  };
}

function finalState(runEnd: RunEnd, counts: Counts, deletion: DeletionNote | undefined): { state: RunState; failure?: RunFailure } {
  if ('failure' in runEnd) return { state: 'failed', failure: runEnd.failure };
  if (runEnd.end !== 'done') return { state: 'cancelled' };
  const isProved = counts.different + counts.missing + counts.unprovable === 0;
  const isComplete = counts.failed + counts.deletionsFailed === 0 && isProved && deletion?.state !== 'held-back';
  return { state: isComplete ? 'succeeded' : 'completed-with-failures' };
}
