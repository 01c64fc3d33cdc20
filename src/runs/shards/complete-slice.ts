import type { SliceEnd } from '../../sync/slice-request.ts';
import { pauseOrFail } from '../attempt/pause-or-fail.ts';
import { handOverPause, tooSlow, tooThrottled } from '../attempt/throttling.ts';
import type { Ending } from '../attempt/watch.ts';
import { findLongShardSplits } from './find-long-shard-splits.ts';
import { finishShard } from './finish-shard.ts';
import type { LaneTask, SliceResult } from './lane-task.ts';
import type { ShardSlice, SliceDependencies } from './slice-dependencies.ts';
import type { Reached } from './track-progress.ts';

/** A slice whose outcomes count: it came to an end or to its deadline, was too late, handed back, or a store asked it to slow down. */
export type CountedEnding = Exclude<Ending<SliceEnd>, { readonly kind: 'stopped' | 'broken' }>;

/** Enters what the slice has done, and says what the lane does next. */
export async function completeSlice(
  dependencies: SliceDependencies,
  task: LaneTask,
  slice: ShardSlice,
  reached: Reached,
  ending: CountedEnding,
): Promise<SliceResult> {
  const isListed = ending.kind === 'done' && ending.result === 'done';
  const hasProgressed = isListed || reached.progress.checkpoint !== undefined;
  if (hasProgressed) await enter(dependencies, slice, reached, ending);
  if (ending.kind === 'throttled') return pauseOrFail(dependencies, task, hasProgressed, tooThrottled(ending.error.message));
  if (!hasProgressed && ending.kind === 'handed-back') return { end: 'wait', pause: handOverPause(task.pause, dependencies.clock()) };
  const seconds = dependencies.sliceSeconds + dependencies.graceSeconds;
  if (!hasProgressed) return pauseOrFail(dependencies, task, hasProgressed, tooSlow('object', seconds));
  return isListed && reached.large.length === 0 ? finishShard(dependencies, task, slice.shard) : { end: 'more' };
}

async function enter(dependencies: SliceDependencies, slice: ShardSlice, reached: Reached, ending: CountedEnding): Promise<void> {
  const { record, shard, before } = slice;
  const isListed = ending.kind === 'done' && ending.result === 'done';
  // A slice that was too late, or throttled, has no time for it; one that yields was short, or its process ends.
  const isLong = ending.kind === 'done' && !isListed && !slice.mustYield();
  const splitAt = isLong ? await findLongShardSplits(dependencies, slice, reached.progress.checkpoint) : [];
  const isEntered = await dependencies.shards.finish(record.id, shard.number, before.nextSlice, { ...reached, isListed, splitAt });
  // The next slice would do it too: this way the lanes that stand idle need not wait for it.
  if (isEntered && splitAt.length > 0) await dependencies.plans.split(record.id, shard.number, splitAt);
}
