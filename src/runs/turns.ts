import type { Shutdown } from './shutdown.ts';

/** Shares the slots that a process has for activities, and gives them back before the process ends. */
export interface Turns {
  /** Executes an activity, which has a slot meanwhile. */
  during<T>(activity: () => Promise<T>): Promise<T>;
  /** Begins a turn of work that is one of `sharers` at the same time. The result tells whether the turn is over before its deadline. */
  begin(sharers?: number): () => boolean;
}

interface TurnOptions {
  /** As many activities does the engine execute in this process at once: `maxConcurrentActivityFunctions` of host.json. */
  readonly slots: number;
  readonly shutdown: Pick<Shutdown, 'isUnderWay'>;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** What waits for a slot while one run has them all, such as the plan of another one, gets it after about so long. */
const LONGEST_WAIT_MS = 30_000;

/** Beginning a slice anew costs some requests. */
const SHORTEST_TURN_MS = 10_000;

export function createTurns({ slots, shutdown, clock }: TurnOptions): Turns {
  let underWay = 0;
  return {
    async during(activity) {
      underWay++;
      try {
        return await activity();
      } finally {
        underWay--;
      }
    },
    begin(sharers = 1) {
      // The engine's queue is first come, first served: what comes last waits for as many rounds as the others need.
      const rounds = Math.max(1, Math.ceil(sharers / slots));
      const end = clock() + Math.max(SHORTEST_TURN_MS, LONGEST_WAIT_MS / rounds);
      return () => shutdown.isUnderWay() || (underWay >= slots && clock() >= end);
    },
  };
}
