import { isFederationError } from './federation-error.ts';
import type { Timing } from './timing.ts';

const MAX_ATTEMPTS = 5;
const FIRST_DELAY_MS = 500;

/** Calls `attempt` until it succeeds, fails for good or has failed five times. Waits with full jitter in between. */
export async function retryTransient<T>(attempt: () => Promise<T>, { random, sleep }: Omit<Timing, 'clock'>): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await attempt();
    } catch (error) {
      if (failures >= MAX_ATTEMPTS || !isFederationError(error) || !error.isTransient) throw error;
      await sleep(random() * FIRST_DELAY_MS * 2 ** (failures - 1));
    }
  }
}
