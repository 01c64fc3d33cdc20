import type { AttemptTask, Stop } from '../attempt/stop.ts';
import type { Pause } from '../attempt/throttling.ts';

export interface LargeObjectTask extends AttemptTask {
  /** The id that the slice gave it. */
  readonly object: string;
  /** Activities of the run under way at the same time, which share its limits; not there in what an earlier release has begun. */
  readonly sharers?: number;
  /** What the call before answered. */
  readonly pause?: Pause;
}

export interface RangeTask extends LargeObjectTask {
  /** Counts from 0. */
  readonly range: number;
}

/** What is to be done next for a large object. `look-again`: that must be found out anew. */
export type LargeObjectStep =
  | { readonly step: 'copy'; readonly ranges: readonly number[] }
  | { readonly step: 'commit' | 'ended' }
  | { readonly step: 'look-again'; readonly pause?: Pause }
  | { readonly step: 'stopped'; readonly stop: Stop };
