import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunView } from '../../src/runs/view/run-view.ts';
import { createBlobStore } from '../../src/stores/blob/blob-store.ts';
import type { Receipt } from '../../src/sync/outcomes/receipt.ts';
import { crc64 } from '../../src/sync/store/crc64.ts';
import type { ObjectProperties } from '../../src/sync/store/objects.ts';
import type { Store } from '../../src/sync/store/store.ts';
import { contentsOf, putObject } from '../support/stores/store-objects.ts';
import { type RadosgwBridge, startRadosgwBridge } from './bridge.ts';

const MIB = 1024 * 1024;

/** Bytes by key: many small ones, none, more than a part, and keys that tools get wrong. */
const CONTENTS = new Map<string, Buffer>([
  ...Array.from({ length: 300 }, (_, n) => [`many/${n % 10}/${String(n).padStart(6, '0')}.bin`, randomBytes(100 + n)] as const),
  ['empty', Buffer.alloc(0)],
  ['size/one-part', randomBytes(8 * MIB)],
  ['size/many-parts', randomBytes(20 * MIB + 1)],
  ['odd/with space and + plus', Buffer.from('plus')],
  ['odd/100% of #1?', Buffer.from('percent')],
  ['odd/percent%2Fencoded', Buffer.from('no slash')],
  [`odd/it's "quoted" & <angled>`, Buffer.from('quotes')],
  ['odd/äöü-日本語-😀', Buffer.from('unicode')],
  ['odd/a//double//slash', Buffer.from('slashes')],
  ['odd/trailing/', Buffer.from('folder?')],
]);

const COMPRESSED = gzipSync('compressed');
const PROPERTIES: ObjectProperties = {
  contentType: 'text/plain; charset=utf-8',
  cacheControl: 'max-age=60',
  contentEncoding: 'gzip',
  contentDisposition: 'attachment; filename="a.txt"',
  contentLanguage: 'de',
  metadata: { department: 'finance', 'my-name': 'dashed', city: 'Zürich' },
};

/** What proves a copy: radosgw confirms what it is sent by MD5, and keeps nothing to prove an object by that came in parts. */
const PROOFS = { small: 'md5', large: 'length' };

let bridge: RadosgwBridge;

beforeAll(async () => {
  bridge = await startRadosgwBridge();
});
afterAll(() => bridge.stop());

/** Both sides below a prefix: how a run names them, and what is there. */
function sides(prefix: string) {
  return {
    blob: { location: bridge.blob(prefix), store: createBlobStore({ container: bridge.container, prefix: `${prefix}/` }) },
    s3: { location: bridge.s3(prefix), store: bridge.openS3(`${prefix}/`) },
  };
}

describe.each([
  ['Blob Storage to S3', 'blob', 's3'],
  ['S3 to Blob Storage', 's3', 'blob'],
] as const)('from %s', (_, from, to) => {
  it('carries every byte of every object, and has nothing to do the second time', async () => {
    const { [from]: source, [to]: destination } = sides(`all-from-${from}`);
    await Promise.all([...CONTENTS].map(([key, bytes]) => putObject(source.store, key, bytes)));

    const first = await bridge.sync(source.location, destination.location);
    const second = await bridge.sync(source.location, destination.location);

    const copies = await contentsOf(destination.store);
    expect(first).toMatchObject({ state: 'succeeded', counts: { listed: CONTENTS.size, copied: CONTENTS.size, failed: 0 } });
    expect(second).toMatchObject({ state: 'succeeded', counts: { listed: CONTENTS.size, copied: 0, unchanged: CONTENTS.size } });
    expect([...copies.keys()].sort()).toEqual([...CONTENTS.keys()].sort());
    for (const [key, bytes] of CONTENTS) expect(copies.get(key)?.equals(bytes), key).toBe(true);
  });

  it('leaves a receipt for each copy, with the proof and the ETag that the destination gives', async () => {
    const { [from]: source, [to]: destination } = sides(`receipts-from-${from}`);
    await putObject(source.store, 'small', Buffer.from('small'));
    await putObject(source.store, 'large', randomBytes(9 * MIB));

    const run = await bridge.sync(source.location, destination.location);

    const receipts = await receiptsOf(run);
    const heads = await Promise.all(['large', 'small'].map((key) => destination.store.head(key)));
    expect(receipts.sort((a, b) => (a.key < b.key ? -1 : 1))).toMatchObject([
      { key: 'large', action: 'copied', verified: PROOFS.large, destinationEtag: heads[0]?.etag },
      { key: 'small', action: 'copied', verified: PROOFS.small, destinationEtag: heads[1]?.etag },
    ]);
  });

  it('carries headers and metadata, and leaves compressed bytes as they are', async () => {
    const { [from]: source, [to]: destination } = sides(`headers-from-${from}`);
    await source.store.write('a', COMPRESSED, { properties: PROPERTIES, crc64: crc64(COMPRESSED) });

    await bridge.sync(source.location, destination.location);

    expect((await destination.store.head('a'))?.properties).toEqual(PROPERTIES);
    expect((await contentsOf(destination.store)).get('a')).toEqual(COMPRESSED);
  });

  it('copies again what has changed, at the same size and beyond a part', async () => {
    const { [from]: source, [to]: destination } = sides(`changed-from-${from}`);
    const putAll = async (fill: string) => {
      await putObject(source.store, 'small', Buffer.from(fill));
      await putObject(source.store, 'large', Buffer.alloc(9 * MIB, fill));
    };
    await putAll('1');
    await putObject(source.store, 'same', Buffer.from('same'));
    await bridge.sync(source.location, destination.location);
    await putAll('2');

    const run = await bridge.sync(source.location, destination.location);

    expect(run).toMatchObject({ state: 'succeeded', counts: { listed: 3, copied: 2, unchanged: 1, failed: 0 } });
    expect(await textsOf(destination.store)).toEqual({ small: '2', large: '2'.repeat(9 * MIB), same: 'same' });
  });

  it('ends at once where the role may not, and says which permission is missing', async () => {
    const { blob } = sides(`denied-from-${from}`);
    await putObject(blob.store, 'a', Buffer.from('a'));
    const pair = { blob: blob.location, s3: bridge.deniedS3 };

    const run = await bridge.sync(pair[from], pair[to]);

    expect(run).toMatchObject({ state: 'failed', counts: { copied: 0 } });
    expect(run.failure?.message).toContain(bridge.deniedS3);
    expect(run.failure?.message).toMatch(/403 AccessDenied.*Allow s3:ListBucket/);
  });
});

async function receiptsOf({ links }: RunView): Promise<Receipt[]> {
  const lines = (await (await fetch(links.report)).text()).split('\n');
  return lines.filter((line) => line !== '').map((line): Receipt => JSON.parse(line));
}

async function textsOf(store: Store): Promise<Record<string, string>> {
  return Object.fromEntries([...(await contentsOf(store))].map(([key, bytes]) => [key, bytes.toString()]));
}
