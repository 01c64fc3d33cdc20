import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUCKET } from '../../local/clouds.ts';
import { createBlobStore } from '../../src/stores/blob/blob-store.ts';
import { createS3Store } from '../../src/stores/s3/s3-store.ts';
import type { ObjectDescription } from '../../src/sync/store/objects.ts';
import type { Store } from '../../src/sync/store/store.ts';
import { startTestBridge, type TestBridge } from '../support/bridge/test-bridge.ts';
import { putObject } from '../support/stores/store-objects.ts';

const LARGE_MIB = 16;
/** One for each way to copy: whole, in parts, and by ranges. */
const SIZES = { small: 3, 'of-parts': 9 * 1024 * 1024, large: LARGE_MIB * 1024 * 1024 };
const KEYS = Object.keys(SIZES);

let bridge: TestBridge;

beforeAll(async () => {
  bridge = await startTestBridge({ settings: () => ({ BRIDGE_LARGE_OBJECT_MIB: String(LARGE_MIB) }) });
});
afterAll(() => bridge.stop());

const s3At = (prefix: string) => createS3Store({ client: bridge.s3Client, bucket: BUCKET, prefix: `${prefix}/` });
const blobAt = (prefix: string) => createBlobStore({ container: bridge.container, prefix: `${prefix}/` });

async function putAllSizes(store: Store, description: Partial<ObjectDescription> = {}): Promise<void> {
  for (const [key, sizeBytes] of Object.entries(SIZES)) await putObject(store, key, Buffer.alloc(sizeBytes, key), description);
}

async function tiersIn(store: Store): Promise<Map<string, string | undefined>> {
  const entries = (await Array.fromAsync(store.list())).flat();
  return new Map(entries.map(({ key, tier }) => [key, tier]));
}

describe('the tier of what is copied', () => {
  it('to S3 is the storage class that goes with the access tier', async () => {
    await putAllSizes(blobAt('tiers'), { tier: 'Cool' });
    await putObject(blobAt('tiers'), 'hot', Buffer.from('hot'));

    const run = await bridge.sync(bridge.blob('tiers'), bridge.s3('tiers'), { options: { storageClass: 'map' } });

    expect(run).toMatchObject({ state: 'succeeded', counts: { copied: 4 } });
    expect(await tiersIn(s3At('tiers'))).toEqual(new Map([...KEYS.map((key) => [key, 'STANDARD_IA'] as const), ['hot', 'STANDARD']]));
  });

  it('to Blob Storage is the access tier that goes with the storage class, or the one that the job names for it', async () => {
    await putAllSizes(s3At('classes'), { tier: 'GLACIER_IR' });
    await putObject(s3At('classes'), 'infrequent', Buffer.from('rare'), { tier: 'ONEZONE_IA' });
    const options = { accessTier: 'map', tierMap: { ONEZONE_IA: 'Archive' } };

    const run = await bridge.sync(bridge.s3('classes'), bridge.blob('classes'), { options });

    expect(run).toMatchObject({ state: 'succeeded', counts: { copied: 4 } });
    expect(await tiersIn(blobAt('classes'))).toEqual(new Map([...KEYS.map((key) => [key, 'Cold'] as const), ['infrequent', 'Archive']]));
  });

  it('can be the same for all', async () => {
    await putAllSizes(blobAt('fixed'));

    await bridge.sync(bridge.blob('fixed'), bridge.s3('fixed'), { options: { storageClass: 'INTELLIGENT_TIERING' } });

    expect(await tiersIn(s3At('fixed'))).toEqual(new Map(KEYS.map((key) => [key, 'INTELLIGENT_TIERING'])));
  });
});

describe('the encryption of what is copied', () => {
  it('to S3 is by the KMS key of the job, and an encrypted copy is current', async () => {
    await putAllSizes(blobAt('encrypted'));
    const options = { encryption: { kmsKeyId: 'alias/finance', bucketKey: true } };

    await bridge.sync(bridge.blob('encrypted'), bridge.s3('encrypted'), { options });
    const again = await bridge.sync(bridge.blob('encrypted'), bridge.s3('encrypted'), { options });

    const heads = await Promise.all(
      KEYS.map((key) => bridge.s3Client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: `encrypted/${key}` }))),
    );
    const expected = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'alias/finance', BucketKeyEnabled: true };
    expect(heads).toMatchObject(KEYS.map(() => expected));
    expect(again).toMatchObject({ counts: { unchanged: KEYS.length } });
  });
});

