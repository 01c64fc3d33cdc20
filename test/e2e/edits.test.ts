import { CopyObjectCommand, GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUCKET } from '../../local/clouds.ts';
import { PART_BYTES } from '../../src/sync/copy/copy-parts.ts';
import { startTestBridge, type TestBridge } from '../support/bridge/test-bridge.ts';

let bridge: TestBridge;

beforeAll(async () => {
  bridge = await startTestBridge();
});
afterAll(() => bridge.stop());

const SIZES = [
  ['small', 10],
  ['in parts', PART_BYTES + 1],
] as const;

const putBlob = (key: string, body: Buffer) => bridge.container.getBlockBlobClient(key).uploadData(body);
const putS3 = (Key: string, Body: Buffer) => bridge.s3Client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body }));
const getBlob = (key: string) => bridge.container.getBlobClient(key).downloadToBuffer();
const getS3 = async (Key: string) =>
  Buffer.from((await (await bridge.s3Client.send(new GetObjectCommand({ Bucket: BUCKET, Key }))).Body?.transformToByteArray()) ?? []);

/** Writes the same bytes with the same metadata and other headers, in a later second: S3 keeps times to the second. */
async function rewriteLater(Key: string, headers: { readonly ContentType: string }): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  const { Metadata } = await bridge.s3Client.send(new HeadObjectCommand({ Bucket: BUCKET, Key }));
  const copy = { Bucket: BUCKET, Key, CopySource: `${BUCKET}/${Key}`, MetadataDirective: 'REPLACE', Metadata, ...headers } as const;
  await bridge.s3Client.send(new CopyObjectCommand(copy));
}

async function losePairs(): Promise<void> {
  const state = BlobServiceClient.fromConnectionString(bridge.clouds.azurite.connectionString).getContainerClient('keyless-bridge');
  for await (const { name } of state.listBlobsFlat({ prefix: 'pairs/' })) await state.deleteBlob(name);
}

/** Both locations of a test, and both ways between them. */
function between(name: string) {
  return {
    key: `${name}/k`,
    toBlob: (options = {}) => bridge.sync(bridge.s3(name), bridge.blob(name), { options }),
    toS3: (options = {}) => bridge.sync(bridge.blob(name), bridge.s3(name), { options }),
  };
}

describe('an edit on one side of a two-way sync', () => {
  it.each(SIZES)(
    'is kept at the destination and copied by the other direction, whichever runs first: %s',
    async (name, size) => {
      for (const edited of ['s3', 'blob'] as const) {
        for (const editSize of [size, size + 1]) {
          const { key, toBlob, toS3 } = between(`edit-${name.replace(' ', '-')}-${edited}-${editSize}`);
          await putS3(key, Buffer.alloc(size, 'a'));
          await toBlob();
          await toS3();
          const edit = Buffer.alloc(editSize, 'e');
          await (edited === 's3' ? putS3(key, edit) : putBlob(key, edit));
          const [wrong, right] = edited === 's3' ? [toS3, toBlob] : [toBlob, toS3];

          const kept = await wrong();
          const carried = await right();
          const after = await wrong();

          expect([kept.state, kept.counts.copied, kept.skippedByReason]).toEqual(['succeeded', 0, { 'destination-edited': 1 }]);
          expect([carried.counts.copied, after.counts.copied, after.counts.unchanged]).toEqual([1, 0, 1]);
          expect((await getS3(key)).equals(edit)).toBe(true);
          expect((await getBlob(key)).equals(edit)).toBe(true);
        }
      }
    },
    120_000,
  );

  it('is kept by the first run in the other direction, too', async () => {
    const { key, toBlob, toS3 } = between('first');
    await putS3(key, Buffer.from('before'));
    await toBlob();
    await putS3(key, Buffer.from('edited'));

    const run = await toS3();

    expect(run.skippedByReason).toEqual({ 'destination-edited': 1 });
    expect((await getS3(key)).toString()).toBe('edited');
  });

  it.each([
    [6, 'dir./k.'],
    [4, 'k'],
    [4, 'dir./k.'],
  ])('is kept where no proof is left, but the copy has our mark on other bytes: %i bytes of %s', async (size, name) => {
    const { key: folder, toBlob, toS3 } = between(`marked-${size}-${name.length}`);
    const prefix = folder.slice(0, -1);
    await putS3(prefix + name, Buffer.alloc(4, 'a'));
    await toBlob();
    await toS3();
    await losePairs();
    await toS3({ include: ['nothing'] });
    const copyName = prefix + name.replaceAll('.', '_x002e_');
    const blob = bridge.container.getBlockBlobClient(copyName);
    const { metadata = {} } = await blob.getProperties();
    await blob.upload(Buffer.alloc(size, 'e'), size, { metadata });

    const run = await toBlob();

    expect(run.skippedByReason).toEqual({ 'destination-edited': 1 });
    expect((await getBlob(copyName)).equals(Buffer.alloc(size, 'e'))).toBe(true);
  });

  it('is copied when it is one of headers alone, and keeps our metadata', async () => {
    const { key, toBlob, toS3 } = between('headers-kept');
    await putBlob(key, Buffer.from('<p>'));
    await toS3();
    await toS3();
    await rewriteLater(key, { ContentType: 'text/html' });

    const [changed, settled, back] = [await toBlob(), await toBlob(), await toS3()];

    expect(await bridge.receiptsOf(changed)).toMatchObject([{ action: 'copied', reason: 'properties-differ' }]);
    expect([settled.counts.copied, back.counts.copied]).toEqual([0, 0]);
    expect((await bridge.container.getBlobClient(key).getProperties()).contentType).toBe('text/html');
  });

  it('is not deleted when it is one of headers alone', async () => {
    const { key, toS3 } = between('headers-deleted');
    await putBlob(key, Buffer.from('<p>'));
    await putBlob(`${key}2`, Buffer.from('other'));
    await toS3();
    await bridge.sync(bridge.s3('headers-deleted'), bridge.blob('headers-deleted'));
    await rewriteLater(key, { ContentType: 'text/html' });
    await bridge.container.deleteBlob(key);

    const run = await toS3({ delete: { maxPercent: 100 } });

    expect([run.counts.deleted, run.counts.extraneous]).toEqual([0, 1]);
    expect((await getS3(key)).toString()).toBe('<p>');
  });

  it('is a conflict with an edit of the other side, which the receipt names', async () => {
    const { key, toBlob, toS3 } = between('conflict');
    await putS3(key, Buffer.from('before'));
    await toBlob();
    await putS3(key, Buffer.from('edit 1'));
    await putBlob(key, Buffer.from('edit 2'));

    const kept = await toS3({ overwrite: 'never' });
    const run = await toS3();

    expect(kept.skippedByReason).toEqual({ exists: 1 });
    expect(await bridge.receiptsOf(run)).toMatchObject([{ action: 'copied', reason: 'both-changed' }]);
    expect((await getS3(key)).toString()).toBe('edit 2');
  });
});

