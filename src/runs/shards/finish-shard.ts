import type { LaneTask, SliceResult } from './lane-task.ts';
import type { Claim, Shard, ShardPlans } from './shard-plan.ts';
import type { ShardStates } from './shard-state.ts';

interface Dependencies {
  readonly plans: ShardPlans;
  readonly shards: ShardStates;
}

/** Enters that a lane's shard is done, and takes the next one for it. */
export async function finishShard({ plans, shards }: Dependencies, { runId, lane }: LaneTask, { number }: Shard): Promise<SliceResult> {
  await plans.finish(runId, number, await shards.find(runId, number));
  const next = await plans.claim(runId, lane);
  return typeof next === 'string' ? withoutShard(next) : { end: 'more' };
}

/** How a lane ends that gets no shard. */
export function withoutShard(claim: Exclude<Claim, Shard>): SliceResult {
  return { end: claim === 'all-done' ? 'done' : 'idle' };
}
