import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../src/runs/record.ts';
import { readAllReceipts } from '../../../src/runs/report/read-receipts.ts';
import { type DeletionTask, deleteSlice } from '../../../src/runs/shards/delete-slice.ts';
import { runSlice } from '../../../src/runs/shards/run-slice.ts';
import { StoreError } from '../../../src/sync/store/store-error.ts';
import { RUN_ID, runRecord } from '../../support/run-records.ts';
import { type StateServer, startStateServer } from '../../support/servers/state-server.ts';
import { SLICE_SECONDS, sliceDependencies } from '../../support/slice-dependencies.ts';
import { createMemoryStore, type MemoryStore } from '../../support/stores/memory-store.ts';

let server: StateServer;

beforeAll(async () => {
  server = await startStateServer();
});
afterAll(() => server.stop());

const GUARD = { maxCount: 10, maxPercent: 100, allowEmptySource: false };

interface Setting {
  readonly options?: Partial<RunRecord['options']>;
  readonly clock?: () => number;
  /** Done to the source before it is compared. */
  readonly prepare?: (source: MemoryStore) => void;
  /** Whether the run is compared already. */
  readonly isCompared?: boolean;
}

/** A run of which the source has m, and the destination a, m and z. */
async function setUp({ options = {}, clock = Date.now, prepare, isCompared = true }: Setting = {}) {
  const state = server.createState();
  const source = createMemoryStore('memory://source/');
  const destination = createMemoryStore('memory://destination/');
  source.put('m', 'm');
  prepare?.(source);
  for (const key of ['a', 'm', 'z']) destination.put(key, 'before', { lastModified: new Date(0) });
  const dependencies = sliceDependencies(state, { source, destination }, { clock });
  const record = runRecord({ state: 'running' });
  await dependencies.records.create({ ...record, options: { ...record.options, concurrency: 1, delete: GUARD, ...options } });
  await dependencies.plans.create(RUN_ID, { ranges: [{ through: 'm' }, { after: 'm' }], lanes: 1 });
  const lane = { runId: RUN_ID, attempt: 1, lane: 0 };
  while (isCompared && (await runSlice({ ...dependencies, clock: Date.now }, lane)).end === 'more');
  return {
    ...dependencies,
    source,
    destination,
    delete: (task: Partial<DeletionTask> = {}) => deleteSlice(dependencies, { runId: RUN_ID, attempt: 1, ...task }),
    progress: () => dependencies.shards.find(RUN_ID, 'deletions'),
    record: () => dependencies.records.find(RUN_ID),
    async receipts() {
      const plan = await dependencies.plans.find(RUN_ID);
      return Array.fromAsync(readAllReceipts(state, RUN_ID, plan), ({ action, key }) => `${action} ${key}`);
    },
  };
}

