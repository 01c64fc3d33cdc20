import type { Counts } from '../../sync/outcomes/tally.ts';
import type { ShardPlan } from '../shards/shard-plan.ts';

interface Standing {
  readonly plan: ShardPlan;
  readonly counts: Counts;
  readonly largeObjects: readonly { readonly sizeBytes: number; readonly percent: number }[];
  /** Since the run began. */
  readonly seconds: number;
}

/** Below this share nothing can be told. */
const LEAST_SHARE = 0.02;

/**
 * How many seconds are left, if the rest goes as what is done went: by objects where all of the source was listed when the run was planned,
 * else by the shards that are done; and not less than the large objects under way need. `undefined` while too little is done.
 */
export function estimate(standing: Standing): number | undefined {
  const share = shareOf(standing);
  if (share < LEAST_SHARE) return undefined;
  return Math.round(Math.max((standing.seconds * (1 - share)) / share, secondsOfLargeObjects(standing)));
}

function shareOf({ plan: { expected, shards }, counts, largeObjects }: Standing): number {
  if (expected === undefined) return shards.filter(({ isDone }) => isDone).length / shards.length;
  const parts = largeObjects.reduce((sum, { percent }) => sum + percent / 100, 0);
  return expected.objects === 0 ? 1 : Math.min(1, (counts.listed + parts) / expected.objects);
}

function secondsOfLargeObjects({ counts, largeObjects, seconds }: Standing): number {
  const doneBytes = largeObjects.reduce((sum, { sizeBytes, percent }) => sum + (sizeBytes * percent) / 100, 0);
  const allBytes = largeObjects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const bytesPerSecond = (counts.copiedBytes + doneBytes) / seconds;
  return allBytes === doneBytes || bytesPerSecond === 0 ? 0 : (allBytes - doneBytes) / bytesPerSecond;
}
