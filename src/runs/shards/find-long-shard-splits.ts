import { findSplits } from '../../sync/plan/find-splits.ts';
import { isStoreError } from '../../sync/store/store-error.ts';
import type { ShardPlan } from './shard-plan.ts';
import type { ShardSlice, SliceDependencies } from './slice-dependencies.ts';

/** Requests for the split points of one shard: about two seconds. */
const MAX_PROBES = 64;
/** A slice's time is used up already. */
const MAX_MS = 10_000;

/** Where lanes stand idle, finds keys to cut what is left of a shard behind `checkpoint`, so that they get their part of it. */
export async function findLongShardSplits(
  { plans, openStores }: SliceDependencies,
  { record, shard }: ShardSlice,
  checkpoint: string | undefined,
): Promise<readonly string[]> {
  const plan = await plans.find(record.id);
  // A list is cut where its chunks end, once.
  const idle = plan === undefined || plan.keyList !== undefined ? 0 : idleLanes(plan);
  if (idle === 0) return [];
  const range = { ...shard.range, ...(checkpoint !== undefined && { after: checkpoint }) };
  const signal = AbortSignal.timeout(MAX_MS);
  try {
    return await findSplits({ ...openStores(record), range, wanted: idle + 1, maxProbes: MAX_PROBES, signal });
  } catch (error) {
    // A shard goes on as well when it is whole; what ails the store, the next slice will tell.
    if (isStoreError(error)) return [];
    throw error;
  }
}

/** Lanes that no shard is left for, although others still have some to do. */
function idleLanes({ lanes, shards }: ShardPlan): number {
  const open = shards.filter(({ isDone }) => isDone === undefined);
  return Math.max(0, lanes - open.length);
}
