import type { Pulses } from '../attempt/pulse.ts';
import type { Engine } from '../engine.ts';
import type { Locks } from '../lock.ts';
import { isOver, type RunRecord, type RunRecords } from '../record.ts';
import { createHungCheck } from './hung-run.ts';
import { resumeRun, START_GRACE_MS } from './resume-run.ts';

/** The tries of the orchestration that ended a run take no longer. */
const NOTICE_GRACE_MS = 900_000;

const NEVER_STARTED = { code: 'interrupted', message: 'The app ended while it started the run: nothing was copied. Start it again.' };

export interface ReconcileDependencies {
  readonly records: RunRecords;
  readonly locks: Locks;
  readonly pulses: Pick<Pulses, 'find'>;
  /** Tells whom it concerns that a run has ended. */
  readonly notify: (runId: string) => Promise<unknown>;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** Brings the record of a run and what carries it into line again. */
export interface Reconciler {
  /** Resumes a run that nothing carries any more, or whose instance hangs; ends one that cannot go on. Answers the run as it is then. */
  reconcile(engine: Engine, record: RunRecord): Promise<RunRecord>;
  /** The same for a run that is not finished in every respect, by its id. Answers the run if this has begun another attempt of it. */
  attend(engine: Engine, id: string): Promise<RunRecord | undefined>;
}

export function createReconciler({ records, locks, pulses, notify, clock }: ReconcileDependencies): Reconciler {
  const resuming = { records, clock, isHung: createHungCheck({ pulses, records, locks, clock }) };

  async function reconcile(engine: Engine, record: RunRecord): Promise<RunRecord> {
    if (await isStray(record)) {
      await records.remove(record.id);
      return { ...record, state: 'failed', endedAt: new Date(clock()).toISOString(), failure: NEVER_STARTED };
    }
    const resumed = await resumeRun(resuming, engine, record);
    if (isOver(record.state) || !isOver(resumed.state)) return resumed;
    await locks.keepNotice(record.id);
    await locks.release(record, record.id);
    // No orchestration is left that could try again: resumeAll does, once.
    await notify(record.id).then(
      () => locks.dropNotice(record.id),
      () => undefined,
    );
    return resumed;
  }

  /** Does what whoever ended the run has not done since, or not with success: it may have died. */
  async function conclude(record: RunRecord): Promise<void> {
    if (clock() - Date.parse(record.endedAt ?? record.createdAt) < NOTICE_GRACE_MS) return;
    await locks.release(record, record.id);
    if (record.notification?.state !== 'delivered') await notify(record.id).catch(() => undefined);
    await locks.dropNotice(record.id);
  }

  /** A record whose maker died before it had the locks: to carry it out now would be a second run of the same. */
  async function isStray(record: RunRecord): Promise<boolean> {
    const isOld = clock() - Date.parse(record.createdAt) >= START_GRACE_MS;
    return record.state === 'queued' && record.attempt === 1 && isOld && !(await locks.isHeldBy(record, record.id));
  }

  async function attend(engine: Engine, id: string): Promise<RunRecord | undefined> {
    const before = await records.find(id);
    if (before === undefined) await locks.dropNotice(id);
    else if (isOver(before.state)) await conclude(before);
    else {
      const after = await reconcile(engine, before);
      if (after.attempt !== before.attempt) return after;
    }
    return undefined;
  }

  return { reconcile, attend };
}
