import type { FailureReceipt } from '../../sync/outcomes/receipt.ts';
import { addCounts, type Counts, NO_COUNTS } from '../../sync/outcomes/tally.ts';
import { compareKeys } from '../../sync/store/key-order.ts';
import type { Pause } from '../attempt/throttling.ts';
import type { State } from '../state.ts';

/** How far a slice has come. */
export interface SliceProgress {
  /** The last key that is dealt with. */
  readonly checkpoint?: string;
  readonly counts: Counts;
  /** The first few failures. */
  readonly failures: readonly FailureReceipt[];
  /** How often a slice was begun again, since its execution had died or failed. */
  readonly repeats?: number;
}

/** How far a shard has come: what its finished slices did, and what the slice under way has done so far. */
export interface ShardState extends SliceProgress {
  /** Number of the slice to do next, from 0. */
  readonly nextSlice: number;
  /** The listings of its range have come to their end. */
  readonly isListed: boolean;
  /** Ids of the large objects that the last finished slice met, until they are settled. */
  readonly large: readonly string[];
  /** The checkpoint with which that slice began. */
  readonly largeAfter?: string;
  /** Where the last finished slice found that the rest of the shard should be split. To be done before the next slice begins. */
  readonly splitAt: readonly string[];
  readonly underWay?: SliceProgress;
  /** The last call that began a slice. */
  readonly begun?: SliceCall;
}

/** The same call again is a repetition; what a pause came between is not. */
interface SliceCall {
  readonly slice: number;
  /** The end of the pause before, in milliseconds since 1970; 0 without one. */
  readonly pausedUntil: number;
}

/** The progress of a slice. */
export interface FinishedSlice {
  readonly progress: SliceProgress;
  readonly isListed: boolean;
  readonly large: readonly string[];
  /** Keys of the range that is left. */
  readonly splitAt: readonly string[];
}

/** Maximum failures that a status shows. */
export const MAX_SHOWN_FAILURES = 10;

export const NO_PROGRESS: SliceProgress = { counts: NO_COUNTS, failures: [] };

const NEW_SHARD: ShardState = { ...NO_PROGRESS, nextSlice: 0, isListed: false, large: [], splitAt: [] };

/** Finished slices and the one under way, together. */
export function progressOf(shard: ShardState): SliceProgress {
  return shard.underWay === undefined ? shard : addProgress(shard, shard.underWay);
}

export function addProgress(before: SliceProgress, slice: SliceProgress): SliceProgress {
  const checkpoint = slice.checkpoint ?? before.checkpoint;
  const repeats = (before.repeats ?? 0) + (slice.repeats ?? 0);
  return {
    ...(checkpoint === undefined ? {} : { checkpoint }),
    counts: addCounts(before.counts, slice.counts),
    failures: [...before.failures, ...slice.failures].slice(0, MAX_SHOWN_FAILURES),
    ...(repeats > 0 && { repeats }),
  };
}

/** A shard, by its number; or what comes when all are done: it goes by slices as well. */
export type SlicedWork = number | 'deletions';

export interface ShardStates {
  find(runId: string, shard: SlicedWork): Promise<ShardState>;
  /** Enters that the next slice is begun, unless there is something else to do first, and returns the shard. */
  begin(runId: string, shard: SlicedWork, pause: Pause | undefined): Promise<ShardState>;
  /** Shows how far slice `slice` has come; does nothing when that slice is finished already, or an earlier execution of it came further. */
  report(runId: string, shard: SlicedWork, slice: number, progress: SliceProgress): Promise<void>;
  /** Enters a finished slice, once; tells whether it was this call that did, rather than another execution of the same slice. */
  finish(runId: string, shard: SlicedWork, slice: number, finished: FinishedSlice): Promise<boolean>;
  /** Enters what became of the large objects that the slice before `slice` met, once. */
  completeLargeObjects(runId: string, shard: SlicedWork, slice: number, progress: SliceProgress): Promise<void>;
}

export function createShardStates(state: State): ShardStates {
  /** Changes a shard whose next slice is still `slice`; tells whether it did. */
  async function change(
    runId: string,
    shard: SlicedWork,
    slice: number,
    next: (current: ShardState) => ShardState | undefined,
  ): Promise<boolean> {
    const path = pathOf(runId, shard);
    for (;;) {
      const current = await state.read<ShardState>(path);
      const value = current?.value ?? NEW_SHARD;
      const changed = value.nextSlice === slice ? next(value) : undefined;
      if (changed === undefined) return false;
      const guard = current === undefined ? 'if-absent' : { ifMatch: current.etag };
      if ((await state.write(path, changed, guard)) !== undefined) return true;
    }
  }

  return {
    async find(runId, shard) {
      return (await state.read<ShardState>(pathOf(runId, shard)))?.value ?? NEW_SHARD;
    },
    async begin(runId, shard, pause) {
      for (;;) {
        const current = await state.read<ShardState>(pathOf(runId, shard));
        const value = current?.value ?? NEW_SHARD;
        if (value.isListed || value.large.length > 0) return value;
        const guard = current === undefined ? 'if-absent' : { ifMatch: current.etag };
        const begun = withBegun(value, { slice: value.nextSlice, pausedUntil: pause?.until ?? 0 });
        if ((await state.write(pathOf(runId, shard), begun, guard)) !== undefined) return begun;
      }
    },
    async report(runId, shard, slice, underWay) {
      await change(runId, shard, slice, (current) =>
        current.isListed || isBehind(underWay, current.underWay) ? undefined : { ...current, underWay },
      );
    },
    finish(runId, shard, slice, { progress, ...finished }) {
      return change(runId, shard, slice, ({ underWay: _, ...current }) =>
        current.isListed ? undefined : { ...withLargeAfter(current), ...finished, ...addProgress(current, progress), nextSlice: slice + 1 },
      );
    },
    async completeLargeObjects(runId, shard, slice, progress) {
      await change(runId, shard, slice, (current) =>
        current.large.length === 0 ? undefined : { ...current, ...addProgress(current, progress), large: [] },
      );
    },
  };
}

function withBegun(shard: ShardState, call: SliceCall): ShardState {
  const isRepeated = shard.begun?.slice === call.slice && shard.begun.pausedUntil === call.pausedUntil;
  return { ...shard, begun: call, ...(isRepeated && { repeats: (shard.repeats ?? 0) + 1 }) };
}

/** An execution that does a slice again begins at its start: the run shows how far another one had come until it is there. */
function isBehind({ checkpoint }: SliceProgress, before: SliceProgress | undefined): boolean {
  if (before?.checkpoint === undefined) return false;
  return checkpoint === undefined || compareKeys(checkpoint, before.checkpoint) < 0;
}

function withLargeAfter({ largeAfter: _, ...current }: ShardState): ShardState {
  return { ...current, ...(current.checkpoint !== undefined && { largeAfter: current.checkpoint }) };
}

function pathOf(runId: string, shard: SlicedWork): string {
  return `runs/${runId}/shards/${shard}.json`;
}
