import { parseLocation } from '../locations.ts';
import { isFailure } from '../sync/receipt.ts';
import { addCounts, type Counts, countsOfReceipt, NO_COUNTS } from '../sync/tally.ts';
import { createFailureGrouper, type FailureGroup } from './failure-groups.ts';
import { createForecaster, type Forecast } from './forecast.ts';
import { readAllReceipts } from './read-receipts.ts';
import type { RunRecord } from './record.ts';
import { reportPath } from './report.ts';
import { readProgress } from './run-progress.ts';
import type { ShardPlans } from './shard-plan.ts';
import type { ShardStates } from './shard-state.ts';
import type { State } from './state.ts';

export interface ReportDependencies {
  readonly state: State;
  readonly plans: ShardPlans;
  readonly shards: ShardStates;
}

/** What the report comes to. */
interface ReportedRun {
  readonly counts: Counts;
  /** Deleted objects that the destination says it does not keep in any way. */
  readonly goneForGood: number;
  readonly failuresByReason: readonly FailureGroup[];
  /** Of use after a dry run. */
  readonly forecast: Forecast;
}

/**
 * Folds the receipts into one report and counts them. The receipts are the truth: the slices' own counts show an object as unchanged when
 * an earlier execution of the same slice had copied it.
 */
export async function writeReport({ state, plans, shards }: ReportDependencies, record: RunRecord): Promise<ReportedRun> {
  const { id: runId, source, destination } = record;
  const plan = await plans.find(runId);
  let seen = NO_COUNTS;
  let goneForGood = 0;
  const forecaster = createForecaster(parseLocation(source).kind, parseLocation(destination).kind);
  const failures = createFailureGrouper();
  async function* lines() {
    for await (const receipt of readAllReceipts(state, runId, plan)) {
      seen = addCounts(seen, countsOfReceipt(receipt));
      if (receipt.action === 'would-copy') forecaster.add(receipt);
      if (isFailure(receipt)) failures.add(receipt);
      if (receipt.action === 'deleted' && receipt.isRecoverable === false) goneForGood++;
      yield Buffer.from(`${JSON.stringify(receipt)}\n`);
    }
  }
  await state.writeStream(reportPath(runId), lines(), 'application/x-ndjson');
  const { listed, extraneous, filtered, atDestination } = (await readProgress(shards, runId, plan)).total.counts;
  const unchanged = Math.max(0, listed - seen.listed);
  const counts = { ...seen, listed: Math.max(listed, seen.listed), unchanged, extraneous, filtered, atDestination };
  return { counts, goneForGood, failuresByReason: failures.groups(), forecast: forecaster.forecast(counts) };
}
