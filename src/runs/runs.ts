import { setTimeout as wait } from 'node:timers/promises';
import type { DamagedDocumentError } from './damaged-document.ts';
import type { Engine } from './engine.ts';
import { createHungCheck } from './hung.ts';
import type { Locks } from './lock.ts';
import type { Pulses } from './pulse.ts';
import { instanceIdOf, isOver, newRunId, type RunRecord, type RunRecords, type RunRequest } from './record.ts';
import { resumeRun, START_GRACE_MS } from './resume.ts';

/** This job runs already, or these locations are being synced. */
export class RunConflictError extends Error {
  override readonly name = 'RunConflictError';
  readonly runId: string;

  constructor(runId: string) {
    super(`Run ${runId} is still under way. Wait for its end, or cancel it, then start again.`);
    this.runId = runId;
  }
}

/** Which runs are listed. `onDamaged` is called for each record that cannot be read. */
export interface RunFilter {
  readonly job?: string;
  readonly limit: number;
  readonly onDamaged?: (error: DamagedDocumentError) => void;
}

/** The life of runs, as callers see it. */
export interface Runs {
  /** Starts a run. Throws {@link RunConflictError} while another of the same job, or between the same locations, is under way; also what `check` throws. */
  start(engine: Engine, request: RunRequest, startedBy: RunRecord['startedBy']): Promise<RunRecord>;
  /** The run as it stands; `undefined` when there is none by this id. One that nothing carries any more is resumed first. */
  find(engine: Engine, id: string): Promise<RunRecord | undefined>;
  /** Newest first, at most `limit`, of the newest thousand of all runs. */
  list(engine: Engine, filter: RunFilter): Promise<readonly RunRecord[]>;
  /** Asks a run to stop; `undefined` when there is none by this id. One that is over stays as it is. */
  cancel(engine: Engine, id: string): Promise<RunRecord | undefined>;
  /** Resumes all runs that nothing carries any more, or whose instance hangs; answers them. */
  resumeAll(engine: Engine): Promise<readonly RunRecord[]>;
}

/** A list of a job's runs looks at no more records than this. */
const MAX_SEARCHED = 1_000;

const PATIENCE_MS = 30_000;

const NEVER_STARTED = { code: 'interrupted', message: 'The app ended while it started the run: nothing was copied. Start it again.' };

interface RunsDependencies {
  readonly records: RunRecords;
  readonly locks: Locks;
  readonly pulses: Pick<Pulses, 'find'>;
  /** Tells whom it concerns that a run has ended. */
  readonly notify: (runId: string) => Promise<unknown>;
  /** Throws when such a run could not be carried out, whatever the services say. */
  readonly check?: (request: RunRequest) => void;
  /** The supervisor waits so long for what the engine says of one run. */
  readonly patienceMs?: number;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

export function createRuns({ records, locks, pulses, notify, check, patienceMs = PATIENCE_MS, clock }: RunsDependencies): Runs {
  const resuming = { records, clock, isHung: createHungCheck({ pulses, records, locks, clock }) };
  const afterPatience = () => wait(patienceMs, undefined, { ref: false });
  const nowText = () => new Date(clock()).toISOString();

  async function settle(engine: Engine, record: RunRecord): Promise<RunRecord> {
    if (await isStray(record)) {
      await records.remove(record.id);
      return { ...record, state: 'failed', endedAt: nowText(), failure: NEVER_STARTED };
    }
    const settled = await resumeRun(resuming, engine, record);
    if (isOver(record.state) || !isOver(settled.state)) return settled;
    await locks.release(record, record.id);
    // No orchestration is left that could try again; that it failed is in the record.
    await notify(record.id).catch(() => undefined);
    return settled;
  }

  /** A record whose maker died before it had the locks: to carry it out now would be a second run of the same. */
  async function isStray(record: RunRecord): Promise<boolean> {
    const isOld = clock() - Date.parse(record.createdAt) >= START_GRACE_MS;
    return record.state === 'queued' && record.attempt === 1 && isOld && !(await locks.isHeldBy(record, record.id));
  }

  async function find(engine: Engine, id: string): Promise<RunRecord | undefined> {
    const record = await records.find(id);
    return record && settle(engine, record);
  }

  async function isAlive(engine: Engine, id: string): Promise<boolean> {
    const record = await find(engine, id);
    return record !== undefined && !isOver(record.state);
  }

  return {
    find,
    async start(engine, request, startedBy) {
      check?.(request);
      const id = newRunId(clock());
      const record: RunRecord = { ...request, id, state: 'queued', startedBy, attempt: 1, createdAt: nowText() };
      await records.create(record);
      const holder = await locks
        .take(request, id, (other) => isAlive(engine, other))
        .catch(async (error) => {
          await records.remove(id);
          throw error;
        });
      if (holder !== id) {
        await records.remove(id);
        throw new RunConflictError(holder);
      }
      await engine.start(instanceIdOf(record), { runId: id, attempt: record.attempt });
      return record;
    },
    async list(engine, { job, limit, onDamaged }) {
      const found: RunRecord[] = [];
      let seen = 0;
      for await (const record of records.list(onDamaged)) {
        if (++seen > MAX_SEARCHED) break;
        if (job !== undefined && record.job !== job) continue;
        found.push(await settle(engine, record));
        if (found.length >= limit) break;
      }
      return found;
    },
    async cancel(engine, id) {
      if ((await find(engine, id)) === undefined) return undefined;
      return records.update(id, (record) =>
        isOver(record.state) || record.cancelRequestedAt !== undefined ? undefined : { ...record, cancelRequestedAt: nowText() },
      );
    },
    async resumeAll(engine) {
      const resumed: RunRecord[] = [];
      for await (const id of locks.holders()) {
        // One that cannot be looked at now, or of which the engine says nothing, must not keep the others waiting.
        const before = await records.find(id).catch(() => undefined);
        const after = before && (await Promise.race([settle(engine, before).catch(() => undefined), afterPatience()]));
        if (after !== undefined && after.attempt !== before?.attempt) resumed.push(after);
      }
      return resumed;
    },
  };
}
