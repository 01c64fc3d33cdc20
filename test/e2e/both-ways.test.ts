import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { GetObjectCommand, HeadObjectCommand, type PutObjectCommandInput } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { BlockBlobParallelUploadOptions } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUCKET } from '../../local/clouds.ts';
import type { RunView } from '../../src/runs/view/run-view.ts';
import { createS3Store } from '../../src/stores/s3/s3-store.ts';
import { PART_BYTES } from '../../src/sync/copy/copy-parts.ts';
import type { Receipt } from '../../src/sync/outcomes/receipt.ts';
import { crc64, crc64ToBase64 } from '../../src/sync/store/crc64.ts';
import { startTestBridge, type TestBridge } from '../support/bridge/test-bridge.ts';
import { putObject } from '../support/stores/store-objects.ts';

const MIB = 1024 * 1024;

/** Bytes by key: what tools get wrong, and every border of size. */
const CONTENTS = new Map<string, Buffer>([
  ['empty', Buffer.alloc(0)],
  ['small.txt', Buffer.from('hello')],
  ['size/one-part', randomBytes(PART_BYTES)],
  ['size/one-byte-more', randomBytes(PART_BYTES + 1)],
  ['size/many-parts', randomBytes(20 * MIB)],
  ['odd/with space and + plus', Buffer.from('plus')],
  ['odd/100% of #1?', Buffer.from('percent')],
  ['odd/percent%2Fencoded', Buffer.from('no slash')],
  [`odd/it's "quoted" & <angled>`, Buffer.from('quotes')],
  ['odd/äöü-日本語-😀', Buffer.from('unicode')],
  ['odd/a//double//slash', Buffer.from('slashes')],
  ['odd/trailing/', Buffer.from('folder?')],
]);

let bridge: TestBridge;

beforeAll(async () => {
  bridge = await startTestBridge();
});
afterAll(() => bridge.stop());

describe('from Blob Storage to S3', () => {
  it('carries every byte, and proves each copy by the checksum that S3 keeps', async () => {
    for (const [key, bytes] of CONTENTS) await putBlob(`there/${key}`, bytes);

    const run = await bridge.sync(bridge.blob('there'), bridge.s3('there'));

    const { receipts } = await reportOf(run);
    expect(run).toMatchObject({ state: 'succeeded', counts: countsOfCopies() });
    for (const [key, bytes] of CONTENTS) expect((await getS3(`there/${key}`)).bytes.equals(bytes), key).toBe(true);
    expect(receipts.map(({ key }) => key).sort()).toEqual([...CONTENTS.keys()].sort());
    for (const receipt of receipts) {
      const head = await bridge.s3Client.send(
        new HeadObjectCommand({ Bucket: BUCKET, Key: `there/${receipt.key}`, ChecksumMode: 'ENABLED' }),
      );
      expect(receipt).toMatchObject({ action: 'copied', crc64nvme: head.ChecksumCRC64NVME, destinationEtag: head.ETag });
    }
  });

  it('carries the headers and the metadata, and leaves compressed bytes as they are', async () => {
    const compressed = gzipSync('compressed');
    await putBlob('headers/a', compressed, {
      blobHTTPHeaders: {
        blobContentType: 'text/plain; charset=utf-8',
        blobCacheControl: 'max-age=60',
        blobContentEncoding: 'gzip',
        blobContentDisposition: 'attachment; filename="a.txt"',
        blobContentLanguage: 'de',
      },
      metadata: { department: 'finance', Mixed_Case: 'yes', my_x002d_name: 'dashed' },
    });

    await bridge.sync(bridge.blob('headers'), bridge.s3('headers'));

    const copy = await getS3('headers/a');
    expect(copy.bytes.equals(compressed)).toBe(true);
    expect(copy).toMatchObject({
      ContentType: 'text/plain; charset=utf-8',
      CacheControl: 'max-age=60',
      ContentEncoding: 'gzip',
      ContentDisposition: 'attachment; filename="a.txt"',
      ContentLanguage: 'de',
    });
    expect(copy.Metadata).toMatchObject({ department: 'finance', mixed_case: 'yes', 'my-name': 'dashed' });
  });

  it('says why S3 cannot hold a key, and copies the others', async () => {
    const tooLong = '日'.repeat(400);
    for (const key of [tooLong, 'plain']) await putBlob(`keys-there/${key}`, Buffer.from('text'));

    const run = await bridge.sync(bridge.blob('keys-there'), bridge.s3('keys-there'));

    expect(run).toMatchObject({ state: 'completed-with-failures', counts: { listed: 2, copied: 1, failed: 1 } });
    expect(run.firstFailures).toMatchObject([
      { key: tooLong, reason: 'invalid-key', message: expect.stringContaining('longer than 1024 bytes') },
    ]);
    expect((await getS3('keys-there/plain')).bytes.toString()).toBe('text');
  });
});

