import { setImmediate as settle } from 'node:timers/promises';

interface HandClock {
  readonly clock: () => number;
  readonly wait: (milliseconds: number) => Promise<void>;
  /** Moves the clock on, and lets go on what waited for that. */
  advance(milliseconds: number): Promise<void>;
}

/** A clock that stands still until it is moved on; it starts on 1 September 2026. */
export function handClock(): HandClock {
  let now = Date.parse('2026-09-01T00:00:00Z');
  let sleepers: { readonly until: number; readonly wake: () => void }[] = [];
  return {
    clock: () => now,
    wait: (milliseconds) => new Promise((wake) => sleepers.push({ until: now + milliseconds, wake })),
    async advance(milliseconds) {
      now += milliseconds;
      const due = sleepers.filter(({ until }) => until <= now);
      sleepers = sleepers.filter(({ until }) => until > now);
      for (const { wake } of due) wake();
      await settle();
    },
  };
}
