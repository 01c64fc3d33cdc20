import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUCKET } from '../../local/clouds.ts';
import type { RunView } from '../../src/runs/view/run-view.ts';
import { type CountedBridge, startCountedBridge } from '../support/bridge/counted-bridge.ts';
import { countsSince } from '../support/servers/request-counts.ts';

let bridge: CountedBridge;

beforeAll(async () => {
  bridge = await startCountedBridge();
});
afterAll(() => bridge.stop());

const blob = (key: string) => bridge.container.getBlockBlobClient(key);
const putBlob = (key: string, body: string) => blob(key).upload(body, body.length);
const putS3 = (Key: string, Body: string) => bridge.s3Client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body }));

describe('an audit', () => {
  it('finds copies equal without reading one, says by whose word, and finds what is not', async () => {
    for (const key of ['damaged', 'gone', 'whole']) await putS3(`from/${key}`, key);
    const [source, destination] = [bridge.s3('from'), bridge.blob('to')];
    await bridge.sync(source, destination);
    const before = bridge.requests();

    const good = await verify(source, destination);
    const asked = [...countsSince(before, bridge.requests()).keys()];
    await putBlob('to/damaged', 'DAMAGED');
    await blob('to/gone').delete();
    await putBlob('to/extra', 'extra');
    const bad = await verify(source, destination);

    expect(good).toMatchObject({ state: 'succeeded', counts: { listed: 3, equal: 3, different: 0, missing: 0, unprovable: 0 } });
    expect(good.equalByRecord).toEqual({ index: 3 });
    expect(asked.filter((operation) => !/^(?:List Blobs|ListObjectsV2|AssumeRole)/.test(operation))).toEqual([]);
    expect(bad).toMatchObject({
      state: 'completed-with-failures',
      counts: { listed: 3, equal: 1, different: 0, missing: 1, unprovable: 1, extraneous: 1 },
    });
    expect(await bridge.receiptsOf(bad)).toMatchObject([
      { key: 'damaged', action: 'unprovable', reason: 'checksums-differ' },
      { key: 'extra', action: 'extraneous' },
      { key: 'gone', action: 'missing' },
      { key: 'whole', action: 'equal' },
    ]);
  });

  it('says what cannot be proved, and proves it by reading where that is allowed', async () => {
    const text = 'x'.repeat(10);
    await blob('parts/a').stageBlock(Buffer.from('1').toString('base64'), text, text.length);
    await blob('parts/a').commitBlockList([Buffer.from('1').toString('base64')]);
    await putS3('parts/a', text);
    const [source, destination] = [bridge.blob('parts'), bridge.s3('parts')];

    const run = await verify(source, destination);
    const read = await verify(source, destination, { options: { readContent: true } });

    expect(run).toMatchObject({ state: 'completed-with-failures', counts: { listed: 1, unprovable: 1 } });
    expect(await bridge.receiptsOf(run)).toMatchObject([{ key: 'a', action: 'unprovable', reason: 'no-common-checksum' }]);
    expect(read).toMatchObject({ state: 'succeeded', equalByRecord: { content: 1 } });
    expect(await bridge.receiptsOf(read)).toMatchObject([{ key: 'a', action: 'equal', by: 'content', record: 'content' }]);
  });

  it.each([
    ['{', 'not valid JSON'],
    [{ destination: 's3://somewhere-else/to' }, 'must be on the other cloud'],
    [{ options: { delete: {} } }, 'delete'],
    [{ options: { verify: { readContent: true } } }, 'verify'],
  ])('refuses the body %j', async (body, problem) => {
    const whole = typeof body === 'string' ? body : { source: bridge.s3('from'), destination: bridge.blob('to'), ...body };

    const answer = await bridge.call('POST', '/api/verify', whole);

    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain(problem);
  });
});

describe('a sync by checksum', () => {
  it('copies what has another content, though all else looks current', async () => {
    for (const key of ['a', 'b']) await putS3(`by-checksum/${key}`, key);
    const [source, destination] = [bridge.s3('by-checksum'), bridge.blob('by-checksum')];
    await bridge.sync(source, destination);
    const { metadata = {} } = await blob('by-checksum/b').getProperties();
    const { crc64nvme: _, ...mark } = metadata;
    await blob('by-checksum/b').upload('B', 1, { metadata: mark });

    const byChecksum = await bridge.sync(source, destination, { options: { compare: 'checksum' } });

    expect(byChecksum.counts).toMatchObject({ listed: 2, unchanged: 1, copied: 1 });
    expect(await bridge.receiptsOf(byChecksum)).toMatchObject([{ key: 'b', action: 'copied', reason: 'content-differs' }]);
  });
});

async function verify(source: string, destination: string, more: object = {}): Promise<RunView> {
  const answer = await bridge.call('POST', '/api/verify?wait=60', { source, destination, ...more });
  expect(answer.status).toBe(200);
  return (await answer.json()) as RunView;
}
