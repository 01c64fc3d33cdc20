import type { AttemptTask, Stop } from '../stop.ts';
import type { Pause } from '../throttling.ts';

export interface LaneTask extends AttemptTask {
  /** Counts from 0. */
  readonly lane: number;
  /** How many there are; not there in what an earlier release has begun. */
  readonly lanes?: number;
  /** What the call before answered. */
  readonly pause?: Pause;
}

/**
 * What a lane is to do next. `done`: no shard is left for it; where another's is split later, that lane has this one started again (`wake`).
 * `wait`: a store asked to slow down.
 */
export type SliceResult =
  | Stop
  | { readonly end: 'done' }
  | { readonly end: 'more'; readonly wake?: readonly number[] }
  | { readonly end: 'wait'; readonly pause?: Pause }
  | { readonly end: 'large-objects'; readonly objects: readonly string[] };
