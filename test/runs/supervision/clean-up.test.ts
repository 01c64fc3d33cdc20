import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSavedUploads } from '../../../src/runs/large/saved-uploads.ts';
import { createRunRecords, type RunRecord, sessionNameOf } from '../../../src/runs/record.ts';
import { reportPath } from '../../../src/runs/report/report.ts';
import { type CleanUpDependencies, cleanUp } from '../../../src/runs/supervision/clean-up.ts';
import type { LargeUpload } from '../../../src/sync/large/large-task.ts';
import type { LeftoverUpload } from '../../../src/sync/store/leftovers.ts';
import { StoreError } from '../../../src/sync/store/store-error.ts';
import { RUN_ID, runRecord } from '../../support/run-records.ts';
import { type StateServer, startStateServer } from '../../support/servers/state-server.ts';

let server: StateServer;

beforeAll(async () => {
  server = await startStateServer();
});
afterAll(() => server.stop());

const NOW = Date.parse('2026-03-01T00:00:00.000Z');
const DAY_MS = 86_400_000;
const SESSION = sessionNameOf({ id: RUN_ID });

const daysAgo = (days: number) => new Date(NOW - days * DAY_MS);

function leftover(id: string, more: Partial<LeftoverUpload> = {}): LeftoverUpload {
  return { key: id, id, initiatedAt: daysAgo(2), sessionName: SESSION, ...more };
}

function largeUpload(id: string): LargeUpload {
  return {
    entry: { key: id, sizeBytes: 1, etag: '"1"' },
    upload: { key: id, id, sizeBytes: 1, properties: { metadata: {} } },
    plan: { partBytes: 1, partCount: 1, partsPerRange: 1, rangeCount: 1, sizeBytes: 1, isStreamed: false },
    condition: 'if-absent',
    reason: 'missing',
    startedAt: 0,
    triesLeft: 0,
  };
}

/** A run that has left uploads at its destination. */
async function setUp(run: Partial<RunRecord>, leftovers: readonly LeftoverUpload[] = []) {
  const state = server.createState();
  const aborted: string[] = [];
  const purged: Date[] = [];
  const dependencies: CleanUpDependencies = {
    state,
    records: createRunRecords(state),
    uploads: createSavedUploads(state),
    openCopier: () => ({
      abandon: async ({ upload }) => void aborted.push(upload.id),
      begin: () => Promise.reject(new Error('Nothing is to be copied.')),
      copyRange: () => Promise.reject(new Error('Nothing is to be copied.')),
      commit: () => Promise.reject(new Error('Nothing is to be copied.')),
    }),
    openLeftovers: () => ({
      async *list() {
        yield leftovers;
      },
      abort: async ({ id }) => void aborted.push(id),
    }),
    clock: () => NOW,
    keepDays: 30,
  };
  await dependencies.records.create(runRecord(run));
  const engine = {
    start: () => Promise.reject(new Error('Nothing is to be started.')),
    status: async () => 'ended' as const,
    terminate: async () => undefined,
    purge: async (before: Date) => void purged.push(before),
  };
  const keep = (id: string, days: number) => {
    const { source, destination } = runRecord();
    const kept = { runId: RUN_ID, source, destination, upload: largeUpload(id), keptAt: daysAgo(days).toISOString() };
    return dependencies.uploads.keep(Buffer.from(id).toString('hex'), kept);
  };
  const clean = (more: Partial<CleanUpDependencies> = {}) => cleanUp({ ...dependencies, ...more }, engine, new AbortController().signal);
  return { ...dependencies, aborted, purged, keep, clean };
}

const OVER: Partial<RunRecord> = { state: 'cancelled', endedAt: daysAgo(1).toISOString() };

describe('cleaning up', () => {
  it('aborts the uploads of runs that are over, and no others', async () => {
    const unknown = sessionNameOf({ id: '1700000000000-ffffffff' });
    const run = await setUp(OVER, [
      leftover('ours'),
      leftover('somebody-elses', { sessionName: 'console' }),
      { key: 'of-no-session', id: 'of-no-session', initiatedAt: daysAgo(2) },
      leftover('of-an-unknown-run', { sessionName: unknown, initiatedAt: daysAgo(15) }),
      leftover('of-an-unknown-run-lately', { sessionName: unknown, initiatedAt: daysAgo(13) }),
    ]);

    const result = await run.clean();

    expect(run.aborted).toEqual(['ours', 'of-an-unknown-run']);
    expect(result).toEqual({ abortedUploads: 2, forgottenRuns: 0, problems: [] });
  });

  it('leaves the uploads of a run under way', async () => {
    const run = await setUp({ state: 'running' }, [leftover('under-way')]);
    await run.keep('kept', 8);

    await run.clean();

    expect(run.aborted).toEqual([]);
  });

  it('leaves an upload that another run may go on with, for a week', async () => {
    const run = await setUp(OVER, [leftover('recent'), leftover('old')]);
    await run.keep('recent', 6);
    await run.keep('old', 8);

    await run.clean();

    expect(new Set(run.aborted)).toEqual(new Set(['old']));
    expect((await Array.fromAsync(run.uploads.list())).map(({ kept }) => kept.upload.upload.id)).toEqual(['recent']);
  });

  it('forgets runs that ended long ago, and the histories of their instances', async () => {
    const run = await setUp({ ...OVER, endedAt: daysAgo(31).toISOString() });
    await run.state.write(reportPath({ id: RUN_ID }), {});

    const result = await run.clean();

    expect(result).toMatchObject({ forgottenRuns: 1 });
    expect(await run.records.find(RUN_ID)).toBeUndefined();
    expect(await Array.fromAsync(run.state.list(`runs/${RUN_ID}/`))).toEqual([]);
    expect(run.purged).toEqual([daysAgo(30)]);
  });

  it('goes on when a location refuses, and tells', async () => {
    const run = await setUp({ ...OVER, endedAt: daysAgo(31).toISOString() });
    const openLeftovers = () => {
      throw new StoreError('permission-denied', 'The uploads may not be listed.');
    };

    expect(await run.clean({ openLeftovers })).toEqual({
      ...{ abortedUploads: 0, forgottenRuns: 1 },
      problems: ['The uploads may not be listed.'],
    });
  });

  it('goes on when one upload cannot be given up, and says so', async () => {
    const refused = new StoreError('permission-denied', 'Aborting is not allowed.', {});
    const run = await setUp({ state: 'succeeded', endedAt: daysAgo(40).toISOString() });
    await run.keep('a', 20);
    await run.keep('b', 20);
    const openCopier: CleanUpDependencies['openCopier'] = (record) => ({
      ...run.openCopier(record),
      abandon: ({ upload }) => (upload.id === 'a' ? Promise.reject(refused) : Promise.resolve()),
    });

    const result = await run.clean({ openCopier });

    expect(result).toMatchObject({ abortedUploads: 1, forgottenRuns: 1, problems: ['Aborting is not allowed.'] });
  });
});
