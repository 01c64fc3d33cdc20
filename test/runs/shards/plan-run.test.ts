import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Pause } from '../../../src/runs/attempt/throttling.ts';
import { readKeyList } from '../../../src/runs/key-lists/key-list.ts';
import { createPairIndexes } from '../../../src/runs/pairs/pair-index.ts';
import { createRunRecords } from '../../../src/runs/record.ts';
import { type PlanDependencies, planRun } from '../../../src/runs/shards/plan-run.ts';
import { createShardPlans } from '../../../src/runs/shards/shard-plan.ts';
import { present } from '../../../src/sync/store/present.ts';
import { StoreError } from '../../../src/sync/store/store-error.ts';
import { RUN_ID, runRecord } from '../../support/run-records.ts';
import { type StateServer, startStateServer } from '../../support/servers/state-server.ts';
import { createMemoryStore } from '../../support/stores/memory-store.ts';
import { UNDISTURBED } from '../../support/undisturbed.ts';

let server: StateServer;

beforeAll(async () => {
  server = await startStateServer();
});
afterAll(() => server.stop());

async function setUp(options: object = {}) {
  const state = server.createState();
  const [source, destination] = [createMemoryStore(), createMemoryStore()];
  const lists = createMemoryStore('memory://lists/');
  const dependencies: PlanDependencies = {
    state,
    openKeyList: () => lists,
    records: createRunRecords(state),
    plans: createShardPlans(state),
    pairs: createPairIndexes({ state, clock: () => 1_700_000_000_000, keepDays: 30 }),
    openStores: () => ({ source, destination }),
    clock: () => 1_700_000_000_000,
    limitSeconds: 60,
    ...UNDISTURBED,
  };
  const record = runRecord();
  await dependencies.records.create({ ...record, options: { ...record.options, ...options } });
  return {
    ...dependencies,
    source,
    lists,
    plan: (attempt = 1, pause?: Pause) => planRun(dependencies, { runId: RUN_ID, attempt, ...(pause && { pause }) }),
  };
}

describe('planning a run', () => {
  it('enters that it is running, and since when, and keeps the plan', async () => {
    const run = await setUp({ lanes: 2, splitAt: ['m'] });

    const result = await run.plan();

    expect(result).toEqual({ end: 'planned', lanes: 2 });
    expect(await run.records.find(RUN_ID)).toMatchObject({ state: 'running', startedAt: '2023-11-14T22:13:20.000Z' });
    expect((await run.plans.find(RUN_ID))?.shards).toMatchObject([{ range: { through: 'm' } }, { range: { after: 'm' } }]);
  });

  it('leaves the plan of an earlier attempt as it is', async () => {
    const run = await setUp({ lanes: 2, splitAt: ['m'] });
    await run.plan();
    await run.plans.claim(RUN_ID, 1);
    await run.records.update(RUN_ID, (record) => ({ ...record, attempt: 2 }));

    const result = await run.plan(2);

    expect(result).toEqual({ end: 'planned', lanes: 2 });
    expect((await run.plans.find(RUN_ID))?.shards[0]).toMatchObject({ lane: 1 });
  });

  it('makes one plan when it is made twice at once', async () => {
    const run = await setUp({ lanes: 2, splitAt: ['m'] });

    expect(await Promise.all([run.plan(), run.plan()])).toEqual(Array(2).fill({ end: 'planned', lanes: 2 }));
  });

  it('is not done for a run that is cancelled, nor for an attempt that is over', async () => {
    const run = await setUp();
    const superseded = await run.plan(7);
    await run.records.update(RUN_ID, (record) => ({ ...record, cancelRequestedAt: record.createdAt }));

    expect([superseded, await run.plan()]).toEqual([{ end: 'superseded' }, { end: 'cancelled' }]);
    expect(await run.plans.find(RUN_ID)).toBeUndefined();
  });

  it('fails the run when its source cannot be listed, and says why', async () => {
    const run = await setUp();
    const error = new StoreError('not-found', 'There is no such bucket.', { isWholeStore: true });
    run.source.list = () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }) });

    expect(await run.plan()).toEqual({ end: 'failed', failure: { code: 'not-found', message: 'There is no such bucket.' } });
  });

  it('throws when its source does not answer, so that it is tried again', async () => {
    const run = await setUp();
    const error = new StoreError('unavailable', 'It does not answer.', { isWholeStore: true });
    run.source.list = () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }) });

    await expect(run.plan()).rejects.toThrow('It does not answer.');
  });

  it('waits when a store asks to slow down, and fails the run when that was in vain for half an hour', async () => {
    const run = await setUp();
    const { list } = run.source;
    run.source.list = () => {
      throw new StoreError('throttled', 'Slow down.');
    };

    const first = await run.plan();
    const last = await run.plan(1, { until: 0, inVain: 10 });
    run.source.list = list;

    expect(first).toEqual({ end: 'wait', pause: { until: expect.any(Number), inVain: 1 } });
    expect(last).toMatchObject({ end: 'failed', failure: { code: 'throttled' } });
  });

  it('asks nothing before a pause is over', async () => {
    const run = await setUp();
    const pause = { until: 1_700_000_000_001, inVain: 1 };

    expect(await run.plan(1, pause)).toEqual({ end: 'wait', pause });
    expect(await run.plans.find(RUN_ID)).toBeUndefined();
  });
});

