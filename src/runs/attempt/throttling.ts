import type { RunFailure } from '../record.ts';

/** A lane, or the copy of a large object, stands still for a while: a store asked us to slow down, or was not there. */
export interface Pause {
  /** Milliseconds since 1970. */
  readonly until: number;
  /** How many pauses in a row there have been without any progress between them. */
  readonly inVain: number;
}

const FIRST_PAUSE_MS = 15_000;
const LONGEST_PAUSE_MS = 300_000;
/** Time that a process needs to end. */
const HAND_OVER_MS = 5_000;
/** About half an hour in all. */
const MAX_IN_VAIN = 10;

/** The pause to make now; each one in vain doubles the next. `undefined`: it was in vain too often. */
export function pauseAfter(previous: Pause | undefined, hasProgressed: boolean, now: number): Pause | undefined {
  const inVain = hasProgressed ? 0 : (previous?.inVain ?? 0) + 1;
  if (inVain > MAX_IN_VAIN) return undefined;
  return { until: now + Math.min(FIRST_PAUSE_MS * 2 ** inVain, LONGEST_PAUSE_MS), inVain };
}

/** The process ends: whoever takes the work over begins after this pause, which says nothing against the stores. */
export function handOverPause(previous: Pause | undefined, now: number): Pause {
  return { until: now + HAND_OVER_MS, inVain: previous?.inVain ?? 0 };
}

/** No pause is longer than the longest: one that seems so was made before the clock was put back. */
export function isPaused({ until }: Pause, now: number): boolean {
  return now < until && until - now <= LONGEST_PAUSE_MS;
}

export function tooThrottled(message: string): RunFailure {
  return {
    code: 'throttled',
    message: `${message} The store was still throttling after half an hour. Run at another time, or lower options.lanes and options.concurrency.`,
  };
}

/** No `what` was completed within the time that an activity has. */
export function tooSlow(what: 'object' | 'part', seconds: number): RunFailure {
  const message = `No ${what} was completed within ${seconds} s. Lower options.concurrency, or raise BRIDGE_SLICE_SECONDS, and look at the network.`;
  return { code: 'too-slow', message };
}
