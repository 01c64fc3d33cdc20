import type { Engine } from './engine.ts';
import { type Interruption, instanceIdOf, isOver, type RunRecord, type RunRecords } from './record.ts';

/** So long may pass between the entry of an attempt and the start of its instance. */
export const START_GRACE_MS = 30_000;

/** A run that its engine loses so often is given up. */
const MAX_ATTEMPTS = 20;

const FIRST_DELAY_MS = 5_000;
const LONGEST_DELAY_MS = 300_000;

/** What should become of a run: `carried`, nothing; `later`, another attempt after a while. */
type Verdict = 'carried' | 'later' | 'resume' | 'give-up';

/**
 * Looks whether a run that has not ended still has an orchestration instance that carries it, and starts its next attempt where it has
 * none. Of several callers one starts it. Answers the run as it is then; one that is given up has ended as failed.
 */
export async function resumeRun(engine: Engine, records: RunRecords, record: RunRecord, now: number): Promise<RunRecord> {
  if (isOver(record.state)) return record;
  const verdict = await judge(engine, record, now);
  if (verdict === 'carried' || verdict === 'later') return record;
  const at = new Date(now).toISOString();
  const change = verdict === 'resume' ? nextAttempt : givenUp;
  let isOurs = false;
  const changed = await records.update(record.id, (latest) => {
    isOurs = !isOver(latest.state) && latest.attempt === record.attempt;
    return isOurs ? change(latest, at) : undefined;
  });
  if (isOurs && verdict === 'resume') await engine.start(instanceIdOf(changed), { runId: changed.id, attempt: changed.attempt });
  return changed;
}

async function judge(engine: Engine, record: RunRecord, now: number): Promise<Verdict> {
  const status = await engine.status(instanceIdOf(record));
  if (status === 'active') return 'carried';
  const age = now - Date.parse(record.resumedAt ?? record.createdAt);
  if (status === 'gone' && age < START_GRACE_MS) return 'carried';
  if (record.attempt >= MAX_ATTEMPTS) return 'give-up';
  return age < Math.min(FIRST_DELAY_MS * 2 ** (record.attempt - 1), LONGEST_DELAY_MS) ? 'later' : 'resume';
}

function nextAttempt(record: RunRecord, at: string): RunRecord {
  return { ...record, attempt: record.attempt + 1, resumedAt: at, interruptions: withThis(record, at) };
}

function givenUp(record: RunRecord, at: string): RunRecord {
  const message = `Nothing carries the run on after ${record.attempt} attempts. See its interruptions for why, then start it again: what is copied already is not copied twice.`;
  return { ...record, state: 'failed', endedAt: at, failure: { code: 'interrupted', message } };
}

function withThis({ attempt, interruptions = [] }: RunRecord, at: string): readonly Interruption[] {
  if (interruptions.at(-1)?.attempt === attempt) return interruptions;
  return [...interruptions, { attempt, at, message: 'Its orchestration instance had ended, or was gone, before the run had.' }];
}
