import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FinishDependencies, finishRun, type RunEnd } from '../../../src/runs/end/finish-run.ts';
import { createLocks } from '../../../src/runs/lock.ts';
import { createPairIndexes } from '../../../src/runs/pairs/pair-index.ts';
import { createRunRecords, type RunRecord } from '../../../src/runs/record.ts';
import { readReport } from '../../../src/runs/report/report.ts';
import { openSliceLog } from '../../../src/runs/report/slice-log.ts';
import { createShardPlans } from '../../../src/runs/shards/shard-plan.ts';
import { createShardStates, type SlicedWork } from '../../../src/runs/shards/shard-state.ts';
import type { Receipt } from '../../../src/sync/outcomes/receipt.ts';
import { NO_COUNTS } from '../../../src/sync/outcomes/tally.ts';
import { copied, failed, RUN_ID, runRecord } from '../../support/run-records.ts';
import { type StateServer, startStateServer } from '../../support/servers/state-server.ts';

let server: StateServer;

beforeAll(async () => {
  server = await startStateServer();
});
afterAll(() => server.stop());

/** A run whose slices are over and that holds its lock. */
async function setUp(more: Partial<RunRecord> = {}, target: Partial<FinishDependencies> = {}) {
  const state = server.createState();
  const delivered = new Map<string, string>();
  const dependencies: FinishDependencies = {
    state,
    records: createRunRecords(state),
    plans: createShardPlans(state),
    shards: createShardStates(state),
    locks: createLocks(state),
    pairs: createPairIndexes({ state, clock: () => 1_700_000_060_000, keepDays: 30 }),
    clock: () => 1_700_000_060_000,
    deliveryLimits: { idleSeconds: 60, totalSeconds: 60 },
    openReportTarget: (_record, location) => ({
      async writeStream(key, body) {
        delivered.set(`${location}${key}`, Buffer.concat(await Array.fromAsync(body)).toString());
      },
    }),
    ...target,
  };
  const record = runRecord({ state: 'running', ...more });
  await dependencies.records.create(record);
  await dependencies.plans.create(RUN_ID, { ranges: [{}], lanes: 1 });
  await dependencies.plans.claim(RUN_ID, 0);
  await dependencies.locks.take(record, RUN_ID, async () => true);
  return {
    ...dependencies,
    delivered,
    finish: (end: RunEnd = { end: 'done' }, attempt = 1) => finishRun(dependencies, { runId: RUN_ID, attempt, end }),
    record: () => dependencies.records.find(RUN_ID),
    report: async () => (await readReport(state, { ...record, ...(await dependencies.records.find(RUN_ID)) }, 'ndjson', 0))?.text,
    lockHolder: () => dependencies.locks.take(record, 'someone-else', async () => true),
    async execute(startedAt: number, receipts: readonly Receipt[], shard: SlicedWork = 0) {
      const log = openSliceLog<Receipt>(state, 'receipts', { runId: RUN_ID, shard, slice: 0, startAfter: undefined }, startedAt);
      for (const receipt of receipts) await log.add(receipt);
      await log.flush();
    },
    count: (counts: Partial<typeof NO_COUNTS>) =>
      dependencies.shards.finish(RUN_ID, 0, 0, {
        progress: { checkpoint: 'z', counts: { ...NO_COUNTS, ...counts }, failures: [] },
        isListed: true,
        splitAt: [],
        large: [],
      }),
  };
}

const linesOf = (...receipts: readonly Receipt[]) => receipts.map((receipt) => `${JSON.stringify(receipt)}\n`).join('');

