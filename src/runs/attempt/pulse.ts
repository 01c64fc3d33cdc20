import type { RunRecord } from '../record.ts';
import type { State } from '../state.ts';
import type { AttemptTask } from './stop.ts';

interface PulseDocument {
  /** ISO 8601. */
  readonly at: string;
  /** ISO 8601; not there while no store has answered. */
  readonly movedAt?: string;
}

/** Recorded times of an attempt's activities, in milliseconds since 1970. */
export interface Pulse {
  /** When one was last under way. */
  readonly at: number;
  /** When a store last answered to one. */
  readonly movedAt?: number;
}

/** Shows from outside that the activities of an attempt are being executed, and get somewhere. Each attempt has its own: an earlier one proves nothing. */
export interface Pulses {
  /** Executes an activity, and records meanwhile that the attempt is alive. A pulse that cannot be recorded does not matter to it. */
  during<T>(task: AttemptTask, activity: () => Promise<T>): Promise<T>;
  /** To be told that an activity of the attempt got somewhere. Costs no request. */
  moved(task: AttemptTask): void;
  /** The pulse of the run's present attempt; `undefined` where no activity was under way for long. */
  find(record: Pick<RunRecord, 'id' | 'attempt'>): Promise<Pulse | undefined>;
}

/** One process records the pulse of an attempt no more often. Attempts that are over sooner have none. */
const BEAT_MS = 10_000;

/** `functionTimeout` of host.json: an activity that is older can never end. */
const LONGEST_ACTIVITY_MS = 600_000;

const MAX_KNOWN = 1_000;

export function createPulses(state: State, clock: () => number): Pulses {
  const lastBeats = new Map<string, number>();
  const lastMoves = new Map<string, number>();

  async function touch({ runId, attempt }: AttemptTask): Promise<void> {
    const path = pathOf(runId, attempt);
    const now = clock();
    const last = lastBeats.get(path);
    // A beat that lies ahead was made before the clock was put back.
    if (last !== undefined && Math.abs(now - last) < BEAT_MS) return;
    remember(lastBeats, path, now);
    if (last === undefined) return;
    const movedAt = await movedAtOf(path, last);
    await state.write(path, { at: isoOf(now), ...(movedAt && { movedAt }) } satisfies PulseDocument);
  }

  /** Where nothing has moved here since the last beat, something may have moved in another process. */
  async function movedAtOf(path: string, lastBeat: number): Promise<string | undefined> {
    const here = lastMoves.get(path);
    if (here !== undefined && here >= lastBeat) return isoOf(here);
    return (await state.read<PulseDocument>(path))?.value.movedAt ?? (here === undefined ? undefined : isoOf(here));
  }

  return {
    async during(task, activity) {
      const begun = clock();
      const beat = () => {
        if (clock() - begun < LONGEST_ACTIVITY_MS) void touch(task).catch(() => undefined);
      };
      beat();
      const timer = setInterval(beat, BEAT_MS).unref();
      try {
        return await activity();
      } finally {
        clearInterval(timer);
      }
    },
    moved({ runId, attempt }) {
      remember(lastMoves, pathOf(runId, attempt), clock());
    },
    async find({ id, attempt }) {
      const pulse = (await state.read<PulseDocument>(pathOf(id, attempt)))?.value;
      if (pulse === undefined) return undefined;
      return { at: Date.parse(pulse.at), ...(pulse.movedAt !== undefined && { movedAt: Date.parse(pulse.movedAt) }) };
    },
  };
}

function remember(times: Map<string, number>, path: string, time: number): void {
  if (times.size >= MAX_KNOWN && !times.has(path)) times.clear();
  times.set(path, time);
}

function isoOf(time: number): string {
  return new Date(time).toISOString();
}

function pathOf(runId: string, attempt: number): string {
  return `runs/${runId}/pulse/${attempt}.json`;
}
