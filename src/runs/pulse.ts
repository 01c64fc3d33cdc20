import type { RunRecord } from './record.ts';
import type { State } from './state.ts';
import type { AttemptTask } from './stop.ts';

interface PulseDocument {
  /** ISO 8601. */
  readonly at: string;
}

/** Shows from outside that the activities of an attempt are being executed. Each attempt has its own: an earlier one proves nothing. */
export interface Pulses {
  /** Executes an activity, and records meanwhile that the attempt is alive. A pulse that cannot be recorded does not matter to it. */
  during<T>(task: AttemptTask, activity: () => Promise<T>): Promise<T>;
  /** When an activity of the run's present attempt was last under way, in milliseconds since 1970; `undefined` where none was for long. */
  last(record: Pick<RunRecord, 'id' | 'attempt'>): Promise<number | undefined>;
}

/** One process records the pulse of an attempt no more often. Attempts that are over sooner have none. */
const BEAT_MS = 10_000;

/** `functionTimeout` of host.json: an activity that is older can never end. */
const LONGEST_ACTIVITY_MS = 600_000;

const MAX_KNOWN = 1_000;

export function createPulses(state: State, clock: () => number): Pulses {
  const lastBeats = new Map<string, number>();

  async function touch({ runId, attempt }: AttemptTask): Promise<void> {
    const path = pathOf(runId, attempt);
    const now = clock();
    const last = lastBeats.get(path);
    if (last !== undefined && now - last < BEAT_MS) return;
    if (lastBeats.size >= MAX_KNOWN) lastBeats.clear();
    lastBeats.set(path, now);
    if (last !== undefined) await state.write(path, { at: new Date(now).toISOString() } satisfies PulseDocument);
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
    async last({ id, attempt }) {
      const pulse = await state.read<PulseDocument>(pathOf(id, attempt));
      return pulse && Date.parse(pulse.value.at);
    },
  };
}

function pathOf(runId: string, attempt: number): string {
  return `runs/${runId}/pulse/${attempt}.json`;
}
