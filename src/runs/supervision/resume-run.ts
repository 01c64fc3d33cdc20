import type { Engine } from '../engine.ts';
import { type Interruption, instanceIdOf, isOver, type RunRecord, type RunRecords } from '../record.ts';
import { HUNG_MESSAGE, type HungCheck } from './hung-run.ts';

/** Longest time between the recording of an attempt and the start of its instance. */
export const START_GRACE_MS = 30_000;

/** A run that its engine loses so often is given up. */
const MAX_ATTEMPTS = 20;

const FIRST_DELAY_MS = 5_000;
const LONGEST_DELAY_MS = 300_000;

const ENDED_MESSAGE = 'Its orchestration instance ended or disappeared before the run did.';

/** The next step for a run: `carried`, nothing; `later`, another attempt after a while; `supersede`, another one since this one hangs. */
type Verdict = 'carried' | 'later' | 'resume' | 'supersede' | 'cancel' | 'give-up';

interface ResumeDependencies {
  readonly records: RunRecords;
  readonly isHung: HungCheck;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/**
 * Looks whether a run that has not ended still has an orchestration instance that carries it, and starts its next attempt where it has
 * none, or one that hangs. Of several callers one starts it. Answers the run as it is then; one that is given up has ended as failed.
 */
export async function resumeRun(dependencies: ResumeDependencies, engine: Engine, record: RunRecord): Promise<RunRecord> {
  if (isOver(record.state)) return record;
  const { records, clock } = dependencies;
  const verdict = await judge(dependencies, engine, record);
  if (verdict === 'carried' || verdict === 'later') return record;
  const at = new Date(clock()).toISOString();
  let isOurs = false;
  const changed = await records.update(record.id, (latest) => {
    isOurs = !isOver(latest.state) && latest.attempt === record.attempt;
    return isOurs ? changeBy(verdict, latest, at) : undefined;
  });
  if (!isOurs) return changed;
  // The record comes first: from now on the activities of the old instance stop, whether or not the engine can end it.
  if (verdict === 'supersede' || verdict === 'cancel') await engine.terminate(instanceIdOf(record), 'It hangs.').catch(() => undefined);
  if (!isOver(changed.state)) await engine.start(instanceIdOf(changed), { runId: changed.id, attempt: changed.attempt });
  return changed;
}

async function judge({ isHung, clock }: ResumeDependencies, engine: Engine, record: RunRecord): Promise<Verdict> {
  const status = await engine.status(instanceIdOf(record));
  const age = clock() - Date.parse(record.resumedAt ?? record.createdAt);
  if (status === 'gone' && age < START_GRACE_MS) return 'carried';
  if (status !== 'ended' && status !== 'gone') return (await isHung(record, status)) ? verdictOnHung(record) : 'carried';
  if (record.attempt >= MAX_ATTEMPTS) return 'give-up';
  return age < Math.min(FIRST_DELAY_MS * 2 ** (record.attempt - 1), LONGEST_DELAY_MS) ? 'later' : 'resume';
}

/** The next attempt of a cancelled run only makes its report. Where that one hangs too, the run ends without. */
function verdictOnHung({ cancelRequestedAt, resumedAt, attempt }: RunRecord): Verdict {
  const wasTried = cancelRequestedAt !== undefined && resumedAt !== undefined && resumedAt > cancelRequestedAt;
  if (wasTried) return 'cancel';
  return attempt >= MAX_ATTEMPTS ? 'give-up' : 'supersede';
}

function changeBy(verdict: Exclude<Verdict, 'carried' | 'later'>, record: RunRecord, at: string): RunRecord {
  if (verdict === 'give-up') return givenUp(record, at);
  if (verdict === 'cancel') return { ...record, state: 'cancelled', endedAt: at };
  return nextAttempt(record, at, verdict === 'supersede' ? HUNG_MESSAGE : ENDED_MESSAGE);
}

function nextAttempt(record: RunRecord, at: string, message: string): RunRecord {
  return { ...record, attempt: record.attempt + 1, resumedAt: at, interruptions: withThis(record, at, message) };
}

function givenUp(record: RunRecord, at: string): RunRecord {
  const message = `The run was abandoned after ${record.attempt} attempts. See its interruptions for the causes, then start it again: objects that were copied are not copied twice.`;
  return { ...record, state: 'failed', endedAt: at, failure: { code: 'interrupted', message } };
}

function withThis({ attempt, interruptions = [] }: RunRecord, at: string, message: string): readonly Interruption[] {
  if (interruptions.at(-1)?.attempt === attempt) return interruptions;
  return [...interruptions, { attempt, at, message }];
}
