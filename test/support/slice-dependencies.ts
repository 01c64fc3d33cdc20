import { createLargeObjects } from '../../src/runs/large/large-objects.ts';
import { createPairIndexes } from '../../src/runs/pairs/pair-index.ts';
import { createRunRecords } from '../../src/runs/record.ts';
import { createShardPlans } from '../../src/runs/shards/shard-plan.ts';
import { createShardStates } from '../../src/runs/shards/shard-state.ts';
import type { SliceDependencies } from '../../src/runs/shards/slice-dependencies.ts';
import type { State } from '../../src/runs/state.ts';
import { PART_BYTES } from '../../src/sync/copy/copy-parts.ts';
import { createBufferPool } from '../../src/sync/flow/buffer-pool.ts';
import type { Store } from '../../src/sync/store/store.ts';
import { UNDISTURBED } from './undisturbed.ts';

export const SLICE_SECONDS = 60;

/** What the slices of a run between two stores work with. */
export function sliceDependencies(
  state: State,
  stores: { readonly source: Store; readonly destination: Store },
  more: Partial<SliceDependencies> = {},
): SliceDependencies {
  return {
    state,
    records: createRunRecords(state),
    plans: createShardPlans(state),
    shards: createShardStates(state),
    largeObjects: createLargeObjects(state),
    pairs: createPairIndexes({ state, clock: Date.now, keepDays: 30 }),
    openStores: () => stores,
    pool: createBufferPool([{ bufferBytes: PART_BYTES, count: 2 }]),
    clock: Date.now,
    sliceSeconds: SLICE_SECONDS,
    graceSeconds: 60,
    ...UNDISTURBED,
    largeObjectBytes: PART_BYTES,
    ...more,
  };
}
