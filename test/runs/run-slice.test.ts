import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readReceipts } from '../../src/runs/read-receipts.ts';
import { createRunRecords } from '../../src/runs/record.ts';
import { runSlice, type SliceDependencies } from '../../src/runs/run-slice.ts';
import { createShardStates, progressOf } from '../../src/runs/shard-state.ts';
import { createBufferPool } from '../../src/sync/buffer-pool.ts';
import { PART_BYTES } from '../../src/sync/copy-parts.ts';
import { present } from '../../src/sync/present.ts';
import type { Store } from '../../src/sync/store.ts';
import { StoreError } from '../../src/sync/store-error.ts';
import { createMemoryStore, type MemoryStore } from '../support/memory-store.ts';
import { RUN_ID, runRecord } from '../support/run-records.ts';
import { type StateServer, startStateServer } from '../support/state-server.ts';

let server: StateServer;

beforeAll(async () => {
  server = await startStateServer();
});
afterAll(() => server.stop());

const SLICE_SECONDS = 60;

/** A run of objects a, b, c, one at a time, and everything that its slices need. */
async function setUp(more: Partial<SliceDependencies> = {}) {
  const state = server.createState();
  const source = createMemoryStore('memory://source/');
  const destination = createMemoryStore('memory://destination/');
  for (const key of ['a', 'b', 'c']) source.put(key, key);
  const dependencies: SliceDependencies = {
    state,
    records: createRunRecords(state),
    shards: createShardStates(state),
    openStores: () => ({ source, destination }),
    pool: createBufferPool([{ bufferBytes: PART_BYTES, count: 2 }]),
    clock: Date.now,
    sliceSeconds: SLICE_SECONDS,
    graceSeconds: 60,
    ...more,
  };
  await dependencies.records.create(runRecord({ options: { compare: 'auto', concurrency: 1 } }));
  return {
    ...dependencies,
    source,
    destination,
    run: (slice = 0) => runSlice(dependencies, { runId: RUN_ID, shard: 0, slice }),
    shard: () => dependencies.shards.find(RUN_ID, 0),
    receipts: () => Array.fromAsync(readReceipts(state, RUN_ID, 0), ({ action, key }) => `${action} ${key}`),
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
    expect(await run.shard()).toMatchObject({ isDone: true, checkpoint: 'c', counts: { listed: 3, copied: 3, copiedBytes: 3 } });
  });

  it('enters that the run is running, and since when', async () => {
    const run = await setUp({ clock: () => 1_700_000_000_000 });

    await run.run();

    expect(await run.records.find(RUN_ID)).toMatchObject({ state: 'running', startedAt: '2023-11-14T22:13:20.000Z' });
  });

  it('ends with a checkpoint at its soft deadline', async () => {
    let objects = () => 0;
    const run = await setUp({ clock: clockOf(() => objects()) });
    objects = () => run.destination.objects.size;

    const result = await run.run();

    expect(result).toEqual({ end: 'more', nextSlice: 1 });
    expect(await run.shard()).toMatchObject({ isDone: false, nextSlice: 1, checkpoint: 'a', counts: { listed: 1, copied: 1 } });
  });

  it('goes on after the checkpoint of the slice before', async () => {
    let objects = () => 0;
    const run = await setUp({ clock: clockOf(() => objects()) });
    objects = () => run.destination.objects.size;
    await run.run(0);
    run.destination.objects.delete('a');
    objects = () => 1;

    const result = await run.run(1);

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

  it('answers the slice to do next when it is done again in the middle of a shard', async () => {
    let objects = () => 0;
    const run = await setUp({ clock: clockOf(() => objects()) });
    objects = () => run.destination.objects.size;
    await run.run(0);

    expect(await run.run(0)).toEqual({ end: 'more', nextSlice: 1 });
    expect(run.destination.keys()).toEqual(['a']);
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

  it.each(['unavailable', 'throttled'] as const)('throws when a whole store is %s, so that it is tried again', async (code) => {
    const run = await setUp();
    failLists(run.destination, new StoreError(code, 'It does not answer.', { isWholeStore: true }));

    await expect(run.run()).rejects.toThrow('It does not answer.');
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

    expect(result).toEqual({ end: 'more', nextSlice: 1 });
    expect(await shard()).toMatchObject({ checkpoint: 'a', isDone: false, counts: { listed: 1, copied: 1 } });
    expect(destination.keys()).toEqual(['a']);
  });

  it('fails when not one object can be done in that time', async () => {
    const { source, run } = await setUp({ sliceSeconds: 0.2, graceSeconds: 0.3 });
    holdReads(source, 'a', never);

    const result = await run();

    expect(result).toMatchObject({ end: 'failed', failure: { code: 'too-slow', message: expect.stringContaining('concurrency') } });
  });

  it('copies nothing for a run that is over, since its lock is given away', async () => {
    const { records, destination, run } = await setUp();
    await records.update(RUN_ID, (record) => ({ ...record, state: 'failed' }));

    const result = await run();

    expect([result, destination.keys()]).toEqual([{ end: 'cancelled' }, []]);
  });

  it('stops when its records cannot be kept', async () => {
    const state = { ...server.createState(), append: () => Promise.reject(new Error('The state container is gone.')) };
    const run = await setUp({ state });
    holdReads(run.source, 'b', never);

    await expect(run.run()).rejects.toThrow('The state container is gone.');
  });
});