describe('a comparison by content', () => {
  it('takes no mark for proof, although an earlier run found the copy current by it', async () => {
    const { key, toBlob } = between('by-mark');
    await putS3(key, Buffer.from('before'));
    await toBlob();
    await losePairs();
    const blob = bridge.container.getBlockBlobClient(key);
    const { metadata = {} } = await blob.getProperties();
    await blob.stageBlock('MDAwMQ==', 'edited', 6);
    await blob.commitBlockList(['MDAwMQ=='], { metadata });

    const byMark = await toBlob();
    const byContent = await toBlob({ compare: 'checksum' });

    // The documentation says so: without an index, other bytes under our metadata are not detected.
    expect(byMark.counts).toMatchObject({ unchanged: 1 });
    expect(await bridge.receiptsOf(byContent)).toMatchObject([{ action: 'copied', reason: 'content-differs' }]);
    expect((await getBlob(key)).toString()).toBe('before');
  });
});

describe('a one-way sync', () => {
  it.each([
    ['auto', 9, 'destination-changed'],
    ['checksum', 3, 'content-differs'],
    ['checksum', 9, 'size-differs'],
    ['size', 9, 'size-differs'],
  ])('repairs an edited copy of what is itself a copy of something else: %s, %i bytes', async (compare, size, reason) => {
    const name = `chain-${compare}-${size}`;
    await putS3(`${name}/a/k`, Buffer.from('aaa'));
    await bridge.sync(bridge.s3(`${name}/a`), bridge.blob(name));
    const onward = () => bridge.sync(bridge.blob(name), bridge.s3(`${name}/b`), { options: { compare } });
    await onward();
    await putS3(`${name}/b/k`, Buffer.alloc(size, 'x'));

    const run = await onward();

    expect(await bridge.receiptsOf(run)).toMatchObject([{ action: 'copied', reason }]);
    expect((await getS3(`${name}/b/k`)).toString()).toBe('aaa');
  });

  it.each(SIZES)('copies a source that changed although its copy was rewritten later: %s', async (name, size) => {
    const { key, toS3 } = between(`rewritten-${name.replace(' ', '-')}`);
    await putBlob(key, Buffer.alloc(size, 'a'));
    await toS3();
    await putBlob(key, Buffer.alloc(size, 'b'));
    await bridge.s3Client.send(
      new CopyObjectCommand({
        Bucket: BUCKET,
        Key: key,
        CopySource: `${BUCKET}/${key}`,
        StorageClass: 'STANDARD_IA',
        MetadataDirective: 'COPY',
      }),
    );

    const run = await toS3();

    expect(run.counts).toMatchObject({ copied: 1, unchanged: 0 });
    expect((await getS3(key)).equals(Buffer.alloc(size, 'b'))).toBe(true);
  });

  it.each(SIZES)('leaves a copy that was only rewritten in place, and repairs one that was edited: %s', async (name, size) => {
    const { key, toS3 } = between(`repaired-${name.replace(' ', '-')}`);
    await putBlob(key, Buffer.alloc(size, 'a'));
    await toS3();
    await putS3(key, Buffer.alloc(size, 'x'));

    const repaired = await toS3();
    const settled = await toS3();

    expect(await bridge.receiptsOf(repaired)).toMatchObject([{ action: 'copied', reason: 'destination-changed' }]);
    expect(settled.counts).toMatchObject({ copied: 0, unchanged: 1 });
    expect((await getS3(key)).equals(Buffer.alloc(size, 'a'))).toBe(true);
  });

  it('copies the same bytes with other headers, once', async () => {
    const { key, toBlob } = between('headers');
    await putS3(key, Buffer.from('<p>'));
    await toBlob();
    // S3 keeps times to the second.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const headers = { ContentType: 'text/html', CacheControl: 'no-cache', MetadataDirective: 'REPLACE' } as const;
    await bridge.s3Client.send(new CopyObjectCommand({ Bucket: BUCKET, Key: key, CopySource: `${BUCKET}/${key}`, ...headers }));

    const [changed, settled] = [await toBlob(), await toBlob()];

    expect(await bridge.receiptsOf(changed)).toMatchObject([{ action: 'copied', reason: 'properties-differ' }]);
    expect(settled.counts).toMatchObject({ copied: 0, unchanged: 1 });
    expect(await bridge.container.getBlobClient(key).getProperties()).toMatchObject({ contentType: 'text/html', cacheControl: 'no-cache' });
  });
});
