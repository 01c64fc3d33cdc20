import { setTimeout as wait } from 'node:timers/promises';
import type { DamagedDocumentError } from './damaged-document.ts';
import type { Engine } from './engine.ts';
import { instanceIdOf, isOver, newRunId, type RunRecord, type RunRequest } from './record.ts';
import { createReconciler, type ReconcileDependencies } from './supervision/reconcile-run.ts';

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
  /** Resumes all runs that nothing carries any more, or whose instance hangs; answers them. Tells of the ends that nobody was told of. */
  resumeAll(engine: Engine): Promise<readonly RunRecord[]>;
}

/** A list of a job's runs looks at no more records than this. */
const MAX_SEARCHED = 1_000;

const PATIENCE_MS = 30_000;

interface RunsDependencies extends ReconcileDependencies {
  /** Throws when such a run could not be carried out, whatever the services say. */
  readonly check?: (request: RunRequest) => void;
  /** The supervisor waits so long for what the engine says of one run. */
  readonly patienceMs?: number;
}

export function createRuns({ records, locks, pulses, notify, check, patienceMs = PATIENCE_MS, clock }: RunsDependencies): Runs {
  const { reconcile, attend } = createReconciler({ records, locks, pulses, notify, clock });
  const afterPatience = () => wait(patienceMs, undefined, { ref: false });
  const nowText = () => new Date(clock()).toISOString();

  async function find(engine: Engine, id: string): Promise<RunRecord | undefined> {
    const record = await records.find(id);
    return record && reconcile(engine, record);
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
        found.push(await reconcile(engine, record));
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
      for await (const id of locks.unfinished()) {
        // One that cannot be looked at now, or of which the engine says nothing, must not keep the others waiting.
        const run = await Promise.race([attend(engine, id).catch(() => undefined), afterPatience()]);
        if (run !== undefined) resumed.push(run);
      }
      return resumed;
    },
  };
}
