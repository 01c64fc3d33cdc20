import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { stopAttempt } from '../../../src/runs/attempt/stop-attempt.ts';
import { readReceipts } from '../../../src/runs/report/read-receipts.ts';
import type { LaneTask } from '../../../src/runs/shards/lane-task.ts';
import { runSlice } from '../../../src/runs/shards/run-slice.ts';
import { progressOf } from '../../../src/runs/shards/shard-state.ts';
import type { SliceDependencies } from '../../../src/runs/shards/slice-dependencies.ts';
import { NO_COUNTS } from '../../../src/sync/outcomes/tally.ts';
import type { KeyRange } from '../../../src/sync/store/key-range.ts';
import { present } from '../../../src/sync/store/present.ts';
import type { Store } from '../../../src/sync/store/store.ts';
import { StoreError } from '../../../src/sync/store/store-error.ts';
import { copied, RUN_ID, runRecord } from '../../support/run-records.ts';
import { type StateServer, startStateServer } from '../../support/servers/state-server.ts';
import { SLICE_SECONDS, sliceDependencies } from '../../support/slice-dependencies.ts';
import { createMemoryStore, type MemoryStore } from '../../support/stores/memory-store.ts';

let server: StateServer;

beforeAll(async () => {
  server = await startStateServer();
});
afterAll(() => server.stop());

/** A run of objects a, b, c, one at a time, and everything that its slices need. */
async function setUp(more: Partial<SliceDependencies> = {}, ranges: readonly KeyRange[] = [{}]) {
  const state = server.createState();
  const source = createMemoryStore('memory://source/');
  const destination = createMemoryStore('memory://destination/');
  for (const key of ['a', 'b', 'c']) source.put(key, key);
  const dependencies = sliceDependencies(state, { source, destination }, more);
  const record = runRecord();
  await dependencies.records.create({ ...record, state: 'running', options: { ...record.options, concurrency: 1 } });
  await dependencies.plans.create(RUN_ID, { ranges, lanes: ranges.length });
  return {
    ...dependencies,
    source,
    destination,
    run: (task: Partial<LaneTask> = {}) => runSlice(dependencies, { runId: RUN_ID, attempt: 1, lane: 0, ...task }),
    plan: async () => present(await dependencies.plans.find(RUN_ID), 'the plan'),
    shard: () => dependencies.shards.find(RUN_ID, 0),
    receipts: () => Array.fromAsync(readReceipts(state, RUN_ID, [0]), ({ action, key }) => `${action} ${key}`),
    requestCancel: () => dependencies.records.update(RUN_ID, (record) => ({ ...record, cancelRequestedAt: record.createdAt })),
  };
}

/** A clock that moves on by more than a slice each time an object is written. */
function clockOf(written: () => number): () => number {
  return () => 1_700_000_000_000 + written() * (SLICE_SECONDS + 1) * 1_000;
}

/** Makes reads of `key` wait until `released`, or until they are aborted. */
function holdReads(store: MemoryStore, key: string, released: Promise<void>): void {
  const read = store.read;
  store.read = async (asked, options) => {
    if (asked === key) {
      const signal = present(options?.signal, 'signal');
      const aborted = signal.aborted ? Promise.resolve() : once(signal, 'abort');
      await Promise.race([released, aborted]);
      if (signal.aborted) throw new StoreError('aborted', 'The read was broken off.');
    }
    return read(asked, options);
  };
}

const never = new Promise<void>(() => undefined);

function failLists(store: MemoryStore, error: Error): void {
  store.list = (): ReturnType<Store['list']> => ({
    [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }),
  });
}

