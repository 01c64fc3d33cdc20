import type { RunRecord } from '../record.ts';
import type { ShardPlans } from '../shards/shard-plan.ts';
import type { State } from '../state.ts';
import type { PairIndexes } from './pair-index.ts';
import { findingsOf } from './proof-log.ts';
import { sidesOf } from './sides.ts';

interface Dependencies {
  readonly state: State;
  readonly plans: ShardPlans;
  readonly pairs: Pick<PairIndexes, 'update'>;
}

/** Whether what a run finds equal is kept: a dry run and an audit leave everything as it is. */
export function usesIndex({ options }: Pick<RunRecord, 'options'>): boolean {
  return options.dryRun !== true && options.verify !== true;
}

/** Adds to the index what a run has copied, deleted and found equal, once its report is written. */
export async function updateIndex({ state, plans, pairs }: Dependencies, record: RunRecord): Promise<void> {
  if (!usesIndex(record)) return;
  const plan = await plans.find(record.id);
  // Without a plan nothing was compared.
  if (plan === undefined) return;
  await pairs.update(record, () => findingsOf(state, record, plan, sidesOf(record).direction));
}
