import type { Locks } from '../lock.ts';
import type { Shutdown } from './shutdown.ts';

/** Shares the slots that a process has for activities, and gives them back before the process ends. */
export interface Turns {
  /** Executes an activity of a run, which has a slot meanwhile. */
  during<T>(runId: string, activity: () => Promise<T>): Promise<T>;
  /**
   * Begins a turn of work that is one of `sharers` at the same time. The result tells whether the turn is over before its deadline: the
   * process ends, or all slots are taken and another run waits.
   */
  begin(sharers?: number): () => boolean;
}

interface TurnOptions {
  /** Maximum activities that the engine executes in this process at once: `maxConcurrentActivityFunctions` of host.json. */
  readonly slots: number;
  readonly shutdown: Pick<Shutdown, 'isUnderWay'>;
  readonly locks: Pick<Locks, 'holders'>;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** Approximate longest wait for a slot while one run has them all, such as that of another run's plan. */
const LONGEST_WAIT_MS = 30_000;

/** Beginning a slice anew costs some requests, and its last objects leave some of the connections idle. */
const SHORTEST_TURN_MS = 10_000;

/** Other runs are looked for no more often. */
const LOOK_MS = 10_000;

export function createTurns({ slots, shutdown, locks, clock }: TurnOptions): Turns {
  const active = new Map<string, number>();
  let underWay = 0;
  let lookedAt = 0;
  let doesOneWait = false;

  function change(runId: string, by: 1 | -1): void {
    underWay += by;
    const count = (active.get(runId) ?? 0) + by;
    if (count === 0) active.delete(runId);
    else active.set(runId, count);
  }

  /** A run that has its locks and no activity here has one somewhere else, or waits. */
  async function look(): Promise<void> {
    for await (const runId of locks.holders()) {
      doesOneWait = !active.has(runId);
      if (doesOneWait) return;
    }
  }

  function lookIfDue(): void {
    const ageMs = Math.abs(clock() - lookedAt);
    if (ageMs < LOOK_MS) return;
    // An old observation says nothing.
    if (ageMs > 2 * LOOK_MS) doesOneWait = false;
    lookedAt = clock();
    // A turn that goes on is no harm.
    void look().catch(() => undefined);
  }

  return {
    async during(runId, activity) {
      change(runId, 1);
      try {
        return await activity();
      } finally {
        change(runId, -1);
      }
    },
    begin(sharers = 1) {
      // The engine's queue is first come, first served: what comes last waits for as many rounds as the others need.
      const rounds = Math.max(1, Math.ceil(sharers / slots));
      const end = clock() + Math.max(SHORTEST_TURN_MS, LONGEST_WAIT_MS / rounds);
      return () => {
        if (shutdown.isUnderWay()) return true;
        if (underWay < slots || clock() < end) return false;
        lookIfDue();
        return doesOneWait;
      };
    },
  };
}
