import { compareKeys } from '../sync/key-order.ts';
import type { Counts } from '../sync/tally.ts';
import { readReceipts } from './read-receipts.ts';
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

/**
 * Folds the receipts into one report and counts them. The receipts are the truth: the slices' own counts show an object as unchanged when
 * an earlier execution of the same slice had copied it.
 */
export async function writeReport({ state, plans, shards }: ReportDependencies, runId: string): Promise<Counts> {
  const plan = await plans.find(runId);
  const seen = { copied: 0, skipped: 0, failed: 0, copiedBytes: 0 };
  async function* lines() {
    for await (const receipt of readReceipts(state, runId, shardsInOrder(plan))) {
      seen[receipt.action]++;
      if (receipt.action === 'copied') seen.copiedBytes += receipt.sizeBytes;
      yield Buffer.from(`${JSON.stringify(receipt)}\n`);
    }
  }
  await state.writeStream(reportPath(runId), lines(), 'application/x-ndjson');
  const { listed, extraneous } = (await readProgress(shards, runId, plan)).total.counts;
  const withReceipt = seen.copied + seen.skipped + seen.failed;
  return { ...seen, listed: Math.max(listed, withReceipt), unchanged: Math.max(0, listed - withReceipt), extraneous };
}

/** The first shard of all has no key that it comes after. */
function shardsInOrder(plan: ShardPlan | undefined): readonly number[] {
  const shards = plan?.shards ?? [];
  return shards.toSorted((a, b) => compareKeys(a.range.after ?? '', b.range.after ?? '')).map(({ number }) => number);
}