describe('a slice of a run', () => {
  it('copies what is missing, and keeps receipts and counts', async () => {
    const run = await setUp();

    const result = await run.run();

    expect(result).toEqual({ end: 'done' });
    expect(run.destination.keys()).toEqual(['a', 'b', 'c']);
    expect(await run.receipts()).toEqual(['copied a', 'copied b', 'copied c']);
    expect(await run.shard()).toMatchObject({ isListed: true, checkpoint: 'c', counts: { listed: 3, copied: 3, copiedBytes: 3 } });
    expect(await run.plan()).toMatchObject({ shards: [{ isDone: true }], done: { counts: { copied: 3 } } });
  });

  it('ends with a checkpoint at its soft deadline', async () => {
    let objects = () => 0;
    const run = await setUp({ clock: clockOf(() => objects()) });
    objects = () => run.destination.objects.size;

    const result = await run.run();

    expect(result).toEqual({ end: 'more' });
    expect(await run.shard()).toMatchObject({ isListed: false, nextSlice: 1, checkpoint: 'a', counts: { listed: 1, copied: 1 } });
  });

  it('goes on after the checkpoint of the slice before', async () => {
    let objects = () => 0;
    const run = await setUp({ clock: clockOf(() => objects()) });
    objects = () => run.destination.objects.size;
    await run.run();
    run.destination.objects.delete('a');
    objects = () => 1;

    const result = await run.run();

    expect(result).toEqual({ end: 'done' });
    expect(run.destination.keys()).toEqual(['b', 'c']);
    expect(await run.shard()).toMatchObject({ counts: { listed: 3, copied: 3 } });
  });

  it('changes nothing when it is done again', async () => {
    const run = await setUp();
    await run.run();
    const before = await run.shard();
    run.destination.objects.clear();

    const result = await run.run();

    expect(result).toEqual({ end: 'done' });
    expect(run.destination.keys()).toEqual([]);
    expect(await run.shard()).toEqual(before);
  });

  it('does nothing when the run was cancelled before', async () => {
    const run = await setUp();
    await run.requestCancel();

    const result = await run.run();

    expect(result).toEqual({ end: 'cancelled' });
    expect(run.destination.keys()).toEqual([]);
  });

  it('stops in the middle when the run is cancelled, and tells how far it came', async () => {
    const run = await setUp();
    holdReads(run.source, 'b', never);
    const running = run.run();
    await vi.waitFor(() => expect(run.destination.keys()).toEqual(['a']));
    await run.requestCancel();

    const result = await running;

    expect(result).toEqual({ end: 'cancelled' });
    expect(run.destination.keys()).toEqual(['a']);
    expect(progressOf(await run.shard())).toMatchObject({ checkpoint: 'a', counts: { copied: 1 } });
    expect(await run.receipts()).toEqual(['copied a']);
  });

  it('shows its progress while it runs', async () => {
    const release = Promise.withResolvers<void>();
    const run = await setUp();
    holdReads(run.source, 'b', release.promise);

    const running = run.run();

    await vi.waitFor(async () => expect((await run.shard()).underWay).toMatchObject({ checkpoint: 'a', counts: { copied: 1 } }), 10_000);
    expect(await run.receipts()).toEqual(['copied a']);
    release.resolve();
    expect(await running).toEqual({ end: 'done' });
    expect((await run.shard()).counts).toMatchObject({ copied: 3 });
  });

  it('gives one object a failed receipt and goes on with the others', async () => {
    const run = await setUp();
    const read = run.source.read;
    run.source.read = async (key, options) => {
      if (key === 'b') throw new StoreError('permission-denied', 'Reading it is not allowed.');
      return read(key, options);
    };

    const result = await run.run();

    expect(result).toEqual({ end: 'done' });
    expect(await run.receipts()).toEqual(['copied a', 'failed b', 'copied c']);
    expect(await run.shard()).toMatchObject({ counts: { listed: 3, copied: 2, failed: 1 }, failures: [{ key: 'b' }] });
  });

  it('fails as a value when a whole store refuses', async () => {
    const run = await setUp();
    failLists(run.source, new StoreError('not-found', 'There is no such bucket.', { isWholeStore: true }));

    expect(await run.run()).toEqual({ end: 'failed', failure: { code: 'not-found', message: 'There is no such bucket.' } });
  });

  it('stops the rest of the run when a whole store refuses, and says why', async () => {
    const run = await setUp({}, [{ through: 'b' }, { after: 'b' }]);
    failLists(run.source, new StoreError('not-found', 'There is no such bucket.', { isWholeStore: true }));

    const [first, second] = [await run.run(), await run.run({ lane: 1 })];

    expect(first).toEqual({ end: 'failed', failure: { code: 'not-found', message: 'There is no such bucket.' } });
    expect(second).toEqual(first);
  });

  it('throws when a whole store is unavailable, so that it is tried again', async () => {
    const run = await setUp();
    failLists(run.destination, new StoreError('unavailable', 'It does not answer.', { isWholeStore: true }));

    await expect(run.run()).rejects.toThrow('It does not answer.');
  });

  it('pauses, longer each time in vain, when a store asks to slow down; then goes on', async () => {
    let now = 1_700_000_000_000;
    const run = await setUp({ clock: () => now });
    const { list } = run.source;
    failLists(run.source, new StoreError('throttled', 'Slow down.', { isWholeStore: true }));

    const first = await run.run();
    const waiting = await run.run({ pause: { until: now + 30_000, inVain: 1 } });
    now += 30_000;
    const second = await run.run({ pause: { until: now, inVain: 1 } });
    now += 60_000;
    run.source.list = list;
    const last = await run.run({ pause: { until: now, inVain: 2 } });

    expect([first, waiting]).toEqual(Array(2).fill({ end: 'wait', pause: { until: 1_700_000_030_000, inVain: 1 } }));
    expect(second).toEqual({ end: 'wait', pause: { until: 1_700_000_090_000, inVain: 2 } });
    expect(last).toEqual({ end: 'done' });
  });

  it('fails the run when it was asked to slow down for too long', async () => {
    const run = await setUp();
    failLists(run.source, new StoreError('throttled', 'Slow down.', { isWholeStore: true }));

    const result = await run.run({ pause: { until: 0, inVain: 10 } });

    expect(result).toMatchObject({ end: 'failed', failure: { code: 'throttled', message: expect.stringContaining('Slow down.') } });
  });

  it('keeps what it did before it was throttled', async () => {
    const run = await setUp();
    const { read } = run.source;
    run.source.read = async (key, options) => {
      if (key === 'b') throw new StoreError('throttled', 'Slow down.');
      return read(key, options);
    };

    const result = await run.run({ pause: { until: 0, inVain: 5 } });

    expect(result).toMatchObject({ end: 'wait', pause: { inVain: 0 } });
    expect(await run.shard()).toMatchObject({ checkpoint: 'a', counts: { copied: 1, failed: 0 } });
  });

  it('keeps what it did before it broke, and does not copy it again', async () => {
    const run = await setUp();
    const { read } = run.source;
    run.source.read = async (key, options) => {
      if (key === 'c') throw new StoreError('unavailable', 'It does not answer.', { isWholeStore: true });
      return read(key, options);
    };
    await expect(run.run()).rejects.toThrow('It does not answer.');
    const written = run.destination.objects.get('a');
    run.source.read = read;

    const result = await run.run();

    expect(result).toEqual({ end: 'done' });
    expect(run.destination.objects.get('a')).toBe(written);
    expect(await run.receipts()).toEqual(['copied a', 'copied b', 'copied c']);
  });

  it('hands over what it did when an object takes longer than its time and the grace', async () => {
    const { source, destination, run, shard } = await setUp({ sliceSeconds: 0.2, graceSeconds: 0.3 });
    holdReads(source, 'b', never);

    const result = await run();

    expect(result).toEqual({ end: 'more' });
    expect(await shard()).toMatchObject({ checkpoint: 'a', isListed: false, counts: { listed: 1, copied: 1 } });
    expect(destination.keys()).toEqual(['a']);
  });

  it('pauses when not one object can be done in that time, and fails when that was so again and again', async () => {
    const { source, run } = await setUp({ sliceSeconds: 0.2, graceSeconds: 0.3 });
    holdReads(source, 'a', never);

    const first = await run();
    const last = await run({ pause: { until: 0, inVain: 10 } });

    expect(first).toMatchObject({ end: 'wait', pause: { inVain: 1 } });
    expect(last).toMatchObject({ end: 'failed', failure: { code: 'too-slow', message: expect.stringContaining('concurrency') } });
  });

  it('copies nothing for a run that is over, since its lock is given away', async () => {
    const { records, destination, run } = await setUp();
    await records.update(RUN_ID, (record) => ({ ...record, state: 'failed' }));

    const result = await run();

    expect([result, destination.keys()]).toEqual([{ end: 'superseded' }, []]);
  });

  it('stops with the attempt when another lane was interrupted, and the next attempt goes on', async () => {
    const { records, run } = await setUp();
    const end = { end: 'interrupted', failure: { code: 'interrupted', message: 'The worker ended.' } } as const;
    await stopAttempt({ records, clock: Date.now }, { runId: RUN_ID, attempt: 1, end });

    const stopped = await run();
    await records.update(RUN_ID, (record) => ({ ...record, attempt: 2 }));
    const next = await run({ attempt: 2 });

    expect([stopped, next]).toEqual([end, { end: 'done' }]);
  });

  it('stops when another lane failed for good', async () => {
    const { records, run } = await setUp();
    const end = { end: 'failed', failure: { code: 'unavailable', message: 'It does not answer.' } } as const;

    await stopAttempt({ records, clock: Date.now }, { runId: RUN_ID, attempt: 1, end });

    expect(await run()).toEqual(end);
  });

  it('copies nothing for an attempt that a later one has followed', async () => {
    const { records, destination, run } = await setUp();
    await records.update(RUN_ID, (record) => ({ ...record, attempt: 2 }));

    const result = await run();

    expect([result, destination.keys()]).toEqual([{ end: 'superseded' }, []]);
  });

  it('stops when its records cannot be kept', async () => {
    const state = { ...server.createState(), append: () => Promise.reject(new Error('The state container is gone.')) };
    const run = await setUp({ state });
    holdReads(run.source, 'b', never);

    await expect(run.run()).rejects.toThrow('The state container is gone.');
  });
});

