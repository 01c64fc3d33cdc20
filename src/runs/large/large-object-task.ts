import type { AttemptTask, Stop } from '../attempt/stop.ts';
import type { Pause } from '../attempt/throttling.ts';

export interface LargeObjectTask extends AttemptTask {
  /** The id that the slice gave it. */
  readonly object: string;
  /** Activities of the run under way at the same time, which share its limits; not there in what an earlier release has begun. */
  readonly sharers?: number;
  /** The pause that the previous call returned. */
  readonly pause?: Pause;
}

export interface RangeTask extends LargeObjectTask {
  /** Counts from 0. */
  readonly range: number;
}

/** The next step for a large object. `look-again`: it must be determined again. */
export type LargeObjectStep =
  | { readonly step: 'copy'; readonly ranges: readonly number[] }
  | { readonly step: 'commit' | 'ended' }
  | { readonly step: 'look-again'; readonly pause?: Pause }
  | { readonly step: 'stopped'; readonly stop: Stop };
