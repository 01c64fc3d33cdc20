import type { StreamTarget } from '../sync/store.ts';
import type { Counts } from '../sync/tally.ts';
import type { Locks } from './lock.ts';
import { readReceipts } from './read-receipts.ts';
import { isOver, type RunFailure, type RunRecord, type RunRecords, type RunState } from './record.ts';
import { reportPath } from './report.ts';
import { progressOf, type ShardStates } from './shard-state.ts';
import type { State } from './state.ts';

/** How the last slice ended, or what broke. */
export type RunEnd = { readonly end: 'done' | 'cancelled' } | { readonly end: 'failed'; readonly failure: RunFailure };

/** A run has one shard so far. */
export const ONLY_SHARD = 0;

export interface FinishDependencies {
  readonly state: State;
  readonly records: RunRecords;
  readonly shards: ShardStates;
  readonly locks: Locks;
  /** Opens the location that a run delivers its report to. */
  readonly openReportTarget: (record: RunRecord, location: string) => StreamTarget;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** Makes the report, enters how the run ended, and gives its lock back; answers the ended run. May be called again. */
export async function finishRun(dependencies: FinishDependencies, runId: string, runEnd: RunEnd): Promise<RunRecord | undefined> {
  const { records, locks } = dependencies;
  const record = await records.find(runId);
  if (record === undefined) return undefined;
  const ended = isOver(record.state) ? record : await enterEnd(dependencies, record, runEnd);
  await locks.release(record, runId);
  return ended;
}

async function enterEnd(dependencies: FinishDependencies, record: RunRecord, runEnd: RunEnd): Promise<RunRecord> {
  const counts = await writeReport(dependencies, record.id);
  const delivery = await deliverReport(dependencies, record);
  const endedAt = new Date(dependencies.clock()).toISOString();
  return dependencies.records.update(record.id, (latest) =>
    isOver(latest.state) ? undefined : { ...latest, ...finalState(runEnd, counts), ...delivery, counts, endedAt },
  );
}

function finalState(runEnd: RunEnd, counts: Counts): { state: RunState; failure?: RunFailure } {
  if (runEnd.end === 'failed') return { state: 'failed', failure: runEnd.failure };
  if (runEnd.end === 'cancelled') return { state: 'cancelled' };
  return { state: counts.failed > 0 ? 'completed-with-failures' : 'succeeded' };
}

/**
 * Folds the receipts into one report and counts them. The receipts are the truth: the slices' own counts show an object as unchanged when
 * an earlier execution of the same slice had copied it.
 */
async function writeReport({ state, shards }: FinishDependencies, runId: string): Promise<Counts> {
  const seen = { copied: 0, skipped: 0, failed: 0, copiedBytes: 0 };
  async function* lines() {
    for await (const receipt of readReceipts(state, runId, ONLY_SHARD)) {
      seen[receipt.action]++;
      if (receipt.action === 'copied') seen.copiedBytes += receipt.sizeBytes;
      yield Buffer.from(`${JSON.stringify(receipt)}\n`);
    }
  }
  await state.writeStream(reportPath(runId), lines(), 'application/x-ndjson');
  const { listed, extraneous } = progressOf(await shards.find(runId, ONLY_SHARD)).counts;
  const withReceipt = seen.copied + seen.skipped + seen.failed;
  return { ...seen, listed: Math.max(listed, withReceipt), unchanged: Math.max(0, listed - withReceipt), extraneous };
}

/** A report that cannot be delivered does not undo the copies; the run says so. */
async function deliverReport(
  { state, openReportTarget }: FinishDependencies,
  record: RunRecord,
): Promise<Pick<RunRecord, 'reportDelivery'>> {
  if (record.reportTo === undefined) return {};
  const key = `${record.job ?? 'sync'}-${record.id}.ndjson`;
  try {
    const report = await state.stream(reportPath(record.id));
    if (report === undefined) return {};
    await openReportTarget(record, record.reportTo).writeStream(key, report.body, { contentType: 'application/x-ndjson' });
    return { reportDelivery: { state: 'delivered', to: `${record.reportTo}${key}` } };
  } catch (error) {
    return {
      reportDelivery: { state: 'failed', to: `${record.reportTo}${key}`, message: error instanceof Error ? error.message : String(error) },
    };
  }
}