describe('from S3 to Blob Storage', () => {
  it('carries every byte, and proves each copy by the checksum that S3 keeps', async () => {
    const source = createS3Store({ client: bridge.s3Client, bucket: BUCKET, prefix: 'back/' });
    for (const [key, bytes] of CONTENTS) await putObject(source, key, bytes);

    const run = await bridge.sync(bridge.s3('back'), bridge.blob('back'));

    const { receipts } = await reportOf(run);
    expect(run).toMatchObject({ state: 'succeeded', counts: countsOfCopies() });
    for (const [key, bytes] of CONTENTS) expect((await getBlob(`back/${key}`)).equals(bytes), key).toBe(true);
    expect(receipts).toHaveLength(CONTENTS.size);
    for (const { key, ...receipt } of receipts) {
      const crc64nvme = crc64ToBase64(crc64(CONTENTS.get(key) ?? Buffer.from('no such key')), 'big-endian');
      expect(receipt, key).toMatchObject({ action: 'copied', verified: 'crc64', crc64nvme });
    }
  });

  it('carries the headers and the metadata, and leaves compressed bytes as they are', async () => {
    const compressed = gzipSync('compressed');
    await putS3('headers-back/a', compressed, {
      ContentType: 'text/plain; charset=utf-8',
      CacheControl: 'max-age=60',
      ContentEncoding: 'gzip',
      ContentDisposition: 'attachment; filename="a.txt"',
      ContentLanguage: 'de',
      Metadata: { department: 'finance', 'my-name': 'dashed', '1st': 'digit' },
    });

    await bridge.sync(bridge.s3('headers-back'), bridge.blob('headers-back'));

    const head = await bridge.container.getBlobClient('headers-back/a').getProperties();
    expect((await getBlob('headers-back/a')).equals(compressed)).toBe(true);
    expect(head).toMatchObject({
      contentType: 'text/plain; charset=utf-8',
      cacheControl: 'max-age=60',
      contentEncoding: 'gzip',
      contentDisposition: 'attachment; filename="a.txt"',
      contentLanguage: 'de',
    });
    expect(head.metadata).toMatchObject({ department: 'finance', my_x002d_name: 'dashed', _x0031_st: 'digit' });
  });

  it('says why Blob Storage cannot hold a key, where it is not to be mapped, and copies the others', async () => {
    const refused = { 'ends with a dot.': 'dot', 'back\\slash': 'backslash', 'line\nbreak': 'control character' };
    for (const key of [...Object.keys(refused), 'plain']) await putS3(`keys/${key}`, Buffer.from(key));

    const run = await bridge.sync(bridge.s3('keys'), bridge.blob('keys'), { options: { keyMapping: 'fail' } });

    expect(run).toMatchObject({ state: 'completed-with-failures', counts: { listed: 4, copied: 1, failed: 3 } });
    const { receipts } = await reportOf(run);
    for (const [key, why] of Object.entries(refused)) {
      const receipt = receipts.find((candidate) => candidate.key === key);
      expect(receipt).toMatchObject({ action: 'failed', reason: 'invalid-key', message: expect.stringContaining(why) });
    }
    expect(await blobNames('keys/')).toEqual(['keys/plain']);
  });
});

