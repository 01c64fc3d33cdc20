import type { Shard, ShardPlan } from '../shards/shard-plan.ts';
import { addProgress, NO_PROGRESS, progressOf, type ShardStates, type SliceProgress } from '../shards/shard-state.ts';

/** A shard that a lane has, and how far it has come. */
export interface OpenShard {
  readonly shard: Shard;
  readonly progress: SliceProgress;
  /** Ids of its large objects under way. */
  readonly large: readonly string[];
}

/** How far a run has come: what the shards that are done have come to, those that lanes have, and the deletions. */
export interface RunProgress {
  readonly total: SliceProgress;
  readonly open: readonly OpenShard[];
  readonly areDeletionsDone: boolean;
}

/** Reads how far a run has come. One request for each shard that a lane has, and one more. */
export async function readProgress(shards: ShardStates, runId: string, plan: ShardPlan | undefined): Promise<RunProgress> {
  if (plan === undefined) return { total: NO_PROGRESS, open: [], areDeletionsDone: false };
  const taken = plan.shards.filter(({ lane, isDone }) => lane !== undefined && isDone === undefined);
  const open = await Promise.all(
    taken.map(async (shard) => {
      const state = await shards.find(runId, shard.number);
      return { shard, progress: progressOf(state), large: state.large };
    }),
  );
  const deletions = await shards.find(runId, 'deletions');
  const total = [...open.map(({ progress }) => progress), progressOf(deletions)].reduce(addProgress, plan.done);
  return { total, open, areDeletionsDone: deletions.isListed };
}
