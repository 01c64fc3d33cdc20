import { stopOf } from '../attempt/stop.ts';
import { isPaused } from '../attempt/throttling.ts';
import { recordLargeOutcomes } from '../large/record-large-outcomes.ts';
import { finishShard, withoutShard } from './finish-shard.ts';
import type { LaneTask, SliceResult } from './lane-task.ts';
import type { SliceDependencies } from './slice-dependencies.ts';
import { syncShard } from './sync-shard.ts';

/**
 * Does the next slice of the shard that the lane has, or now takes. May be called again for a slice that was done, or that died half-way.
 * Throws only what another try may cure (the service or the network was not there); what ends the run is a result.
 */
export async function runSlice(dependencies: SliceDependencies, task: LaneTask): Promise<SliceResult> {
  const result = await runOne(dependencies, task);
  if (result.end !== 'more') return result;
  const wake = await dependencies.plans.wake(task.runId);
  return wake.length === 0 ? result : { end: 'more', wake };
}

async function runOne(dependencies: SliceDependencies, task: LaneTask): Promise<SliceResult> {
  const { records, plans, shards, clock } = dependencies;
  const record = await records.find(task.runId);
  const stop = stopOf(record, task.attempt);
  if (record === undefined || stop !== undefined) return stop ?? { end: 'superseded' };
  if (task.pause !== undefined && isPaused(task.pause, clock())) return { end: 'wait', pause: task.pause };
  const claimed = await plans.claim(task.runId, task.lane);
  if (typeof claimed === 'string') return withoutShard(claimed);
  const before = await shards.begin(task.runId, claimed.number, task.pause);
  // In this order: the range is never wider than it was when the slice before was entered, so that no two shards do the same keys.
  const shard = await plans.split(task.runId, claimed.number, before.splitAt);
  if (before.large.length > 0) {
    const objects = await recordLargeOutcomes(dependencies, task.runId, shard.number, before);
    return objects.length > 0 ? { end: 'large-objects', objects } : { end: 'more' };
  }
  if (before.isListed) return finishShard(dependencies, task, shard);
  return syncShard(dependencies, task, { record, shard, before, mustYield: dependencies.turns.begin(task.lanes) });
}
