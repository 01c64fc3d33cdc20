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

/** What a lane is to do next. `wait`: nothing is to be done at the moment, or nothing may be. */
export type SliceResult =
  | Stop
  | { readonly end: 'done' }
  | { readonly end: 'more' }
  | { readonly end: 'wait'; readonly pause?: Pause }
  | { readonly end: 'large-objects'; readonly objects: readonly string[] };
