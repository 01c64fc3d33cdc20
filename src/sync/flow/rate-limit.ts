import { setTimeout as sleep } from 'node:timers/promises';

/** Lets so many units a second pass, first come first served. */
export interface RateLimit {
  /** Waits until `units` more may pass. Rejects with the signal's AbortError when it fires before that. */
  take(units: number, signal?: AbortSignal): Promise<void>;
}

interface RateLimitOptions {
  /** More than 0; need not be whole. */
  readonly perSecond: number;
  /** Milliseconds that never go back. */
  readonly clock?: () => number;
  readonly wait?: (milliseconds: number, signal: AbortSignal | undefined) => Promise<unknown>;
}

/** Unused allowance may be used within this time. */
const BURST_MS = 1_000;

/**
 * In any time of t seconds no more pass than `perSecond` x (t + 1), and one taking. Each taking is given its moment at once (the generic
 * cell rate algorithm, ITU-T I.371), so that nothing is queued; what is given up keeps its moment.
 */
export function createRateLimit({ perSecond, clock = () => performance.now(), wait = sleepUnlessAborted }: RateLimitOptions): RateLimit {
  let dueAt = Number.NEGATIVE_INFINITY;
  return {
    async take(units, signal) {
      signal?.throwIfAborted();
      const now = clock();
      const delayMs = dueAt - BURST_MS - now;
      dueAt = Math.max(dueAt, now) + (units * 1_000) / perSecond;
      if (delayMs > 0) await wait(delayMs, signal);
    },
  };
}

function sleepUnlessAborted(milliseconds: number, signal: AbortSignal | undefined): Promise<unknown> {
  return sleep(milliseconds, undefined, signal && { signal });
}
