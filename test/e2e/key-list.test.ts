import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUCKET } from '../../local/clouds.ts';
import { startTestBridge, type TestBridge } from '../support/bridge/test-bridge.ts';

let bridge: TestBridge;

beforeAll(async () => {
  bridge = await startTestBridge({ settings: () => ({ BRIDGE_LARGE_OBJECT_MIB: '16' }) });
});
afterAll(() => bridge.stop());

const putBlob = (key: string, body: string | Buffer) => bridge.container.getBlockBlobClient(key).upload(body, Buffer.byteLength(body));
const putS3 = (Key: string, Body: string | Buffer) => bridge.s3Client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body }));
const LARGE = Buffer.alloc(17 * 1024 * 1024);

describe('a list of keys', () => {
  it.each([
    ['from Blob Storage to S3, with the list in S3', putBlob, putS3, 'blob', 's3', 'csv', 'b'],
    ['from S3 to Blob Storage, with the list in Blob Storage', putS3, putBlob, 's3', 'blob', 'ndjson', 'b.'],
  ] as const)('is what a run is about: %s', async (_, put, putList, from, to, format, odd) => {
    const source = `${from}-source`;
    for (const key of ['a', odd, 'c', 'not in the list']) await put(`${source}/${key}`, `the text of ${key}`);
    await put(`${source}/large`, LARGE);
    const listed = ['large', 'c', 'a', odd, 'gone', 'a'];
    await putList(
      `lists/${from}.${format}`,
      format === 'csv' ? `key\n${listed.join('\n')}` : listed.map((key) => JSON.stringify(key)).join('\n'),
    );
    const options = { keys: `${bridge[to]('lists')}/${from}.${format}`, lanes: 2 };

    const dry = await bridge.sync(bridge[from](source), bridge[to](`${from}-copy`), { options: { ...options, dryRun: true } });
    const first = await bridge.sync(bridge[from](source), bridge[to](`${from}-copy`), { options });
    const second = await bridge.sync(bridge[from](source), bridge[to](`${from}-copy`), { options });

    expect(dry).toMatchObject({
      counts: { wouldCopy: 4, failed: 1 },
      forecast: { objects: 4, source: { list: 0 }, destination: { list: 0 } },
    });
    expect(first).toMatchObject({
      state: 'completed-with-failures',
      counts: { listed: 5, copied: 4, failed: 1, extraneous: 0 },
      keyList: { keys: 5 },
      firstFailures: [{ key: 'gone', reason: 'not-found' }],
    });
    expect(second.counts).toMatchObject({ listed: 5, copied: 0, unchanged: 4, failed: 1 });
  });

  it('that is empty is told of, since nothing is copied then', async () => {
    await putBlob('empty-source/a', 'text');
    await putS3('lists/empty.csv', 'key\n');
    const keys = `${bridge.s3('lists')}/empty.csv`;

    const run = await bridge.sync(bridge.blob('empty-source'), bridge.s3('empty-copy'), { options: { keys } });

    expect(run).toMatchObject({ state: 'succeeded', counts: { listed: 0 }, keyList: { keys: 0 }, hint: expect.stringContaining(keys) });
    expect(bridge.logged.map(({ message }) => message)).toContainEqual(
      expect.stringContaining(`${run.id}: The list of keys ${keys} is empty`),
    );
  });

  it('is refused where the caller may not use its location, or it cannot be read', async () => {
    const body = { source: bridge.blob('from'), destination: bridge.s3('to') };

    const foreign = await bridge.call('POST', '/api/sync', { ...body, options: { keys: 's3://somewhere-else/list.csv' } });
    const nameless = await bridge.call('POST', '/api/sync', { ...body, options: { keys: `${bridge.s3('lists')}/list.txt` } });
    const absent = await bridge.sync(body.source, body.destination, { options: { keys: `${bridge.s3('lists')}/absent.csv` } });

    expect([foreign.status, nameless.status]).toEqual([403, 400]);
    expect(await nameless.text()).toContain('must end with .ndjson, .jsonl or .csv');
    expect(absent).toMatchObject({ state: 'failed', failure: { message: expect.stringContaining('There is no such object') } });
  });
});
