import type { AttemptTask, Stop } from '../attempt/stop.ts';
import type { Pause } from '../attempt/throttling.ts';

export interface LaneTask extends AttemptTask {
  /** Counts from 0. */
  readonly lane: number;
  /** How many there are; not there in what an earlier release has begun. */
  readonly lanes?: number;
  /** The pause that the previous call returned. */
  readonly pause?: Pause;
}

/**
 * The next step of a lane. `done`: all shards are; `idle`: no shard is left for it. Where another's is split later, that lane has this one
 * started again (`wake`).
 * `wait`: a store asked to slow down.
 */
export type SliceResult =
  | Stop
  | LaneEnd
  | { readonly end: 'more'; readonly wake?: readonly number[] }
  | { readonly end: 'wait'; readonly pause?: Pause }
  | { readonly end: 'large-objects'; readonly objects: readonly string[] };

/** How a lane ends that nothing stopped. */
export type LaneEnd = { readonly end: 'done' } | { readonly end: 'idle' };
