import { setTimeout } from 'node:timers/promises';

/** Time and chance, so that tests can decide both. */
export interface Timing {
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** At least 0 and less than 1. */
  readonly random: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

export const REAL_TIMING: Timing = {
  clock: Date.now,
  random: Math.random,
  sleep: (milliseconds) => setTimeout(milliseconds),
};