describe('the lanes of a run', () => {
  it('do a shard each, and one after another until none is left', async () => {
    const run = await setUp({}, [{ through: 'a' }, { after: 'a', through: 'b' }, { after: 'b' }]);

    const results = [await run.run(), await run.run({ lane: 1 }), await run.run()];

    expect(results).toEqual([{ end: 'more' }, { end: 'idle' }, { end: 'done' }]);
    expect(run.destination.keys()).toEqual(['a', 'b', 'c']);
  });

  it('end when no shard is free, so that they cost nothing', async () => {
    const run = await setUp();
    await run.plans.claim(RUN_ID, 0);

    expect(await run.run({ lane: 1 })).toEqual({ end: 'idle' });
    expect(await run.plan()).toMatchObject({ idle: [1] });
  });

  it('go on with the shard that they had, in the next attempt too', async () => {
    const run = await setUp({}, [{ through: 'a' }, { after: 'a' }]);
    await run.plans.claim(RUN_ID, 0);
    await run.plans.claim(RUN_ID, 1);
    await run.records.update(RUN_ID, (record) => ({ ...record, attempt: 2 }));

    await run.run({ lane: 1, attempt: 2 });

    expect(run.destination.keys()).toEqual(['b', 'c']);
  });

  it('split what is left of a long shard where others stand idle, and start these again', async () => {
    let objects = () => 0;
    const run = await setUp({ clock: clockOf(() => objects()) }, [{ through: 'zz' }, { after: 'zz' }]);
    for (let number = 0; number < 3_000; number++) run.source.put(`k${String(number).padStart(4, '0')}`, '');
    objects = () => run.destination.objects.size;
    await run.plans.claim(RUN_ID, 0);
    await run.run({ lane: 1 });

    const result = await run.run();

    const { shards } = await run.plan();
    expect(result).toEqual({ end: 'more', wake: [1] });
    expect(shards).toHaveLength(3);
    expect(shards[2]?.range).toEqual({ after: shards[0]?.range.through, through: 'zz' });
    expect(await run.plans.claim(RUN_ID, 1)).toMatchObject({ number: 2 });
  });

  it('do not go beyond a split that was entered, although its worker died before it had made it', async () => {
    const run = await setUp();
    const progress = { checkpoint: 'a', counts: { ...NO_COUNTS, listed: 1 }, failures: [] };
    await run.plans.claim(RUN_ID, 0);
    await run.shards.finish(RUN_ID, 0, 0, { progress, isListed: false, large: [], splitAt: ['b'] });

    await run.run();

    expect(run.destination.keys()).toEqual(['b']);
    expect((await run.plan()).shards).toMatchObject([
      { range: { through: 'b' }, isDone: true },
      { range: { after: 'b' }, lane: 0 },
    ]);
  });

  it('leave a long shard whole when none stands idle', async () => {
    let objects = () => 0;
    const run = await setUp({ clock: clockOf(() => objects()) });
    for (let number = 0; number < 3_000; number++) run.source.put(`k${String(number).padStart(4, '0')}`, '');
    objects = () => run.destination.objects.size;

    await run.run();

    expect((await run.plan()).shards).toHaveLength(1);
  });
});