describe.each([
  ['Blob Storage to S3', 'blob', 's3'],
  ['S3 to Blob Storage', 's3', 'blob'],
] as const)('a second run from %s', (_, from, to) => {
  const put = (key: string, text: string) => (from === 'blob' ? putBlob : putS3)(key, Buffer.from(text));
  const textOf = async (key: string) => (to === 'blob' ? await getBlob(key) : (await getS3(key)).bytes).toString();

  it('copies nothing when nothing changed', async () => {
    const prefix = `again-${from}`;
    for (const key of ['a', 'b']) await put(`${prefix}/${key}`, key);
    await bridge.sync(bridge[from](prefix), bridge[to](prefix));

    const second = await bridge.sync(bridge[from](prefix), bridge[to](prefix));

    expect(second).toMatchObject({ state: 'succeeded', counts: { listed: 2, unchanged: 2, copied: 0 } });
    expect((await reportOf(second)).receipts).toEqual([]);
  });

  it('copies what changed, also at the same size, and leaves alone what only the destination has', async () => {
    const prefix = `changed-${from}`;
    await put(`${prefix}/a`, 'old');
    await put(`${prefix}/b`, 'same');
    await (to === 'blob' ? putBlob : putS3)(`${prefix}/extra`, Buffer.from('theirs'));
    await bridge.sync(bridge[from](prefix), bridge[to](prefix));
    await put(`${prefix}/a`, 'new');

    const second = await bridge.sync(bridge[from](prefix), bridge[to](prefix));

    expect(second.counts).toMatchObject({ listed: 2, unchanged: 1, copied: 1, extraneous: 1 });
    expect(await Promise.all(['a', 'b', 'extra'].map((key) => textOf(`${prefix}/${key}`)))).toEqual(['new', 'same', 'theirs']);
  });
});

describe('the report', () => {
  it('comes as CSV too, with the same objects', async () => {
    await putBlob('csv/a,"quoted"', Buffer.from('a'));
    const run = await bridge.sync(bridge.blob('csv'), bridge.s3('csv'));

    const { csv, receipts } = await reportOf(run);

    const [header, line] = csv.split('\n');
    expect(header).toMatch(/^key,action,reason,sizeBytes,/);
    expect(line).toMatch(/^"a,""quoted""",copied,missing,1,/);
    expect(receipts).toMatchObject([{ key: 'a,"quoted"', action: 'copied', reason: 'missing', sizeBytes: 1 }]);
  });

  it.each(['s3', 'blob'] as const)('is delivered to a location on %s', async (cloud) => {
    await putBlob(`delivered-${cloud}/a`, Buffer.from('a'));

    const reportTo = bridge[cloud]('reports/');
    const run = await bridge.sync(bridge.blob(`delivered-${cloud}`), bridge.s3(`delivered-${cloud}`), { reportTo });

    const key = `reports/sync-${run.id}.ndjson`;
    const delivered = cloud === 's3' ? (await getS3(key)).bytes : await getBlob(key);
    expect(run.reportDelivery).toEqual({ state: 'delivered', to: bridge[cloud](key) });
    expect(delivered.toString()).toBe((await reportOf(run)).ndjson);
  });
});

function countsOfCopies() {
  const copiedBytes = [...CONTENTS.values()].reduce((sum, { length }) => sum + length, 0);
  return { listed: CONTENTS.size, copied: CONTENTS.size, unchanged: 0, skipped: 0, failed: 0, extraneous: 0, copiedBytes };
}

async function reportOf({ links }: RunView) {
  const [ndjson, csv] = await Promise.all([links.report, `${links.report}?format=csv`].map(async (url) => (await fetch(url)).text()));
  const lines = (ndjson ?? '').split('\n').filter((line) => line !== '');
  return { ndjson: ndjson ?? '', csv: csv ?? '', receipts: lines.map((line): Receipt => JSON.parse(line)) };
}

async function putBlob(name: string, bytes: Buffer, options: BlockBlobParallelUploadOptions = {}): Promise<void> {
  await bridge.container.getBlockBlobClient(name).uploadData(bytes, options);
}

function getBlob(name: string): Promise<Buffer> {
  return bridge.container.getBlobClient(name).downloadToBuffer();
}

async function blobNames(prefix: string): Promise<string[]> {
  const blobs = await Array.fromAsync(bridge.container.listBlobsFlat({ prefix }));
  return blobs.map(({ name }) => name);
}

async function putS3(key: string, bytes: Buffer, more: Partial<PutObjectCommandInput> = {}): Promise<void> {
  await new Upload({ client: bridge.s3Client, params: { Bucket: BUCKET, Key: key, Body: bytes, ...more } }).done();
}

async function getS3(key: string) {
  const { Body, ...answer } = await bridge.s3Client.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }));
  return { ...answer, bytes: Buffer.from((await Body?.transformToByteArray()) ?? []) };
}
