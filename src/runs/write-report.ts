import { parseLocation } from '../locations.ts';
import { compareKeys } from '../sync/key-order.ts';
import { addCounts, type Counts, countsOfReceipt, NO_COUNTS } from '../sync/tally.ts';
import { createFailureGrouper, type FailureGroup } from './failure-groups.ts';
import { createForecaster, type Forecast } from './forecast.ts';
import { readReceipts } from './read-receipts.ts';
import type { RunRecord } from './record.ts';
import { reportPath } from './report.ts';
import { readProgress } from './run-progress.ts';
import type { ShardPlan, ShardPlans } from './shard-plan.ts';
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
  const forecaster = createForecaster(parseLocation(source).kind, parseLocation(destination).kind);
  const failures = createFailureGrouper();
  async function* lines() {
    for await (const receipt of readReceipts(state, runId, shardsInOrder(plan))) {
      seen = addCounts(seen, countsOfReceipt(receipt));
      if (receipt.action === 'would-copy') forecaster.add(receipt);
      if (receipt.action === 'failed') failures.add(receipt);
      yield Buffer.from(`${JSON.stringify(receipt)}\n`);
    }
  }
  await state.writeStream(reportPath(runId), lines(), 'application/x-ndjson');
  const { listed, extraneous, filtered } = (await readProgress(shards, runId, plan)).total.counts;
  const unchanged = Math.max(0, listed - seen.listed);
  const counts = { ...seen, listed: Math.max(listed, seen.listed), unchanged, extraneous, filtered };
  return { counts, failuresByReason: failures.groups(), forecast: forecaster.forecast(counts) };
}

/** The first shard of all has no key that it comes after. */
function shardsInOrder(plan: ShardPlan | undefined): readonly number[] {
  const shards = plan?.shards ?? [];
  return shards.toSorted((a, b) => compareKeys(a.range.after ?? '', b.range.after ?? '')).map(({ number }) => number);
}
