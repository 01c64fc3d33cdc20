import { parseLocation } from '../../config/locations.ts';
import type { Counts } from '../../sync/outcomes/tally.ts';
import { escapeUnseen } from '../../text/unseen-characters.ts';
import { DamagedDocumentError } from '../damaged-document.ts';
import type { RunRecord } from '../record.ts';
import type { ShardPlans } from '../shards/shard-plan.ts';
import type { ShardStates } from '../shards/shard-state.ts';
import type { State } from '../state.ts';
import { readProgress } from '../view/run-progress.ts';
import type { Forecast } from './forecast.ts';
import { readAllReceipts } from './read-receipts.ts';
import { reportPath } from './report.ts';
import { createSummary, type Summary } from './summary.ts';

export interface ReportDependencies {
  readonly state: State;
  readonly plans: ShardPlans;
  readonly shards: ShardStates;
}

/** The summary of a report. */
interface ReportedRun extends Omit<Summary, 'forecast'> {
  readonly forecast: Forecast;
}

/**
 * Folds the receipts into one report and counts them. The receipts are the truth: the slices' own counts show an object as unchanged when
 * an earlier execution of the same slice had copied it. `isWhole`: all was compared. Throws a DamagedDocumentError.
 */
export async function writeReport(
  { state, plans, shards }: ReportDependencies,
  record: RunRecord,
  { isWhole }: { readonly isWhole: boolean },
): Promise<ReportedRun> {
  const { id: runId, source, destination } = record;
  const plan = await plans.find(runId);
  if (isWhole && plan === undefined) throw new DamagedDocumentError(`The plan of run ${runId}`, 'is gone');
  const { add, summary } = createSummary(parseLocation(source).kind, parseLocation(destination).kind);
  async function* lines() {
    for await (const receipt of readAllReceipts(state, runId, plan)) {
      add(receipt);
      yield Buffer.from(`${escapeUnseen(JSON.stringify(receipt))}\n`);
    }
  }
  await state.writeStream(reportPath(record), lines(), 'application/x-ndjson');
  const { counts: seen, ...found } = summary();
  const { listed, extraneous, filtered, atDestination } = (await readProgress(shards, runId, plan)).total.counts;
  const unchanged = Math.max(0, listed - seen.listed);
  // Objects of a slice that died before it recorded any counts are in the report alone.
  const alone = Math.max(extraneous, extraneousIn(seen));
  const counts = {
    ...seen,
    ...{ listed: Math.max(listed, seen.listed), unchanged, filtered },
    ...{ extraneous: alone, atDestination: Math.max(atDestination, alone) },
  };
  return { ...found, counts, forecast: found.forecast(counts, record.options.keys === undefined ? 'by-listings' : 'by-keys') };
}

/** Counts objects that only the destination had, by the receipts, whatever their outcome. */
function extraneousIn({ extraneous, deleted, wouldDelete, deletionsFailed }: Counts): number {
  return extraneous + deleted + wouldDelete + deletionsFailed;
}
