import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Grant, sessionPolicyFor } from '../../src/federation/session-policy.ts';
import { createS3Store } from '../../src/stores/s3/s3-store.ts';
import { crc64 } from '../../src/sync/store/crc64.ts';
import type { Store } from '../../src/sync/store/store.ts';
import { failureOf, keysOf, NO_PROPERTIES, readText, uploadPart, write } from '../contract/suite/objects.ts';
import { startTrust, type Trust } from './trust.ts';

let trust: Trust;
let [bucket, otherBucket] = ['', ''];

beforeAll(async () => {
  trust = await startTrust();
  [bucket, otherBucket] = [await trust.account.createBucket(), await trust.account.createBucket()];
  for (const [name, key] of [
    [bucket, 'mine/a'],
    [bucket, 'theirs/b'],
    [otherBucket, 'mine/c'],
  ] as const)
    await write(createS3Store({ client: trust.account.owner, bucket: name, prefix: '' }), key, key);
});
afterAll(() => trust.stop());

/** The bucket as a run sees it whose session is narrowed to what the grant says of `mine/`. */
function session(access: Grant['access'], { mayDelete = false, name = bucket, prefix = '' } = {}): Store {
  const policy = sessionPolicyFor([{ bucket, prefix: 'mine/', access, mayDelete }], { hasKms: false });
  return createS3Store({ client: trust.connect({ policy }).client, bucket: name, prefix });
}

describe('a session that is narrowed to one prefix', () => {
  it('reads and lists there', async () => {
    const store = session('read');

    expect(await readText(store, 'mine/a')).toBe('mine/a');
    expect(await store.head('mine/a')).toMatchObject({ sizeBytes: 6 });
    expect(await keysOf(session('read', { prefix: 'mine/' }))).toContain('a');
  });

  it('writes there when it may, in one piece and in parts', async () => {
    const store = session('write');

    await write(store, 'mine/whole', 'whole');
    const upload = await store.beginUpload({ key: 'mine/parts', sizeBytes: 5, properties: NO_PROPERTIES });
    await uploadPart(store, upload, 1, Buffer.from('parts'));
    await store.commit(upload, await store.listParts(upload), { crc64: crc64(Buffer.from('parts')) });

    expect(await readText(session('read'), 'mine/whole')).toBe('whole');
    expect(await readText(session('read'), 'mine/parts')).toBe('parts');
  });

  it('deletes there when it may', async () => {
    await write(session('write'), 'mine/short-lived', 'x');

    await session('write', { mayDelete: true }).delete('mine/short-lived');

    expect(await session('read').head('mine/short-lived')).toBeUndefined();
  });

  it('is of no use for a prefix with a star, since radosgw 16.2 does not know how IAM escapes one, but opens no other', async () => {
    const policy = sessionPolicyFor([{ bucket, prefix: 'm*/', access: 'write' }], { hasKms: false });
    const store = createS3Store({ client: trust.connect({ policy }).client, bucket, prefix: '' });

    const failures = await Promise.all([write(store, 'm*/new', 'x'), readText(store, 'mine/a')].map(failureOf));

    expect(failures.map(({ code }) => code)).toEqual(['permission-denied', 'permission-denied']);
  });

  it.each([
    ['read under another prefix', () => readText(session('read'), 'theirs/b')],
    ['read from another bucket', () => readText(session('read', { name: otherBucket }), 'mine/c')],
    ['list another prefix', () => keysOf(session('read', { prefix: 'theirs/' }))],
    ['list the whole bucket', () => keysOf(session('read'))],
    ['list another bucket', () => keysOf(session('read', { name: otherBucket }))],
    ['write when it may only read', () => write(session('read'), 'mine/a', 'x')],
    [
      'begin an upload when it may only read',
      () => session('read').beginUpload({ key: 'mine/a', sizeBytes: 1, properties: NO_PROPERTIES }),
    ],
    ['write under another prefix', () => write(session('write'), 'theirs/b', 'x')],
    ['write to another bucket', () => write(session('write', { name: otherBucket }), 'mine/c', 'x')],
    ['delete unless that was asked for', () => session('write').delete('mine/a')],
  ])('cannot %s', async (_, attempt) => {
    await expect(attempt()).rejects.toMatchObject({ name: 'StoreError', code: 'permission-denied' });
  });
});
