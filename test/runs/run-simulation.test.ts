import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { finishRun } from '../../src/runs/end/finish-run.ts';
import { createLargeObjects } from '../../src/runs/large/large-objects.ts';
import { createSavedUploads } from '../../src/runs/large/saved-uploads.ts';
import { createLocks } from '../../src/runs/lock.ts';
import { createPairIndexes } from '../../src/runs/pairs/pair-index.ts';
import { createRunRecords } from '../../src/runs/record.ts';
import { reportPath } from '../../src/runs/report/report.ts';
import { createShardPlans } from '../../src/runs/shards/shard-plan.ts';
import { createShardStates } from '../../src/runs/shards/shard-state.ts';
import { createBufferPool } from '../../src/sync/flow/buffer-pool.ts';
import { createLargeObjectCopier } from '../../src/sync/large/large-object.ts';
import { present } from '../../src/sync/store/present.ts';
import { StoreError } from '../../src/sync/store/store-error.ts';
import { RUN_ID, runRecord } from '../support/run-records.ts';
import { type StateServer, startStateServer } from '../support/servers/state-server.ts';
import { createMemoryStore } from '../support/stores/memory-store.ts';
import { UNDISTURBED } from '../support/undisturbed.ts';
import { type Random, simulateAttempt } from './run-simulation.ts';

let server: StateServer;

beforeAll(async () => {
  server = await startStateServer();
});
afterAll(() => server.stop());

const KEYS = Array.from({ length: 60 }, (_, index) => `k${String(index).padStart(2, '0')}`);
const LARGE_BYTES = 100;
const GUARD = { maxCount: 100, maxPercent: 100, allowEmptySource: false, despiteFailures: true };

/** What only the destination has; the source has one of them again when it is asked. */
const EXTRA = Array.from({ length: 30 }, (_, index) => `k${String(2 * index).padStart(2, '0')}-extra`);
const BACK_AGAIN = 'k20-extra';

/**
 * A run of two lanes and three shards, whose slices end after a few objects each. Every tenth object is large; one cannot be read. What only
 * the destination has is deleted.
 */
async function setUp() {
  const state = server.createState();
  const source = createMemoryStore('memory://source/');
  const destination = createMemoryStore('memory://destination/');
  for (const [index, key] of KEYS.entries()) source.put(key, key.repeat(index % 10 === 3 ? LARGE_BYTES : 1));
  for (const key of KEYS.slice(0, 10)) {
    const sourceEtag = present(source.objects.get(key), key).etag;
    destination.objects.set(key, { ...destination.put(key, key), provenance: { sourceEtag } });
  }
  for (const key of EXTRA) destination.put(key, key);
  const { head } = source;
  source.head = async (key, options) => head(key === BACK_AGAIN ? 'k00' : key, options);
  const read = source.read;
  source.read = (key, options) =>
    key === 'k25' ? Promise.reject(new StoreError('rejected', 'k25 is not to be read.')) : read(key, options);
  const pool = createBufferPool([{ bufferBytes: 10, count: 8 }]);
  const openStores = () => ({ source, destination });
  let ticks = 0;
  const dependencies = {
    ...{ state, openStores, pool, records: createRunRecords(state), plans: createShardPlans(state), shards: createShardStates(state) },
    ...{ largeObjects: createLargeObjects(state), uploads: createSavedUploads(state), locks: createLocks(state) },
    pairs: createPairIndexes({ state, clock: Date.now, keepDays: 30 }),
    openCopier: () =>
      createLargeObjectCopier({ source, destination, pool, clock: Date.now, partSizes: { bufferBytes: 10, rangeBytes: 50 } }),
    openKeyList: () => source,
    openReportTarget: () => ({ writeStream: async () => undefined }),
    // Each look at the clock is a second.
    clock: () => 1_700_000_000_000 + ++ticks * 1_000,
    ...UNDISTURBED,
    ...{ sliceSeconds: 60, graceSeconds: 60, largeObjectBytes: LARGE_BYTES },
  };
  const record = runRecord();
  await dependencies.records.create({
    ...record,
    options: { ...record.options, lanes: 2, concurrency: 3, splitAt: ['k20', 'k40'], delete: GUARD },
  });
  return { ...dependencies, source, destination };
}

/** A linear congruential generator. */
function randomOf(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

describe('a run whose activities die, and go on as zombies beside others', () => {
  it('ends with equal stores, a report of each key once, and counts that add up', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const run = await setUp();

        const end = await simulateAttempt(run, { runId: RUN_ID, attempt: 1 }, randomOf(seed));
        const record = await finishRun(run, { runId: RUN_ID, attempt: 1, end: { end: 'done' } });

        const text = Buffer.concat(
          await Array.fromAsync((await run.state.stream(reportPath({ id: RUN_ID, ...record })))?.body ?? []),
        ).toString();
        const receipts = text
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => JSON.parse(line));
        const needed = KEYS.filter((key) => key >= 'k10' || key === 'k03');
        const dealtWith = [...needed, ...EXTRA].sort();
        expect(end).toBe('done');
        expect(KEYS.filter((key) => run.destination.textOf(key) !== run.source.textOf(key))).toEqual(['k25']);
        expect(receipts.map(({ key }) => key)).toEqual(dealtWith);
        expect(receipts.filter(({ action }) => action !== 'copied' && action !== 'deleted')).toMatchObject([
          { key: BACK_AGAIN, action: 'kept' },
          { key: 'k25', action: 'failed' },
        ]);
        expect(run.destination.keys()).toEqual([...KEYS.filter((key) => key !== 'k25'), BACK_AGAIN].sort());
        expect(record?.counts).toMatchObject({ listed: 60, copied: needed.length - 1, failed: 1, unchanged: 60 - needed.length });
        expect(record?.counts).toMatchObject({ extraneous: 30, deleted: 29, deletionsFailed: 0 });
        expect(await Array.fromAsync(run.uploads.list())).toEqual([]);
      }),
      { numRuns: 3 },
    );
  }, 120_000);
});
