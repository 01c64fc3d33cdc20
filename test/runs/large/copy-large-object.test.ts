import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createShutdown } from '../../../src/runs/attempt/shutdown.ts';
import { commitLargeObject, copyRange, nextStep } from '../../../src/runs/large/copy-large-object.ts';
import type { LargeObjectDependencies } from '../../../src/runs/large/large-object-work.ts';
import { createLargeObjects } from '../../../src/runs/large/large-objects.ts';
import { createSavedUploads } from '../../../src/runs/large/saved-uploads.ts';
import { createRunRecords } from '../../../src/runs/record.ts';
import { createBufferPool } from '../../../src/sync/flow/buffer-pool.ts';
import { createLargeObjectCopier } from '../../../src/sync/large/large-object.ts';
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

const NEXT_RUN = '1700000001000-89abcdef';
const TEXT = 'abcdefghijklmnopqrstuvwxyz';
/** The text has seven parts, and so four ranges. */
const PART_SIZES = { bufferBytes: 4, rangeBytes: 8 };

/** A run that has met one large object, in stores that count the parts which are put. */
async function setUp(more: Partial<LargeObjectDependencies> = {}) {
  const state = server.createState();
  const [source, destination] = [createMemoryStore('memory://source/'), createMemoryStore('memory://destination/')];
  const { uploadPart } = destination;
  const put: number[] = [];
  destination.uploadPart = async (upload, number, ...rest) => {
    put.push(number);
    return uploadPart(upload, number, ...rest);
  };
  const pool = createBufferPool([{ bufferBytes: PART_SIZES.bufferBytes, count: 8 }]);
  const clock = () => 1_700_000_000_000;
  const dependencies: LargeObjectDependencies = {
    records: createRunRecords(state),
    largeObjects: createLargeObjects(state),
    uploads: createSavedUploads(state),
    openCopier: () => createLargeObjectCopier({ source, destination, pool, clock, partSizes: PART_SIZES }),
    clock,
    sliceSeconds: 60,
    graceSeconds: 60,
    ...UNDISTURBED,
    ...more,
  };
  source.put('k', TEXT);

  /** Another slice, perhaps of another run, meets the object. */
  async function meet(runId: string): Promise<string> {
    const record = runRecord({ id: runId, state: 'running' });
    await dependencies.records.create(record);
    const { bytes, etag } = source.objects.get('k') ?? source.put('k', TEXT);
    const entry = { key: 'k', sizeBytes: bytes.length, etag };
    return dependencies.largeObjects.add(record, { entry, decision: { action: 'copy', reason: 'missing', condition: 'if-absent' } });
  }

  const object = await meet(RUN_ID);
  const task = { runId: RUN_ID, attempt: 1, object };
  return {
    ...dependencies,
    ...{ source, destination, put, meet, task },
    next: (more = {}) => nextStep(dependencies, { ...task, ...more }),
    copy: (range: number, more = {}) => copyRange(dependencies, { ...task, ...more, range }),
    commit: (more = {}) => commitLargeObject(dependencies, { ...task, ...more }),
    outcome: async (runId = RUN_ID) => (await dependencies.largeObjects.find(runId, object))?.outcome,
    change: (more: object, runId = RUN_ID) => dependencies.records.update(runId, (record) => ({ ...record, ...more })),
  };
}

