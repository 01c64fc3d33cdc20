import { randomUUID } from 'node:crypto';
import type { ContainerClient } from '@azure/storage-blob';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createBlobServiceClient } from '../../src/azure/blob-clients.ts';
import { createBlobStore } from '../../src/azure/blob-store.ts';
import { crc64 } from '../../src/sync/crc64.ts';
import { startAzuriteServer } from '../contract/azurite-server.ts';
import { entriesOf, failureOf, keysOf, NO_PROPERTIES, readText, someBytes, uploadPart, write } from '../contract/objects.ts';

let azurite: Awaited<ReturnType<typeof startAzuriteServer>>;
let container: ContainerClient;

beforeAll(async () => {
  azurite = await startAzuriteServer();
});
afterAll(() => azurite.stop());
beforeEach(async () => {
  container = createBlobServiceClient(azurite).getContainerClient(randomUUID());
  await container.create();
});

const store = () => createBlobStore({ container, prefix: '' });

describe('a store on Azure Blob Storage', () => {
  it('lists the ETag of the source that an object was copied from', async () => {
    await write(store(), 'copied', 'x', { provenance: { sourceEtag: '"source"' } });
    await write(store(), 'foreign', 'x');

    const entries = await entriesOf(store());

    expect(entries.map(({ key, sourceEtag }) => [key, sourceEtag])).toEqual([
      ['copied', '"source"'],
      ['foreign', undefined],
    ]);
  });

  it('keeps our own notes in the metadata of the blob', async () => {
    await write(store(), 'a', '123456789', { provenance: { sourceEtag: '"s"' }, properties: { metadata: { 'my-name': 'v' } } });

    const { metadata } = await container.getBlobClient('a').getProperties();

    expect(metadata).toEqual({ source_etag: '"s"', crc64nvme: 'rosUhgp5mIg=', my_x002d_name: 'v' });
  });

  // Azurite stores the SDK's structured messages (its StorageCrc64 option) as if their framing were content.
  it('stores exactly the bytes that it was given', async () => {
    const bytes = someBytes(11_000);
    await write(store(), 'a', bytes);
    const upload = await store().beginUpload({ key: 'b', sizeBytes: bytes.length, properties: NO_PROPERTIES });
    await store().commit(upload, [await uploadPart(store(), upload, 1, bytes)], { crc64: crc64(bytes) });

    const stored = await Promise.all(['a', 'b'].map((key) => container.getBlobClient(key).downloadToBuffer()));

    expect(stored.map((content) => content.equals(bytes))).toEqual([true, true]);
  });

  it('reads and replaces blobs of other types', async () => {
    const append = container.getAppendBlobClient('log');
    await append.create();
    await append.appendBlock('line', 4);
    await container.getPageBlobClient('disk').create(512);

    const [log, disk] = await Promise.all([readText(store(), 'log'), readText(store(), 'disk')]);
    await write(store(), 'log', 'new');

    expect([log, disk]).toEqual(['line', '\0'.repeat(512)]);
    expect(await readText(store(), 'log')).toBe('new');
  });

  it('says that a blob is archived, by list and by read', async () => {
    await write(store(), 'cold', 'x');
    await write(store(), 'hot', 'x');
    await container.getBlobClient('cold').setAccessTier('Archive');

    const entries = await entriesOf(store());
    const failure = await failureOf(readText(store(), 'cold'));

    expect(entries.map(({ isArchived }) => isArchived)).toEqual([true, undefined]);
    expect(failure.code).toBe('archived');
  });

  it('does not list snapshots', async () => {
    await write(store(), 'a', 'x');
    await container.getBlobClient('a').createSnapshot();

    expect(await keysOf(store())).toEqual(['a']);
  });

  it('keeps a blob that has snapshots, and says so', async () => {
    await write(store(), 'a', 'x');
    await container.getBlobClient('a').createSnapshot();

    const failure = await failureOf(store().delete('a'));

    expect(failure.message).toContain('SnapshotsPresent');
    expect(await keysOf(store())).toEqual(['a']);
  });

  it('gives the MD5 of the whole blob with a range, too', async () => {
    await write(store(), 'a', '0123456789');

    const read = await store().read('a', { range: { startByte: 2, endByte: 4 } });
    await Array.fromAsync(read.body);

    expect(read).toMatchObject({ claimedMd5: '781e5e245d69b566979b86e28d23f2c7' });
    expect(read.md5).toBeUndefined();
  });

  it('tells the parts of two uploads of one key apart', async () => {
    const request = { key: 'a', sizeBytes: 1, properties: NO_PROPERTIES };
    const [first, second] = await Promise.all([store().beginUpload(request), store().beginUpload(request)]);
    await uploadPart(store(), first, 1, Buffer.from('one'));
    await uploadPart(store(), second, 7, Buffer.from('seven'));

    expect(await store().listParts(first)).toMatchObject([{ number: 1, sizeBytes: 3 }]);
    expect(await store().listParts(second)).toMatchObject([{ number: 7, sizeBytes: 5 }]);
  });

  it('names its location without credentials', () => {
    expect(createBlobStore({ container, prefix: 'dir/sub dir/' }).url).toBe(`${container.url}/dir/sub%20dir/`);
  });
});

describe('keys that no blob can have', () => {
  it.each([
    ['a.', 'ends with a dot'],
    ['dir./a', 'ends with a dot'],
    ['a/./b', 'ends with a dot'],
    ['a/../b', 'ends with a dot'],
    ['a\\b', 'backslash'],
    ['a\nb', 'control character'],
    ['a\ufffe', 'control character'],
    ['é'.repeat(1_025), 'longer than 1024 characters'],
    ['a/'.repeat(254), 'more than 254 segments'],
    ['a\ud800', 'not valid Unicode'],
  ])('refuses %j', (key, reason) => {
    expect(store().refuseKey(key)).toContain(reason);
  });

  it.each(['.hidden', 'a..b', 'dir/', '//', 'é'.repeat(1_024), `${'a/'.repeat(253)}a`])('takes %j', (key) => {
    expect(store().refuseKey(key)).toBeUndefined();
  });
});