describe('planning a run by a list of keys', () => {
  const keys = 's3://bucket/lists/today.ndjson';

  it('keeps the keys, sorted, each once, and does as many ranges as there are chunks', async () => {
    const run = await setUp({ lanes: 2, keys });
    const wanted = Array.from({ length: 25_000 }, (_, index) => `k${String((index * 7_919) % 25_000).padStart(5, '0')}`);
    const { etag } = run.lists.put('today.ndjson', [...wanted, 'k00001'].map((key) => JSON.stringify(key)).join('\n'));

    const result = await run.plan();

    expect(result).toEqual({ end: 'planned', lanes: 2 });
    const plan = await run.plans.find(RUN_ID);
    expect(plan?.shards.map(({ range }) => range)).toEqual([
      { through: 'k09999' },
      { after: 'k09999', through: 'k19999' },
      { after: 'k19999' },
    ]);
    expect(plan?.expected).toMatchObject({ objects: 25_000 });
    expect(await run.records.find(RUN_ID)).toMatchObject({ keyList: { etag, keys: 25_000 } });
    const kept = present(plan?.keyList, 'the list');
    expect(await Array.fromAsync(readKeyList(run.state, kept, {}))).toEqual([...wanted].sort());
    expect(await Array.fromAsync(readKeyList(run.state, kept, { after: 'k09998', through: 'k10001' }))).toEqual([
      'k09999',
      'k10000',
      'k10001',
    ]);
  });

  it('enters the version of the list that its plan was made by, whichever execution comes later', async () => {
    const run = await setUp({ lanes: 2, keys });
    const { etag } = run.lists.put('today.ndjson', '"a"');
    const { promise: written, resolve } = Promise.withResolvers<void>();
    const plans = {
      ...run.plans,
      create: async (...args: Parameters<typeof run.plans.create>) => written.then(() => run.plans.create(...args)),
    };
    const late = planRun({ ...run, plans }, { runId: RUN_ID, attempt: 1 });
    await vi.waitFor(async () => expect(await Array.fromAsync(run.state.list(`runs/${RUN_ID}/keys/`))).not.toEqual([]));
    run.lists.put('today.ndjson', '"b"\n"c"');
    await run.plan();
    const before = await run.records.find(RUN_ID);
    run.lists.put('today.ndjson', '"d"');

    resolve();
    await late;

    expect(before).toMatchObject({ keyList: { keys: 2 } });
    expect(before?.keyList?.etag).not.toBe(etag);
    expect(await run.records.find(RUN_ID)).toEqual(before);
  });

  it.each([
    ['a later attempt carries', { attempt: 2 }],
    ['is cancelled', { cancelRequestedAt: '2023-11-14T22:13:21.000Z' }],
    ['has ended', { state: 'failed' }],
  ] as const)('enters nothing of a run that %s by then', async (_, change) => {
    const run = await setUp({ lanes: 2, keys });
    run.lists.put('today.ndjson', '"a"');
    const create: typeof run.plans.create = async (...args) => {
      await run.records.update(RUN_ID, (latest) => ({ ...latest, ...change }));
      return run.plans.create(...args);
    };

    await planRun({ ...run, plans: { ...run.plans, create } }, { runId: RUN_ID, attempt: 1 });

    expect((await run.records.find(RUN_ID))?.keyList).toBeUndefined();
  });

  it('enters the list for the attempt that finds the plan of one that died', async () => {
    const run = await setUp({ lanes: 2, keys });
    const { etag } = run.lists.put('today.ndjson', '"a"');
    await run.plan();
    await run.records.update(RUN_ID, ({ keyList: _, ...latest }) => ({ ...latest, attempt: 2 }));

    await run.plan(2);

    expect((await run.records.find(RUN_ID))?.keyList).toEqual({ etag, keys: 1 });
  });

  it.each([
    ['', 'There is no such object.'],
    ['"a"\n[]', 'Line 2 is neither a JSON string nor an object'],
  ])('ends the run when the list cannot be used: %j', async (text, why) => {
    const run = await setUp({ keys });
    if (text !== '') run.lists.put('today.ndjson', text);

    const result = await run.plan();

    expect(result).toMatchObject({ end: 'failed', failure: { message: expect.stringContaining(why) } });
    expect(result).toMatchObject({ failure: { message: expect.stringContaining(keys) } });
  });
});
