import type { Pulses } from '../attempt/pulse.ts';
import type { RunRecord } from '../record.ts';

/** A run's pulse as one process has seen it. Times are those of its own clock, in milliseconds. */
export interface Observation {
  /** For so long it has looked again and again, and nothing has changed. */
  readonly watchedMs: number;
  /** When the run last gave a sign of life, as far as can be told; `undefined` where it never did. */
  readonly lastSign?: number;
}

interface Seen {
  /** The attempt, and what its pulse says. */
  readonly pulse: string;
  /** Since when it has been seen to say so. */
  readonly since: number;
  readonly lookedAt: number;
  /** When it was seen to have changed. */
  readonly changedAt?: number;
}

interface Dependencies {
  readonly pulses: Pick<Pulses, 'find'>;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** Looks are a minute apart. After a longer gap it is unknown what happened meanwhile: this process or its storage may have been away. */
const LONGEST_GAP_MS = 180_000;

const MAX_KNOWN = 1_000;

/** Watches pulses look by look, since they have the times of other processes, whose clocks may be wrong. */
export function createObserver({ pulses, clock }: Dependencies) {
  const known = new Map<string, Seen>();

  return async (record: Pick<RunRecord, 'id' | 'attempt'>): Promise<Observation> => {
    const found = await pulses.find(record);
    const now = clock();
    const before = known.get(record.id);
    const seen = look(before, `${record.attempt} ${found?.at}`, now);
    if (known.size >= MAX_KNOWN && before === undefined) known.clear();
    known.set(record.id, seen);
    const watchedMs = now - seen.since;
    if (found === undefined) return { watchedMs };
    // A time after that at which it was seen is of a clock that is ahead.
    return { watchedMs, lastSign: Math.max(Math.min(found.at, seen.since), seen.changedAt ?? 0) };
  };
}

function look(before: Seen | undefined, pulse: string, now: number): Seen {
  const first = { pulse, since: now, lookedAt: now };
  if (before === undefined || now < before.lookedAt || now - before.lookedAt > LONGEST_GAP_MS) return first;
  return before.pulse === pulse ? { ...before, lookedAt: now } : { ...first, changedAt: now };
}
