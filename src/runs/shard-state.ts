import type { FailedReceipt } from '../sync/receipt.ts';
import { addCounts, type Counts, NO_COUNTS } from '../sync/tally.ts';
import type { State } from './state.ts';

/** How far a slice has come. */
export interface SliceProgress {
  /** The last key that is dealt with. */
  readonly checkpoint?: string;
  readonly counts: Counts;
  /** The first few objects that failed. */
  readonly failures: readonly FailedReceipt[];
}

/** How far a shard has come: what its finished slices did, and what the slice under way has done so far. */
export interface ShardState extends SliceProgress {
  /** Number of the slice to do next, from 0. */
  readonly nextSlice: number;
  readonly isDone: boolean;
  readonly underWay?: SliceProgress;
}

/** As many failures as a status shows. */
export const MAX_SHOWN_FAILURES = 10;

export const NO_PROGRESS: SliceProgress = { counts: NO_COUNTS, failures: [] };

const NEW_SHARD: ShardState = { ...NO_PROGRESS, nextSlice: 0, isDone: false };

/** Finished slices and the one under way, together. */
export function progressOf(shard: ShardState): SliceProgress {
  return shard.underWay === undefined ? shard : addProgress(shard, shard.underWay);
}

export function addProgress(before: SliceProgress, slice: SliceProgress): SliceProgress {
  const checkpoint = slice.checkpoint ?? before.checkpoint;
  return {
    ...(checkpoint === undefined ? {} : { checkpoint }),
    counts: addCounts(before.counts, slice.counts),
    failures: [...before.failures, ...slice.failures].slice(0, MAX_SHOWN_FAILURES),
  };
}

export interface ShardStates {
  find(runId: string, shard: number): Promise<ShardState>;
  /** Shows how far slice `slice` has come; does nothing when that slice is finished already. */
  report(runId: string, shard: number, slice: number, progress: SliceProgress): Promise<void>;
  /** Enters a finished slice, once: a second execution of the same slice changes nothing. Answers how the shard stands. */
  finish(runId: string, shard: number, slice: number, progress: SliceProgress, isDone: boolean): Promise<ShardState>;
}

export function createShardStates(state: State): ShardStates {
  async function change(runId: string, shard: number, slice: number, next: (current: ShardState) => ShardState): Promise<ShardState> {
    const path = `runs/${runId}/shards/${shard}.json`;
    for (;;) {
      const current = await state.read<ShardState>(path);
      const value = current?.value ?? NEW_SHARD;
      if (value.nextSlice !== slice || value.isDone) return value;
      const changed = next(value);
      const guard = current === undefined ? 'if-absent' : { ifMatch: current.etag };
      if ((await state.write(path, changed, guard)) !== undefined) return changed;
    }
  }

  return {
    async find(runId, shard) {
      return (await state.read<ShardState>(`runs/${runId}/shards/${shard}.json`))?.value ?? NEW_SHARD;
    },
    async report(runId, shard, slice, underWay) {
      await change(runId, shard, slice, (current) => ({ ...current, underWay }));
    },
    finish(runId, shard, slice, progress, isDone) {
      return change(runId, shard, slice, ({ underWay: _, ...current }) => ({
        ...current,
        ...addProgress(current, progress),
        nextSlice: slice + 1,
        isDone,
      }));
    },
  };
}