describe('a large object of a run', () => {
  it('keeps the parts that are in place when the process ends, and waits for another one', async () => {
    const shutdown = createShutdown(10);
    const large = await setUp({ shutdown });
    await large.next();
    const { read } = large.source;
    let reads = 0;
    large.source.read = async (key, options) => {
      if (reads++ === 0) return read(key, options);
      await expect.poll(() => large.put).toEqual([1]);
      shutdown.begin();
      await once(present(options?.signal, 'signal'), 'abort');
      throw new StoreError('aborted', 'The read was broken off.');
    };

    const step = await large.copy(0, { pause: { until: 0, inVain: 7 } });
    large.source.read = read;
    const begun = [...large.put];
    await copyRange({ ...large, ...UNDISTURBED }, { ...large.task, range: 0 });

    expect(step).toEqual({ step: 'look-again', pause: { until: 1_700_000_005_000, inVain: 7 } });
    expect(begun).toEqual([1]);
    expect(large.put).toEqual([1, 2]);
  });

  it('is begun, copied range by range, and committed', async () => {
    const large = await setUp();

    const first = await large.next();
    for (const range of [2, 0, 3, 1]) await large.copy(range);
    const then = await large.next();
    const last = await large.commit();

    expect([first, then, last]).toEqual([{ step: 'copy', ranges: [0, 1, 2, 3] }, { step: 'commit' }, { step: 'ended' }]);
    expect(large.destination.textOf('k')).toBe(TEXT);
    expect(await large.outcome()).toMatchObject({ receipt: { action: 'copied', sizeBytes: 26, verified: 'crc64' } });
    expect(await large.uploads.find(large.task.object)).toBeUndefined();
  });

  it('ends once, whoever repeats its steps, even at the same time', async () => {
    const large = await setUp();

    await Promise.all([large.next(), large.next(), large.next()]);
    await Promise.all([0, 0, 1, 1, 2, 3].map((range) => large.copy(range)));
    const commits = await Promise.all([large.commit(), large.commit()]);
    const after = [await large.commit(), await large.copy(0), await large.next()];

    expect(commits).toContainEqual({ step: 'ended' });
    expect(after).toEqual(Array(3).fill({ step: 'ended' }));
    expect(large.destination.textOf('k')).toBe(TEXT);
  });

  it('needs no part again that a worker had put before it died', async () => {
    const large = await setUp();
    await large.next();
    const { keepRange } = large.uploads;
    large.uploads.keepRange = () => Promise.reject(new Error('The worker died.'));
    await expect(large.copy(0)).rejects.toThrow('The worker died.');
    large.uploads.keepRange = keepRange;
    const before = large.put.length;

    await large.copy(0);

    expect(before).toBe(2);
    expect(large.put).toHaveLength(2);
    expect(await large.next()).toEqual({ step: 'copy', ranges: [1, 2, 3] });
  });

  it('is left as it is when the run is cancelled, and the next run goes on with the parts', async () => {
    const large = await setUp();
    await large.next();
    await large.copy(0);
    await large.copy(1);
    await large.change({ cancelRequestedAt: '2023-11-14T22:13:20.000Z' });
    const stopped = await large.copy(2);
    await large.change({ state: 'cancelled' });
    await large.meet(NEXT_RUN);
    const run = { runId: NEXT_RUN };
    large.put.length = 0;

    const step = await large.next(run);
    await Promise.all([2, 3].map((range) => large.copy(range, run)));
    await large.commit(run);

    expect(stopped).toEqual({ step: 'stopped', stop: { end: 'cancelled' } });
    expect(step).toEqual({ step: 'copy', ranges: [2, 3] });
    expect(large.put.toSorted()).toEqual([5, 6, 7]);
    expect(large.destination.textOf('k')).toBe(TEXT);
    expect([await large.outcome(), await large.outcome(NEXT_RUN)]).toMatchObject([undefined, { receipt: { action: 'copied' } }] as const);
  });

  it('is begun anew by the next run when the source has changed since', async () => {
    const large = await setUp();
    await large.next();
    await large.copy(0);
    await large.change({ state: 'cancelled' });
    large.source.put('k', TEXT.toUpperCase());
    await large.meet(NEXT_RUN);

    const step = await large.next({ runId: NEXT_RUN });

    expect(step).toEqual({ step: 'copy', ranges: [0, 1, 2, 3] });
  });

  it('is begun anew when the source changes under it, with the version that is there', async () => {
    const large = await setUp();
    await large.next();
    await large.copy(0);
    large.source.put('k', TEXT.toUpperCase());

    const changed = await large.copy(1);
    const step = await large.next();
    for (const range of [0, 1, 2, 3]) await large.copy(range);
    await large.commit();

    expect([changed, step]).toEqual([{ step: 'look-again' }, { step: 'copy', ranges: [0, 1, 2, 3] }]);
    expect(large.destination.textOf('k')).toBe(TEXT.toUpperCase());
  });

  it('counts a change once that several ranges see', async () => {
    const large = await setUp();
    await large.next();
    large.source.put('k', TEXT.toUpperCase());

    await Promise.all([0, 1, 2, 3].map((range) => large.copy(range)));

    expect(await large.largeObjects.find(RUN_ID, large.task.object)).toMatchObject({ restarts: 1 });
  });

  it('is given up with a receipt when the source changes each time', async () => {
    const large = await setUp();

    for (let time = 0; time < 3; time++) {
      await large.next();
      large.source.put('k', `${TEXT}${time}`);
      await large.copy(0);
    }

    expect(await large.outcome()).toMatchObject({ receipt: { action: 'failed', reason: 'source-changed' } });
    expect(await large.next()).toEqual({ step: 'ended' });
  });

  it('pauses while a store asks to slow down, and keeps what it has', async () => {
    const large = await setUp();
    await large.next();
    await large.copy(0);
    const { read } = large.source;
    large.source.read = () => Promise.reject(new StoreError('throttled', 'Slow down.'));

    const step = await large.copy(1);
    const waiting = await large.next({ pause: { until: 1_700_000_030_000, inVain: 1 } });
    large.source.read = read;

    const pause = { until: 1_700_000_030_000, inVain: 1 };
    expect([step, waiting]).toEqual(Array(2).fill({ step: 'look-again', pause }));
    expect(await large.next()).toEqual({ step: 'copy', ranges: [1, 2, 3] });
  });

  it('is given up with a receipt after some pauses in vain for what fails with it alone', async () => {
    const large = await setUp();
    await large.next();
    large.source.read = () => Promise.reject(new StoreError('unavailable', 'It does not answer.'));

    const first = await large.copy(0);
    const last = await large.copy(0, { pause: { until: 0, inVain: 10 } });

    expect([first, last]).toMatchObject([{ step: 'look-again', pause: { inVain: 1 } }, { step: 'ended' }]);
    expect(await large.outcome()).toMatchObject({ receipt: { action: 'failed', reason: 'unavailable' } });
    expect(await large.uploads.find(large.task.object), 'for the next run').toBeDefined();
  });

  it('fails the run when a whole store refuses', async () => {
    const large = await setUp();
    large.source.head = () => Promise.reject(new StoreError('permission-denied', 'No.', { isWholeStore: true }));

    const step = await large.next();

    const failure = { code: 'permission-denied', message: 'No.' };
    expect(step).toEqual({ step: 'stopped', stop: { end: 'failed', failure } });
    expect(await large.records.find(RUN_ID)).toMatchObject({ stopping: failure });
  });

  it('is not touched by an attempt that a later one has followed', async () => {
    const large = await setUp();
    await large.change({ attempt: 2 });

    expect(await large.next()).toEqual({ step: 'stopped', stop: { end: 'superseded' } });
    expect(await large.uploads.find(large.task.object)).toBeUndefined();
  });
});