describe('large objects that a slice meets', () => {
  it('are for the lane to copy, and count when they have ended', async () => {
    const run = await setUp({ largeObjectBytes: 3 });
    run.source.put('b', 'large');

    const first = await run.run();
    const second = await run.run();
    const { large } = await run.shard();
    const [id = ''] = large;
    const before = (await run.shard()).counts;
    await run.largeObjects.recordOutcome(RUN_ID, id, { receipt: copied('b', { sizeBytes: 5 }) });
    const third = await run.run();
    const last = await run.run();

    expect([first, second]).toEqual([{ end: 'more' }, { end: 'large-objects', objects: large }]);
    expect(before).toMatchObject({ listed: 2, copied: 2 });
    expect([third, last]).toEqual([{ end: 'more' }, { end: 'done' }]);
    expect((await run.plan()).done.counts).toMatchObject({ listed: 3, copied: 3, copiedBytes: 7 });
    expect(await run.receipts()).toEqual(['copied a', 'copied b', 'copied c']);
  });

  it('are the same ones when the slice is done again', async () => {
    const run = await setUp({ largeObjectBytes: 1 });
    const id = await run.largeObjects.add(runRecord(), {
      entry: { key: 'a', sizeBytes: 1, etag: '"listed before"' },
      decision: { action: 'copy', reason: 'missing', condition: 'if-absent' },
    });

    await run.run();

    expect((await run.shard()).large[0]).toBe(id);
    expect((await run.largeObjects.find(RUN_ID, id))?.task.entry.etag).toBe('"listed before"');
  });
});
