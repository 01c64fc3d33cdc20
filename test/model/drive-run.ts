import { finishRun } from '../../src/runs/end/finish-run.ts';
import { createLargeObjects } from '../../src/runs/large/large-objects.ts';
import { createSavedUploads } from '../../src/runs/large/saved-uploads.ts';
import { createLocks } from '../../src/runs/lock.ts';
import { createPairIndexes } from '../../src/runs/pairs/pair-index.ts';
import { createRunRecords, newRunId, type RunRecord } from '../../src/runs/record.ts';
import { reportPath } from '../../src/runs/report/report.ts';
import { deleteSlice } from '../../src/runs/shards/delete-slice.ts';
import { planRun } from '../../src/runs/shards/plan-run.ts';
import { runSlice } from '../../src/runs/shards/run-slice.ts';
import { createShardPlans } from '../../src/runs/shards/shard-plan.ts';
import { createShardStates } from '../../src/runs/shards/shard-state.ts';
import type { State } from '../../src/runs/state.ts';
import type { Comparison } from '../../src/sync/compare/decide.ts';
import type { Overwrite } from '../../src/sync/compare/overwrite.ts';
import { createBufferPool } from '../../src/sync/flow/buffer-pool.ts';
import type { Receipt } from '../../src/sync/outcomes/receipt.ts';
import { present } from '../../src/sync/store/present.ts';
import type { Store } from '../../src/sync/store/store.ts';
import { runRecord } from '../support/run-records.ts';
import { UNDISTURBED } from '../support/undisturbed.ts';

/** What a worker throws when it dies under a request. */
export class WorkerDied extends Error {
  override readonly name = 'WorkerDied';
}

export interface RunOptions {
  readonly overwrite: Overwrite;
  readonly compare: Comparison;
  readonly deletes: boolean;
  /** Nothing is written. */
  readonly only?: 'rehearse' | 'verify';
  /** The keys that the run is about; all of them unless given. */
  readonly include?: readonly string[];
}

interface Ends {
  readonly state: State;
  readonly source: Store;
  readonly destination: Store;
  readonly locations: { readonly source: string; readonly destination: string };
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** A pool that outlives runs, as in a process. */
const pool = createBufferPool([{ bufferBytes: 64, count: 8 }]);

const GUARD = { maxCount: 1_000, maxPercent: 100, allowEmptySource: true };

/** Carries a run to its end as the engine does: an activity whose worker died is made again. */
export async function driveRun(
  { state, source, destination, locations, clock }: Ends,
  { overwrite, compare, deletes, only, include }: RunOptions,
): Promise<{ readonly record: RunRecord; readonly receipts: ReadonlyMap<string, Receipt> }> {
  const dependencies = {
    ...{ state, clock, pool, openStores: () => ({ source, destination }), openKeyList: () => source },
    ...{ records: createRunRecords(state), plans: createShardPlans(state), shards: createShardStates(state) },
    ...{ largeObjects: createLargeObjects(state), uploads: createSavedUploads(state), locks: createLocks(state) },
    pairs: createPairIndexes({ state, clock, keepDays: 30, maxEntries: 3 }),
    openReportTarget: () => ({ writeStream: async () => undefined }),
    deliveryLimits: { idleSeconds: 60, totalSeconds: 60 },
    ...UNDISTURBED,
    ...{ sliceSeconds: 60, graceSeconds: 60, limitSeconds: 60, largeObjectBytes: 1_000 },
  };
  const { options } = runRecord();
  const id = newRunId(clock());
  const chosen = {
    ...{ overwrite, compare, splitAt: ['c'] },
    ...(deletes && { delete: GUARD }),
    ...(only === 'rehearse' && { dryRun: true }),
    ...(only === 'verify' && { verify: true }),
    ...(include && { include: [...include] }),
  };
  await dependencies.records.create(runRecord({ id, ...locations, options: { ...options, ...chosen } }));
  const task = { runId: id, attempt: 1, lane: 0 };
  await untilDone(() => planRun(dependencies, task));
  await untilDone(() => runSlice(dependencies, task));
  if (deletes) await untilDone(() => deleteSlice(dependencies, task));
  const record = await again(() => finishRun(dependencies, { ...task, end: { end: 'done' } }));
  return { record: present(record, 'the record'), receipts: await receiptsOf(state, present(record, 'the record')) };
}

async function untilDone(activity: () => Promise<{ readonly end: string }>): Promise<void> {
  for (;;) {
    const { end } = await again(activity);
    if (end === 'done' || end === 'planned') return;
    if (end !== 'more') throw new Error(`An activity ended with ${end}.`);
  }
}

async function again<T>(activity: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await activity();
    } catch (error) {
      if (!(error instanceof WorkerDied)) throw error;
    }
  }
}

async function receiptsOf(state: State, record: RunRecord): Promise<ReadonlyMap<string, Receipt>> {
  const report = await state.stream(reportPath(record));
  const lines = Buffer.concat(await Array.fromAsync(report?.body ?? []))
    .toString()
    .split('\n');
  const receipts: Receipt[] = lines.filter((line) => line !== '').map((line) => JSON.parse(line));
  return new Map(receipts.map((receipt) => [receipt.key, receipt]));
}