describe('the tags of what is copied', () => {
  const TAGS = { project: 'Keyless Bridge', 'cost-center': '47+11 = a/b' };
  const tagged = { properties: { metadata: {}, tags: TAGS } };

  it.each(KEYS)('come from blobs to S3, and from S3 to blobs again: %s', async (key) => {
    await putObject(blobAt(`tags-${key}`), key, Buffer.alloc(SIZES[key as keyof typeof SIZES], key), tagged);

    const there = await bridge.sync(bridge.blob(`tags-${key}`), bridge.s3(`tags-${key}`), { options: { tags: true } });
    const back = await bridge.sync(bridge.s3(`tags-${key}`), bridge.blob(`tags-back-${key}`), { options: { tags: true } });

    expect([there, back]).toMatchObject([{ state: 'succeeded' }, { state: 'succeeded' }]);
    expect(await s3At(`tags-${key}`).readTags(key)).toEqual(TAGS);
    expect(await blobAt(`tags-back-${key}`).readTags(key)).toEqual(TAGS);
  });

  it('stay behind unless they are asked for', async () => {
    await putObject(blobAt('untagged'), 'a', Buffer.from('a'), tagged);

    await bridge.sync(bridge.blob('untagged'), bridge.s3('untagged'));

    expect(await s3At('untagged').readTags('a')).toEqual({});
  });

  it('that a blob cannot have are told by a failed receipt', async () => {
    await putObject(s3At('mail'), 'a', Buffer.from('a'), { properties: { metadata: {}, tags: { owner: 'jo@example.com' } } });

    const run = await bridge.sync(bridge.s3('mail'), bridge.blob('mail'), { options: { tags: true } });

    expect(run).toMatchObject({
      state: 'completed-with-failures',
      firstFailures: [{ key: 'a', reason: 'invalid-metadata', message: expect.stringContaining('its tag "owner"') }],
    });
  });
});

describe('metadata that a blob cannot have under its name', () => {
  const properties = { metadata: { 'my-name': 'x', owner: 'jo' } };

  it.each([
    ['comes back as it was by default', {}, properties.metadata],
    ['is left out where names are skipped', { metadata: 'skip' }, { owner: 'jo' }],
  ])('%s', async (name, options, expected) => {
    const prefix = name.replaceAll(' ', '-');
    await putAllSizes(s3At(prefix), { properties });

    await bridge.sync(bridge.s3(prefix), bridge.blob(prefix), { options });
    const back = await bridge.sync(bridge.blob(prefix), bridge.s3(`${prefix}-back`), { options });

    expect(back).toMatchObject({ state: 'succeeded' });
    for (const key of KEYS) expect((await s3At(`${prefix}-back`).head(key))?.properties.metadata).toEqual(expected);
  });

  it('is noted in the receipts where names are skipped', async () => {
    await putAllSizes(s3At('noted'), { properties });

    const { id } = await bridge.sync(bridge.s3('noted'), bridge.blob('noted'), { options: { metadata: 'skip' } });

    const report = await (await bridge.call('GET', `/api/runs/${id}/report`)).text();
    const receipts = report
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(receipts).toMatchObject(KEYS.map(() => ({ action: 'copied', leftOut: ['metadata my-name'] })));
  });

  it('is a failed receipt where that is to fail', async () => {
    await putAllSizes(s3At('strict'), { properties });

    const run = await bridge.sync(bridge.s3('strict'), bridge.blob('strict'), { options: { metadata: 'fail' } });

    expect(run).toMatchObject({ counts: { failed: KEYS.length, copied: 0 }, firstFailures: [{ reason: 'invalid-metadata' }, {}, {}] });
  });
});

it('tells by a failed receipt that metadata is more than S3 takes', async () => {
  await putAllSizes(blobAt('much'), { properties: { metadata: { text: 'x'.repeat(2_045) } } });

  const run = await bridge.sync(bridge.blob('much'), bridge.s3('much'));

  const message = expect.stringContaining('all metadata there may have 2048 bytes, the mark of the copy not counted, and has 2049');
  expect(run).toMatchObject({ counts: { failed: KEYS.length }, firstFailures: KEYS.map(() => ({ reason: 'invalid-metadata', message })) });
});

it('copies without the mark what leaves no room for it, and says so', async () => {
  await putAllSizes(blobAt('full'), { properties: { metadata: { text: 'x'.repeat(2_040) } } });

  const run = await bridge.sync(bridge.blob('full'), bridge.s3('full'));

  const receipts = (await (await bridge.call('GET', `/api/runs/${run.id}/report`)).text()).trimEnd().split('\n');
  expect(run).toMatchObject({ state: 'succeeded', counts: { copied: KEYS.length, failed: 0 } });
  expect(receipts.map((line) => JSON.parse(line))).toMatchObject(KEYS.map(() => ({ action: 'copied', leftOut: ['mark'] })));
});
