import type { Pulses } from '../attempt/pulse.ts';
import type { RunRecord } from '../record.ts';

interface Dependencies {
  readonly pulses: Pick<Pulses, 'find'>;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** Recorded signs that a run's work is executed and makes progress. */
interface Liveness {
  /** Whether activities of the run are being executed. */
  readonly isExecuted: boolean;
  /** ISO 8601. Of a run that is running, like the next. */
  readonly lastProgressAt?: string;
  readonly secondsWithoutProgress?: number;
}

/** Several times the time between two beats of a pulse. A run that has none yet is as old at most. */
const FRESH_MS = 60_000;

/** One request, or two where the present attempt has just begun. */
export async function liveness({ pulses, clock }: Dependencies, record: RunRecord): Promise<Liveness> {
  const { state, startedAt, resumedAt = startedAt, attempt } = record;
  if (state !== 'running' || startedAt === undefined || resumedAt === undefined) return { isExecuted: false };
  const now = clock();
  const pulse = await pulses.find(record);
  const before = pulse === undefined && attempt > 1 ? await pulses.find({ ...record, attempt: attempt - 1 }) : undefined;
  const movedAt = Math.max(Date.parse(startedAt), pulse?.movedAt ?? before?.movedAt ?? 0);
  return {
    isExecuted: now - Math.max(Date.parse(startedAt), Date.parse(resumedAt), pulse?.at ?? 0) < FRESH_MS,
    lastProgressAt: new Date(movedAt).toISOString(),
    secondsWithoutProgress: Math.max(0, Math.round((now - movedAt) / 1_000)),
  };
}