describe('a slice of the deletions of a run', () => {
  it('deletes what the comparison has found, and keeps receipts and counts', async () => {
    const run = await setUp();

    const result = await run.delete();

    expect(result).toEqual({ end: 'done' });
    expect(run.destination.keys()).toEqual(['m']);
    expect(await run.receipts()).toEqual(['deleted a', 'copied m', 'deleted z']);
    expect(await run.progress()).toMatchObject({ isListed: true, counts: { deleted: 2, listed: 0, extraneous: 0 } });
  });

  it('goes on from its checkpoint', async () => {
    let deleted = () => 0;
    const run = await setUp({ clock: () => 1_700_000_000_000 + deleted() * (SLICE_SECONDS + 1) * 1_000 });
    deleted = () => 3 - run.destination.objects.size;

    const results = [await run.delete(), await run.delete(), await run.delete(), await run.delete()];

    expect(results.map(({ end }) => end)).toEqual(['more', 'more', 'done', 'done']);
    expect(await run.receipts()).toEqual(['deleted a', 'copied m', 'deleted z']);
    expect(await run.progress()).toMatchObject({ nextSlice: 3, counts: { deleted: 2 } });
  });

  it('deletes nothing when the guard holds it back, and says why', async () => {
    const run = await setUp({ options: { delete: { ...GUARD, maxCount: 1 } } });

    const result = await run.delete();

    expect(result).toEqual({ end: 'done' });
    expect(run.destination.keys()).toEqual(['a', 'm', 'z']);
    expect(await run.receipts()).toEqual(['extraneous a', 'copied m', 'extraneous z']);
    expect(await run.record()).toMatchObject({ deletion: { state: 'held-back', message: expect.stringContaining('delete.maxCount (1)') } });
  });

  it.each([
    ['a later attempt carries', { attempt: 2 }, 'superseded'],
    ['is cancelled', { cancelRequestedAt: '2023-11-14T22:13:21.000Z' }, 'cancelled'],
    ['has ended', { state: 'succeeded' }, 'superseded'],
  ] as const)('holds nothing back in the record of a run that %s by then', async (_, change, end) => {
    const run = await setUp({ options: { delete: { ...GUARD, maxCount: 1 } } });
    const find: typeof run.plans.find = async (id) => {
      await run.records.update(id, (latest) => ({ ...latest, ...change }));
      return run.plans.find(id);
    };

    const result = await deleteSlice({ ...run, plans: { ...run.plans, find } }, { runId: RUN_ID, attempt: 1 });

    expect(result).toEqual({ end });
    expect((await run.record())?.deletion).toBeUndefined();
  });

  it.each([
    ['failed', new StoreError('invalid-metadata', 'It is too long.'), { 'held-back': 'invalid-metadata: 1' }],
    ['is archived', new StoreError('archived', 'It is archived.'), { 'held-back': 'archived: 1' }],
  ])('deletes nothing while an object %s, and says so, unless the job says otherwise', async (_, error, { 'held-back': reason }) => {
    const refuse = (store: MemoryStore) => {
      store.read = () => Promise.reject(error);
    };
    const [held, deleting] = [
      await setUp({ prepare: refuse }),
      await setUp({ prepare: refuse, options: { delete: { ...GUARD, despiteFailures: true } } }),
    ];

    const results = [await held.delete(), await deleting.delete()];

    expect(results).toEqual([{ end: 'done' }, { end: 'done' }]);
    expect([held.destination.keys(), deleting.destination.keys()]).toEqual([['a', 'm', 'z'], ['m']]);
    expect(await held.record()).toMatchObject({ deletion: { state: 'held-back', message: expect.stringContaining(`(${reason})`) } });
    expect((await deleting.record())?.deletion).toBeUndefined();
  });

  it('keeps the copy that an earlier run made under an escaped key, whatever keyMapping says now', async () => {
    const run = await setUp({ options: { keyMapping: 'fail' } });
    run.source.put('a.', 'dotted');
    const escaped = run.destination.escapeKey('a.');
    run.destination.put(escaped, 'dotted');
    run.source.put('a', 'here again');
    const found = { key: escaped, sizeBytes: 6, destinationEtag: run.destination.objects.get(escaped)?.etag };
    const log = `runs/${RUN_ID}/receipts/0/000000/9-more.ndjson`;
    await run.state.createLog(log);
    await run.state.append(log, `{}\n${JSON.stringify({ ...found, action: 'extraneous', at: '', milliseconds: 0 })}\n`, 0);

    await run.delete();

    expect(run.destination.keys()).toEqual(['a', escaped, 'm']);
  });

  it('never deletes more than maxCount, even if executions that died have found more', async () => {
    const run = await setUp({ options: { delete: { ...GUARD, maxCount: 2 } } });
    const { etag } = run.destination.put('b', 'late');
    const late = { key: 'b', sizeBytes: 4, destinationEtag: etag, at: '2026-01-01T00:00:00.000Z', milliseconds: 0 };
    await run.state.createLog(`runs/${RUN_ID}/receipts/0/000000/9-dead.ndjson`);
    await run.state.append(
      `runs/${RUN_ID}/receipts/0/000000/9-dead.ndjson`,
      `{}\n${JSON.stringify({ ...late, action: 'extraneous' })}\n`,
      0,
    );

    await run.delete();

    expect(run.destination.keys()).toEqual(['m', 'z']);
    expect(await run.progress()).toMatchObject({ isListed: true, counts: { deleted: 2 } });
  });

  it('deletes nothing before all is compared', async () => {
    const run = await setUp({ isCompared: false });

    await expect(run.delete()).rejects.toThrow('Nothing was deleted');

    expect(run.destination.keys()).toEqual(['a', 'm', 'z']);
  });

  it('deletes nothing for an attempt that another has taken the place of', async () => {
    const run = await setUp();
    await run.records.update(RUN_ID, (record) => ({ ...record, attempt: 2 }));

    const result = await run.delete();

    expect(result).toEqual({ end: 'superseded' });
    expect(run.destination.keys()).toEqual(['a', 'm', 'z']);
  });

  it('stops the run when the source is gone', async () => {
    const run = await setUp();
    run.source.head = () => Promise.reject(new StoreError('not-found', 'There is no such bucket.', { isWholeStore: true }));

    const result = await run.delete();

    expect(result).toEqual({ end: 'failed', failure: { code: 'not-found', message: 'There is no such bucket.' } });
    expect(run.destination.keys()).toEqual(['a', 'm', 'z']);
  });

  it('stands still when a store asks it to slow down, and keeps what it did', async () => {
    const run = await setUp({ clock: () => 1_700_000_000_000 });
    const head = run.source.head;
    run.source.head = (key, options) => (key === 'z' ? Promise.reject(new StoreError('throttled', 'Slow down.')) : head(key, options));

    const first = await run.delete();
    run.source.head = head;
    const paused = await run.delete({ pause: { until: 1_700_000_000_001, inVain: 0 } });
    const last = await run.delete();

    expect([first.end, paused.end, last.end]).toEqual(['wait', 'wait', 'done']);
    expect(await run.receipts()).toEqual(['deleted a', 'copied m', 'deleted z']);
  });

  it('tells what would be deleted in a dry run', async () => {
    const run = await setUp({ options: { dryRun: true } });

    await run.delete();

    expect(run.destination.keys()).toEqual(['a', 'm', 'z']);
    expect(await run.receipts()).toEqual(['would-delete a', 'would-copy m', 'would-delete z']);
  });
});
