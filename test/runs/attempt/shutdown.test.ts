import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createShutdown } from '../../../src/runs/attempt/shutdown.ts';
import { createTurns } from '../../../src/runs/attempt/turns.ts';
import { createLocks } from '../../../src/runs/lock.ts';
import { createPairIndexes } from '../../../src/runs/pairs/pair-index.ts';
import { readReceipts } from '../../../src/runs/report/read-receipts.ts';
import { deleteSlice } from '../../../src/runs/shards/delete-slice.ts';
import { planRun } from '../../../src/runs/shards/plan-run.ts';
import { runSlice } from '../../../src/runs/shards/run-slice.ts';
import { present } from '../../../src/sync/store/present.ts';
import { StoreError } from '../../../src/sync/store/store-error.ts';
import { RUN_ID, runRecord } from '../../support/run-records.ts';
import { type StateServer, startStateServer } from '../../support/servers/state-server.ts';
import { sliceDependencies } from '../../support/slice-dependencies.ts';
import { createMemoryStore, type MemoryStore } from '../../support/stores/memory-store.ts';

const NOW = 1_700_000_000_000;
const TASK = { runId: RUN_ID, attempt: 1 };
const PAUSE = { until: 0, inVain: 7 };

let server: StateServer;

beforeAll(async () => {
  server = await startStateServer();
});
afterAll(() => server.stop());

/** A run of objects a, b, c, one at a time; at the destination alone are x, y, z. Objects under way have `finishMs` when the process ends. */
async function setUp(finishMs: number) {
  const state = server.createState();
  const [source, destination] = [createMemoryStore('memory://source/'), createMemoryStore('memory://destination/')];
  for (const key of ['a', 'b', 'c']) source.put(key, key);
  for (const key of ['x', 'y', 'z']) destination.put(key, key, { lastModified: new Date(0) });
  const shutdown = createShutdown(finishMs);
  const clock = () => NOW;
  const turns = createTurns({ slots: 3, shutdown, locks: createLocks(state), clock });
  const dependencies = sliceDependencies(state, { source, destination }, { shutdown, turns, clock });
  const { options, ...record } = runRecord({ state: 'running' });
  const guard = { maxCount: 10, maxPercent: 100, allowEmptySource: false };
  await dependencies.records.create({ ...record, options: { ...options, concurrency: 1, delete: guard } });
  const planning = {
    ...dependencies,
    openKeyList: () => source,
    limitSeconds: 60,
    pairs: createPairIndexes({ state, clock, keepDays: 1 }),
  };
  return {
    ...dependencies,
    source,
    destination,
    plan: () => planRun(planning, { ...TASK, pause: PAUSE }),
    slice: () => runSlice(dependencies, { ...TASK, lane: 0, pause: PAUSE }),
    delete: () => deleteSlice(dependencies, { ...TASK, pause: PAUSE }),
    receipts: () => Array.fromAsync(readReceipts(state, RUN_ID, [0]), ({ action, key }) => `${action} ${key}`),
  };
}

/** Begins the shutdown when a key is read, which then takes for ever. */
function endAtRead(store: MemoryStore, key: string, begin: () => void): void {
  const read = store.read;
  store.read = async (asked, options) => {
    if (asked !== key) return read(asked, options);
    begin();
    const signal = present(options?.signal, 'signal');
    if (!signal.aborted) await once(signal, 'abort');
    throw new StoreError('aborted', 'The read was broken off.');
  };
}

describe('when the process ends, a slice', () => {
  it('begins no other object, and enters what is done', async () => {
    const run = await setUp(60_000);
    await run.plan();
    const { write } = run.destination;
    run.destination.write = async (...args) => {
      run.shutdown.begin();
      return write(...args);
    };

    const result = await run.slice();

    expect(result).toMatchObject({ end: 'more' });
    expect(run.destination.keys()).toEqual(['a', 'x', 'y', 'z']);
    expect(await run.shards.find(RUN_ID, 0)).toMatchObject({ checkpoint: 'a', nextSlice: 1, isListed: false });
    expect(await run.receipts()).toEqual(['copied a']);
  });

  it('abandons what takes longer, and enters what was done before', async () => {
    const run = await setUp(10);
    await run.plan();
    endAtRead(run.source, 'b', run.shutdown.begin);

    const result = await run.slice();

    expect(result).toMatchObject({ end: 'more' });
    expect(await run.shards.find(RUN_ID, 0)).toMatchObject({ checkpoint: 'a', nextSlice: 1 });
    expect(await run.receipts()).toEqual(['copied a']);
  });

  it('waits without any progress, which does not count as a pause in vain', async () => {
    const run = await setUp(10);
    await run.plan();
    endAtRead(run.source, 'a', run.shutdown.begin);

    const result = await run.slice();

    expect(result).toEqual({ end: 'wait', pause: { until: NOW + 5_000, inVain: PAUSE.inVain } });
  });
});

describe('when the process ends, the plan of a run', () => {
  it('is left to another process', async () => {
    const run = await setUp(10);
    run.source.list = (options) => ({
      [Symbol.asyncIterator]: () => ({
        async next() {
          run.shutdown.begin();
          await once(present(options?.signal, 'signal'), 'abort');
          throw new StoreError('aborted', 'The listing was broken off.');
        },
      }),
    });

    const result = await run.plan();

    expect(result).toEqual({ end: 'wait', pause: { until: NOW + 5_000, inVain: PAUSE.inVain } });
    expect(await run.plans.find(RUN_ID)).toBeUndefined();
  });
});

describe('when the process ends, deletions', () => {
  it('begin no other object, and are entered', async () => {
    const run = await setUp(60_000);
    await run.plan();
    while ((await run.slice()).end === 'more');
    const remove = run.destination.delete;
    run.destination.delete = async (...args) => {
      run.shutdown.begin();
      return remove(...args);
    };

    const result = await run.delete();

    expect(result).toEqual({ end: 'more' });
    expect(run.destination.keys()).toEqual(['a', 'b', 'c', 'y', 'z']);
    expect(await run.shards.find(RUN_ID, 'deletions')).toMatchObject({ checkpoint: 'x', nextSlice: 1 });
  });
});