describe('finishing a run', () => {
  it('reports what became of what only the destination had, in place of what was found', async () => {
    const run = await setUp({ options: { ...runRecord().options, delete: { maxCount: 9, maxPercent: 100, allowEmptySource: false } } });
    const found = { sizeBytes: 1, destinationEtag: '"d"', at: '2026-01-01T00:00:00.000Z', milliseconds: 1 };
    const deleted = { ...found, action: 'deleted', sourceAbsentAt: found.at, isRecoverable: false } as const;
    const refused = { ...found, action: 'delete-failed', reason: 'permission-denied', message: 'Not deleted.' } as const;
    const keys = ['b', 'c', 'd'];
    await run.execute(1, [copied('a'), ...keys.map((key) => ({ ...found, key, action: 'extraneous' }) as const)]);
    await run.count({ listed: 1, copied: 1, extraneous: 3, atDestination: 4 });
    await run.execute(
      2,
      [
        { ...deleted, key: 'b' },
        { ...refused, key: 'c' },
      ],
      'deletions',
    );

    await run.finish();

    expect(await run.report()).toBe(
      linesOf(copied('a'), { ...deleted, key: 'b' }, { ...refused, key: 'c' }, { ...found, key: 'd', action: 'extraneous' }),
    );
    expect(await run.record()).toMatchObject({
      state: 'completed-with-failures',
      counts: { listed: 1, copied: 1, failed: 0, extraneous: 3, deleted: 1, deletionsFailed: 1, atDestination: 4 },
      deletion: { state: 'gone-for-good', message: expect.stringContaining('1 deleted objects cannot be restored') },
      failuresByReason: [{ reason: 'permission-denied', objects: 1, example: { key: 'c' } }],
    });
  });

  it.each([
    ['s3://bucket/dir/file.txt/', {}, 'If "file.txt" is an object'],
    ['s3://bucket/dir/file.txt/', { listed: 1 }, undefined],
    ['s3://bucket/dir/file.txt/', { filtered: 1 }, undefined],
    ['s3://bucket/', {}, undefined],
  ])('hints that a location may be an object when nothing is below it: %s, %j', async (source, counts, hint) => {
    const run = await setUp({ source });
    await run.count(counts);

    await run.finish();

    expect((await run.record())?.hint).toEqual(hint === undefined ? undefined : expect.stringContaining(hint));
  });

  it.each([
    [{ keys: 1, skipped: [] }, undefined],
    [{ keys: 0, skipped: [] }, 'The list of keys s3://bucket/list.csv is empty'],
    [{ keys: 3, skipped: ['folder-marker', 'exists', 'source-gone'] }, undefined],
    [{ keys: 3, skipped: ['exists', 'archived', 'restoring'] }, '2 objects of the source could not be copied (archived: 1, restoring: 1)'],
  ] as const)('hints at what has no copy though nothing failed: %j', async ({ keys, skipped }, hint) => {
    const run = await setUp({ options: { ...runRecord().options, keys: 's3://bucket/list.csv' }, keyList: { etag: '"1"', keys } });
    const { sizeBytes, sourceEtag, at, milliseconds } = copied('a');
    await run.execute(
      1,
      skipped.map((reason, index) => ({ key: `${index}`, action: 'skipped', reason, sizeBytes, sourceEtag, at, milliseconds })),
    );

    await run.finish();

    expect(await run.record()).toMatchObject({ state: 'succeeded', counts: { listed: skipped.length, skipped: skipped.length } });
    expect((await run.record())?.hint).toEqual(hint === undefined ? undefined : expect.stringContaining(hint));
  });

  it('has failures when what was to be deleted was held back', async () => {
    const run = await setUp({ deletion: { state: 'held-back', message: 'Nothing was deleted.' } });

    await run.finish();

    expect(await run.record()).toMatchObject({ state: 'completed-with-failures', deletion: { state: 'held-back' } });
  });

  it('enters how it ended, makes the report and gives the lock back', async () => {
    const run = await setUp();
    await run.execute(1, [copied('a'), copied('b')]);
    await run.count({ listed: 3, copied: 2, unchanged: 1, extraneous: 4 });

    await run.finish();

    expect(await run.record()).toMatchObject({
      state: 'succeeded',
      endedAt: '2023-11-14T22:14:20.000Z',
      counts: { listed: 3, copied: 2, unchanged: 1, skipped: 0, failed: 0, extraneous: 4, copiedBytes: 6 },
      failuresByReason: [],
    });
    expect(await run.report()).toBe(linesOf(copied('a'), copied('b')));
    expect(await run.lockHolder()).toBe('someone-else');
  });

  it('says that it completed with failures when an object failed', async () => {
    const run = await setUp();
    await run.execute(1, [copied('a'), failed('b')]);
    await run.count({ listed: 2, copied: 1, failed: 1 });

    await run.finish();

    expect(await run.record()).toMatchObject({
      state: 'completed-with-failures',
      counts: { copied: 1, failed: 1 },
      failuresByReason: [{ reason: 'permission-denied', objects: 1, example: { key: 'b', message: 'It could not be read.' } }],
    });
  });

  it.each([
    [{ end: 'cancelled' } as const, { state: 'cancelled' }],
    [
      { end: 'failed', failure: { code: 'not-found', message: 'No bucket.' } } as const,
      { state: 'failed', failure: { code: 'not-found', message: 'No bucket.' } },
    ],
  ])('enters the end %j', async (end, expected) => {
    const run = await setUp();

    await run.finish(end);

    expect(await run.record()).toMatchObject(expected);
    expect(await run.lockHolder()).toBe('someone-else');
  });

  it('counts an object once that two executions of a slice met, and as copied', async () => {
    const run = await setUp();
    await run.execute(1, [copied('a'), copied('b')]);
    await run.execute(2, [copied('c')]);
    await run.count({ listed: 4, copied: 1, unchanged: 3, copiedBytes: 3 });

    await run.finish();

    const counts = (await run.record())?.counts ?? NO_COUNTS;
    expect(counts).toMatchObject({ listed: 4, copied: 3, unchanged: 1, copiedBytes: 9 });
    expect(counts.copied + counts.unchanged + counts.skipped + counts.failed).toBe(counts.listed);
  });

  it('counts what a slice copied that died before it entered any counts', async () => {
    const run = await setUp();
    await run.execute(1, [copied('a')]);

    await run.finish({ end: 'cancelled' });

    expect((await run.record())?.counts).toMatchObject({ listed: 1, copied: 1, unchanged: 0 });
  });

  it('changes nothing the second time', async () => {
    const run = await setUp();
    await run.execute(1, [copied('a')]);
    await run.finish();
    const before = await run.record();
    await run.execute(2, [copied('b')]);

    await run.finish({ end: 'cancelled' });

    expect(await run.record()).toEqual(before);
    expect(await run.report()).toBe(linesOf(copied('a')));
  });

  it.each([
    ['somebody', true, [RUN_ID]],
    ['nobody', false, []],
  ])('remembers that %s is to be told, before it ends the run', async (_, isNotified, left) => {
    const run = await setUp({}, { isNotified });
    const seen: string[][] = [];
    const update: typeof run.records.update = async (...args) => {
      seen.push(await Array.fromAsync(run.state.list('locks/notice-')));
      return run.records.update(...args);
    };

    await finishRun({ ...run, isNotified, records: { ...run.records, update } }, { runId: RUN_ID, attempt: 1, end: { end: 'done' } });

    expect(seen).toEqual([left.map((id) => `locks/notice-${id}.json`)]);
    expect(await Array.fromAsync(run.locks.unfinished())).toEqual(left);
  });

  it('gives the lock back when an earlier call died before that', async () => {
    const run = await setUp({ state: 'succeeded' });

    await run.finish();

    expect(await run.lockHolder()).toBe('someone-else');
  });

  it('leaves the lock to the run that has taken it over', async () => {
    const run = await setUp();
    await run.locks.take(runRecord(), 'successor', async () => false);

    await run.finish();

    expect(await run.lockHolder()).toBe('successor');
  });

  it('notes what interrupted an attempt, once, and leaves the run and its lock to the next one', async () => {
    const run = await setUp();
    const end: RunEnd = { end: 'interrupted', failure: { code: 'interrupted', message: 'The worker ended.' } };

    await run.finish(end);
    await run.finish(end);

    const at = '2023-11-14T22:14:20.000Z';
    expect(await run.record()).toMatchObject({ state: 'running', interruptions: [{ attempt: 1, at, message: 'The worker ended.' }] });
    expect(await run.lockHolder()).toBe(RUN_ID);
  });

  it('changes nothing when a later attempt carries the run', async () => {
    const run = await setUp({ attempt: 2 });
    const before = await run.record();

    const answer = await run.finish({ end: 'done' }, 1);

    expect(answer).toBeUndefined();
    expect(await run.record()).toEqual(before);
    expect(await run.lockHolder()).toBe(RUN_ID);
  });

  describe('while another execution does, too', () => {
    /** An end that stands still before its report is committed, until it is let go. */
    async function setUpSlow() {
      const run = await setUp();
      await run.execute(1, [copied('a')]);
      const [read, slow] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const state: FinishDependencies['state'] = {
        ...run.state,
        async writeStream(path, body, contentType) {
          const bytes = Buffer.concat(await Array.fromAsync(body));
          read.resolve();
          await slow.promise;
          await run.state.writeStream(
            path,
            (async function* () {
              yield bytes;
            })(),
            contentType,
          );
        },
      };
      const late = finishRun({ ...run, state }, { runId: RUN_ID, attempt: 1, end: { end: 'done' } });
      await read.promise;
      return { ...run, late, letGo: slow.resolve };
    }

    it.each([1, 2])('leaves the record and the report to the one that was first, of attempt %d', async (attempt) => {
      const run = await setUpSlow();
      if (attempt === 2) await run.records.update(RUN_ID, (latest) => ({ ...latest, attempt }));
      await run.execute(2, [copied('b'), failed('c')]);
      await run.finish({ end: 'done' }, attempt);
      const [record, report] = [await run.record(), await run.report()];

      run.letGo();
      await run.late;

      expect(record).toMatchObject({ state: 'completed-with-failures', counts: { copied: 2, failed: 1 } });
      expect(await run.record()).toEqual(record);
      expect(await run.report()).toBe(report);
      expect(report).toBe(linesOf(copied('a'), copied('b'), failed('c')));
      expect(await Array.fromAsync(run.state.list(`runs/${RUN_ID}/report`))).toHaveLength(1);
    });

    it('ends nothing of a later attempt that is under way', async () => {
      const run = await setUpSlow();
      await run.records.update(RUN_ID, (latest) => ({ ...latest, attempt: 2 }));
      const before = await run.record();

      run.letGo();

      expect(await run.late).toBeUndefined();
      expect(await run.record()).toEqual(before);
      expect(await run.report()).toBeUndefined();
      expect(await run.lockHolder()).toBe(RUN_ID);
    });
  });

  it.each([
    ['attempt', { attempt: 2 }],
    ['state', { state: 'cancelled' }],
  ] as const)('delivers no report where the run has another %s by then', async (_, change) => {
    const run = await setUp({ reportTo: 's3://reports/' });
    const plans = {
      ...run.plans,
      find: async (id: string) => {
        await run.records.update(RUN_ID, (latest) => ({ ...latest, ...change }));
        return run.plans.find(id);
      },
    };

    await finishRun({ ...run, plans }, { runId: RUN_ID, attempt: 1, end: { end: 'done' } });

    expect(run.delivered.size).toBe(0);
    expect((await run.record())?.reportDelivery).toBeUndefined();
  });

  it('counts what only the destination has that a slice met before it died', async () => {
    const run = await setUp();
    const found = { sizeBytes: 1, destinationEtag: '"d"', at: '2026-01-01T00:00:00.000Z', milliseconds: 1 };
    await run.execute(1, [copied('a'), { ...found, key: 'b', action: 'extraneous' }]);

    await run.finish({ end: 'cancelled' });

    expect((await run.record())?.counts).toMatchObject({ listed: 1, copied: 1, extraneous: 1, atDestination: 1 });
  });

  it('reports the shards in the order of their keys, whichever was split off when', async () => {
    const run = await setUp();
    await run.plans.split(RUN_ID, 0, ['b', 'd']);
    await run.plans.split(RUN_ID, 0, ['a']);
    const keep = async (shard: number, ...keys: readonly string[]) => {
      const log = openSliceLog<Receipt>(run.state, 'receipts', { runId: RUN_ID, shard, slice: 0, startAfter: undefined }, 1);
      for (const key of keys) await log.add(copied(key));
      await log.flush();
    };
    await keep(0, 'a');
    await keep(1, 'c', 'd');
    await keep(2, 'e');
    await keep(3, 'b');

    await run.finish();

    expect(await run.report()).toBe(linesOf(...['a', 'b', 'c', 'd', 'e'].map((key) => copied(key))));
  });

  it.each([
    ['its plan is gone', undefined],
    ['its plan is damaged', '{"shards":['],
    ['its receipts are damaged', 'receipts'],
  ])('fails, without any counts, and names what is missing when %s', async (_, damage) => {
    const run = await setUp();
    const plan = (await Array.fromAsync(run.state.list(`runs/${RUN_ID}/`))).find((path) => path.endsWith('.json')) ?? '';
    const log = `runs/${RUN_ID}/receipts/0/000000/1-damaged.ndjson`;
    const write = (path: string, text: string) => run.state.writeStream(path, Readable.from([Buffer.from(text)]), 'application/json');
    if (damage === undefined) await run.state.remove(plan);
    else if (damage === 'receipts') await write(log, '{}\n{"key":"a"}\n\u0000\u0000\n');
    else await write(plan, damage);

    await run.finish();

    const record = await run.record();
    expect(record).toMatchObject({ state: 'failed', failure: { code: 'damaged-record', message: expect.stringContaining(RUN_ID) } });
    expect(record?.counts).toBeUndefined();
    expect(await run.lockHolder()).toBe('someone-else');
  });

  it('does nothing for a run that is not there', async () => {
    const run = await setUp();
    await run.records.remove(RUN_ID);

    await expect(run.finish()).resolves.toBeUndefined();
  });

  it('delivers the report under the names of the job and the run', async () => {
    const run = await setUp({ job: 'nightly', reportTo: 's3://reports/' });
    await run.execute(1, [copied('a')]);

    await run.finish();

    const to = `s3://reports/nightly-${RUN_ID}.ndjson`;
    expect(Object.fromEntries(run.delivered)).toEqual({ [to]: linesOf(copied('a')) });
    expect((await run.record())?.reportDelivery).toEqual({ state: 'delivered', to });
  });

  it('enters why the report could not be delivered, and ends all the same', async () => {
    const refuse = () => ({ writeStream: () => Promise.reject(new Error('Writing is not allowed.')) });
    const run = await setUp({ reportTo: 's3://reports/' }, { openReportTarget: refuse });

    await run.finish();

    expect(await run.record()).toMatchObject({
      state: 'succeeded',
      reportDelivery: { state: 'failed', to: `s3://reports/sync-${RUN_ID}.ndjson`, message: 'Writing is not allowed.' },
    });
    expect(await run.lockHolder()).toBe('someone-else');
  });

  describe('whose report store accepts and never answers', () => {
    const never = () => ({ writeStream: () => new Promise<void>(() => undefined) });

    it.each([
      ['since it last took a piece', { idleSeconds: 0.2, totalSeconds: 60 }],
      ['in all', { idleSeconds: 60, totalSeconds: 0.2 }],
    ])('gives the delivery up after a time, %s, and keeps its state', async (_, deliveryLimits) => {
      const run = await setUp({ reportTo: 's3://reports/' }, { openReportTarget: never, deliveryLimits });

      await run.finish();

      expect(await run.record()).toMatchObject({
        state: 'succeeded',
        reportDelivery: { state: 'failed', message: expect.stringMatching(/abandoned: .* within 0\.2 s\. .*\/report/) },
      });
      expect(await run.lockHolder()).toBe('someone-else');
    });

    it('waits for one that takes piece after piece', async () => {
      const slow = () => ({
        async writeStream(_key: string, body: AsyncIterable<Uint8Array>) {
          for await (const _ of body) await wait(150);
        },
      });
      const run = await setUp(
        { reportTo: 's3://reports/' },
        { openReportTarget: slow, deliveryLimits: { idleSeconds: 0.4, totalSeconds: 60 } },
      );
      await run.execute(
        1,
        Array.from({ length: 2_000 }, (_, index) => copied(`${index}`.padStart(900, '0'))),
      );

      await run.finish();

      expect(await run.record()).toMatchObject({ reportDelivery: { state: 'delivered' } });
    });

    it('can be cancelled meanwhile', async () => {
      const run = await setUp({ reportTo: 's3://reports/' }, { openReportTarget: never });
      const finishing = run.finish();

      await run.records.update(RUN_ID, (latest) => ({ ...latest, cancelRequestedAt: '2023-11-14T22:14:00.000Z' }));
      await finishing;

      expect(await run.record()).toMatchObject({
        state: 'succeeded',
        reportDelivery: { state: 'failed', message: expect.stringContaining('cancelled while its report was delivered') },
      });
    });

    it('still gets the report of a run that was cancelled before', async () => {
      const run = await setUp({ reportTo: 's3://reports/', cancelRequestedAt: '2023-11-14T22:14:00.000Z' });

      await run.finish({ end: 'cancelled' });

      expect(await run.record()).toMatchObject({ state: 'cancelled', reportDelivery: { state: 'delivered' } });
    });
  });
});
