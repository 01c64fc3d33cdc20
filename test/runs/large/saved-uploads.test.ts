import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSavedUploads, type DoneRange } from '../../../src/runs/large/saved-uploads.ts';
import type { LargeUpload } from '../../../src/sync/large/large-task.ts';
import { type StateServer, startStateServer } from '../../support/servers/state-server.ts';

let server: StateServer;

beforeAll(async () => {
  server = await startStateServer();
});
afterAll(() => server.stop());

const ID = 'abc123';

function uploadOf(id: string): LargeUpload {
  const sizeBytes = 10;
  return {
    entry: { key: 'k', sizeBytes, etag: '"1"' },
    upload: { id, key: 'k', sizeBytes, properties: { metadata: {} } },
    plan: { sizeBytes, partBytes: 5, partCount: 2, partsPerRange: 1, rangeCount: 2, isStreamed: false },
    condition: 'if-absent',
    reason: 'missing',
    startedAt: 0,
    triesLeft: 2,
  };
}

const range = (index: number, more: Partial<DoneRange> = {}): DoneRange => ({
  ...{ index, crc64nvme: 'rosUhgp5mIg=', sizeBytes: 5, verified: 'crc64' },
  ...more,
});
const kept = (upload: LargeUpload, runId: string) => ({ runId, source: 's', destination: 'd', upload, keptAt: '2026-01-01T00:00:00.000Z' });

describe('the ranges of a kept upload', () => {
  it('come back as they were, in order, each once', async () => {
    const [uploads, upload] = [createSavedUploads(server.createState()), uploadOf('u')];
    // As long as Azure's and S3's are, with what neither a path nor a listing likes.
    const etags = [1, 2, 3, 4].map((n) => `"${'+/='.repeat(24)}${n}"`);

    for (const done of [range(10, { verified: 'length' }), range(1), range(2, { etags }), range(1)]) {
      await uploads.keepRange(ID, upload, done);
    }

    expect(await uploads.doneRanges(ID, upload)).toEqual([range(1), range(2, { etags }), range(10, { verified: 'length' })]);
  });

  it('are those of that upload, and gone with it', async () => {
    const [uploads, old, current] = [createSavedUploads(server.createState()), uploadOf('old'), uploadOf('current')];
    await uploads.keep(ID, kept(current, 'run'));
    await uploads.keepRange(ID, old, range(0));
    await uploads.keepRange(ID, current, range(1));

    const dropped = [await uploads.drop(ID, old), await uploads.drop(ID, current), await uploads.drop(ID, current)];

    expect(dropped).toEqual([false, true, false]);
    expect([await uploads.doneRanges(ID, old), await uploads.doneRanges(ID, current), await uploads.find(ID)]).toEqual([[], [], undefined]);
  });
});

describe('keeping an upload', () => {
  it('is for the first of several workers', async () => {
    const uploads = createSavedUploads(server.createState());

    const answers = await Promise.all(['a', 'b', 'c'].map((id) => uploads.keep(ID, kept(uploadOf(id), id))));

    expect(new Set(answers.map(({ runId }) => runId)).size).toBe(1);
    expect((await Array.fromAsync(uploads.list())).map(({ id }) => id)).toEqual([ID]);
  });
});
