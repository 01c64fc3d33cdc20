import { randomUUID } from 'node:crypto';
import type { ContainerClient } from '@azure/storage-blob';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createBlobServiceClient } from '../../../src/stores/blob/blob-clients.ts';
import { createBlobStore } from '../../../src/stores/blob/blob-store.ts';
import { createCopier } from '../../../src/sync/copy/copy-object.ts';
import { PART_BYTES } from '../../../src/sync/copy/copy-parts.ts';
import { createBufferPool } from '../../../src/sync/flow/buffer-pool.ts';
import { createLargeObjectCopier } from '../../../src/sync/large/large-object.ts';
import type { CopiedRange } from '../../../src/sync/large/large-task.ts';
import { crc64 } from '../../../src/sync/store/crc64.ts';
import type { Condition } from '../../../src/sync/store/store.ts';
import { startAzuriteServer } from '../../contract/servers/azurite-server.ts';
import {
  entriesOf,
  failureOf,
  keysOf,
  NO_PROPERTIES,
  readBytes,
  readText,
  someBytes,
  uploadPart,
  write,
} from '../../contract/suite/objects.ts';
import { createMemoryStore } from '../../support/stores/memory-store.ts';

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

describe('what other tools have left under a key', () => {
  const SIZE_BYTES = PART_BYTES + 1;
  const blockId = (text: string) => Buffer.from(text).toString('base64');
  const content = someBytes(SIZE_BYTES);

  /** Copies an object of several parts to the key. */
  async function copyOver(condition: Condition) {
    const source = createMemoryStore('memory://source/');
    const { etag } = await source.write('big.bin', content, {
      properties: { contentType: 'image/png', metadata: { owner: 'jo' } },
      crc64: 0n,
    });
    const pool = createBufferPool([{ bufferBytes: PART_BYTES, count: 4 }]);
    const copy = createCopier({ source, destination: store(), pool, clock: Date.now });
    const entry = { key: 'big.bin', sizeBytes: SIZE_BYTES, etag };
    return copy({ entry, decision: { action: 'copy', reason: 'missing', condition }, signal: new AbortController().signal });
  }

  // Azurite keeps such blocks at a Put Blob; Azure forgets them.
  async function expectCopy() {
    expect(Buffer.compare(await readBytes(store(), 'big.bin'), content)).toBe(0);
    expect((await store().head('big.bin'))?.properties).toEqual({ contentType: 'image/png', metadata: { owner: 'jo' } });
  }

  it.each(['0001', 'x'.repeat(16), 'BlockId00001', 'x'.repeat(48), 'x'.repeat(64)])(
    'is discarded when the copy is committed, before which readers see nothing: blocks with ids such as %s',
    async (id) => {
      await container.getBlockBlobClient('big.bin').stageBlock(blockId(id), 'left', 4);

      expect(await copyOver('if-absent')).toMatchObject({ action: 'copied', verified: 'crc64' });
      await expectCopy();
    },
  );

  it('is discarded where there is a blob, which stays until the copy takes its place', async () => {
    const { etag } = await write(store(), 'big.bin', 'old');
    await container.getBlockBlobClient('big.bin').stageBlock(blockId('0001'), 'left', 4);

    expect(await copyOver({ ifMatch: etag })).toMatchObject({ action: 'copied', verified: 'crc64' });
    await expectCopy();
  });

  it('is not in the way of a large object', async () => {
    await container.getBlockBlobClient('big.bin').stageBlock(blockId('0001'), 'left', 4);
    const source = createMemoryStore('memory://source/');
    const { etag } = await source.write('big.bin', content, {
      properties: { contentType: 'image/png', metadata: { owner: 'jo' } },
      crc64: 0n,
    });
    const pool = createBufferPool([{ bufferBytes: 1024, count: 4 }]);
    const partSizes = { bufferBytes: 1024 * 1024, rangeBytes: 4 * 1024 * 1024 };
    const copier = createLargeObjectCopier({ source, destination: store(), pool, clock: Date.now, partSizes });
    const { signal } = new AbortController();
    const entry = { key: 'big.bin', sizeBytes: SIZE_BYTES, etag };
    const decision = { action: 'copy', reason: 'missing', condition: 'if-absent' } as const;

    const begun = await copier.begin({ entry, decision }, { signal, triesLeft: 0 });
    if (begun.step !== 'copy') throw new Error(JSON.stringify(begun));
    const ranges: CopiedRange[] = [];
    for (let index = 0; index < begun.object.plan.rangeCount; index++) {
      const range = await copier.copyRange(begun.object, index, { signal, softDeadline: Number.POSITIVE_INFINITY });
      if (range.step === 'done') ranges.push(range);
    }

    expect(await copier.commit(begun.object, ranges, { signal })).toMatchObject({ receipt: { action: 'copied' } });
    await expectCopy();
  });

  it('does not let the copy replace what it must not', async () => {
    await write(store(), 'big.bin', 'old');
    await container.getBlockBlobClient('big.bin').stageBlock(blockId('0001'), 'left', 4);
    const source = createMemoryStore('memory://source/');
    const { etag } = await source.write('big.bin', content, { properties: NO_PROPERTIES, crc64: 0n });
    const pool = createBufferPool([{ bufferBytes: PART_BYTES, count: 4 }]);
    const copy = createCopier({ source, destination: store(), pool, clock: Date.now, overwrite: 'never' });
    const entry = { key: 'big.bin', sizeBytes: SIZE_BYTES, etag };

    const receipt = await copy({
      entry,
      decision: { action: 'copy', reason: 'missing', condition: 'if-absent' },
      signal: new AbortController().signal,
    });

    expect(receipt).toMatchObject({ action: 'skipped', reason: 'exists' });
    expect(await readText(store(), 'big.bin')).toBe('old');
  });
});
