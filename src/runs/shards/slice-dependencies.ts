import type { BufferPool } from '../../sync/flow/buffer-pool.ts';
import type { Store } from '../../sync/store/store.ts';
import type { Shutdown } from '../attempt/shutdown.ts';
import type { Turns } from '../attempt/turns.ts';
import type { LargeObjects } from '../large/large-objects.ts';
import type { PairIndexes } from '../pairs/pair-index.ts';
import type { RunRecord, RunRecords } from '../record.ts';
import type { State } from '../state.ts';
import type { Shard, ShardPlans } from './shard-plan.ts';
import type { ShardState, ShardStates } from './shard-state.ts';

export interface SliceDependencies {
  readonly state: State;
  readonly records: RunRecords;
  readonly plans: ShardPlans;
  readonly shards: ShardStates;
  readonly largeObjects: LargeObjects;
  readonly pairs: Pick<PairIndexes, 'read'>;
  /** For one of so many activities that share the run's limits; one unless given. */
  readonly openStores: (record: RunRecord, sharers?: number) => { readonly source: Store; readonly destination: Store };
  readonly pool: BufferPool;
  readonly shutdown: Shutdown;
  readonly turns: Pick<Turns, 'begin'>;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** After so long a slice starts no new object. */
  readonly sliceSeconds: number;
  /** Time after that until it is broken off: the worker must not be killed for it, since other runs are in the same one. */
  readonly graceSeconds: number;
  /** Objects of this size and more are not copied in slices. */
  readonly largeObjectBytes: number;
}

/** The slice that is to be done of a shard. */
export interface ShardSlice {
  readonly record: RunRecord;
  readonly shard: Shard;
  readonly before: ShardState;
  /** Whether it is to end before its deadline, for what else waits. */
  readonly mustYield: () => boolean;
}
