import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sendSigned } from '../support/raw-request.ts';
import { allow, startTestAws, type TestAws } from '../support/setup.ts';

let aheadMs = 0;
let test: TestAws;
beforeAll(async () => {
  test = await startTestAws({ clock: () => new Date(Date.now() + aheadMs) });
});
afterAll(() => test.stop());
beforeEach(() => {
  aheadMs = 0;
});

type Versioning = 'Enabled' | 'Suspended';

/** A key of a bucket that keeps versions, if it does. */
function newKey(versioning?: Versioning) {
  const target = { Bucket: test.newBucket(), Key: 'key' };
  const client = test.client();
  const setVersioning = (status: Versioning) => test.aws.configureBucket(target.Bucket, { versioning: status });
  if (versioning !== undefined) setVersioning(versioning);
  return {
    ...target,
    client,
    setVersioning,
    /** Each write is ten seconds after the one before. */
    async put(Body: string) {
      aheadMs += 10_000;
      return await client.send(new PutObjectCommand({ ...target, Body }));
    },
    remove: (more: object = {}) => client.send(new DeleteObjectCommand({ ...target, ...more })),
    head: (more: object = {}) => client.send(new HeadObjectCommand({ ...target, ...more })),
    async read(more: object = {}) {
      const { Body } = await client.send(new GetObjectCommand({ ...target, ...more }));
      return await Body?.transformToString();
    },
    async listed() {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: target.Bucket }));
      return Contents.map(({ ETag, LastModified }) => ({ ETag, LastModified }));
    },
    async versions() {
      const { Versions = [], DeleteMarkers = [] } = await client.send(new ListObjectVersionsCommand({ Bucket: target.Bucket }));
      return { ids: Versions.map((one) => one.VersionId), markers: DeleteMarkers.map((one) => one.VersionId) };
    },
  };
}

describe('a bucket without versions', () => {
  it('names none, and loses what is overwritten or deleted', async () => {
    const key = newKey();
    const put = await key.put('one');
    await key.put('two');

    expect(put.VersionId).toBeUndefined();
    expect((await key.head()).VersionId).toBeUndefined();
    expect(await key.versions()).toEqual({ ids: ['null'], markers: [] });

    const deleted = await key.remove();

    expect([deleted.VersionId, deleted.DeleteMarker]).toEqual([undefined, undefined]);
    expect(await key.versions()).toEqual({ ids: [], markers: [] });
  });
});

describe('a bucket that keeps versions', () => {
  it('keeps each write under an id of its own', async () => {
    const key = newKey('Enabled');
    const one = await key.put('one');
    const two = await key.put('two');

    expect(await key.read()).toBe('two');
    expect(await key.read({ VersionId: one.VersionId })).toBe('one');
    expect(await key.head()).toMatchObject({ VersionId: two.VersionId, ETag: two.ETag });
    expect(await key.versions()).toEqual({ ids: [two.VersionId, one.VersionId], markers: [] });
  });

  it('hides what is deleted below a delete marker', async () => {
    const key = newKey('Enabled');
    const one = await key.put('one');

    const deleted = await key.remove();

    expect(deleted).toMatchObject({ DeleteMarker: true, VersionId: expect.any(String) });
    expect(deleted.VersionId).not.toBe(one.VersionId);
    expect(await key.listed()).toEqual([]);
    expect(await key.read({ VersionId: one.VersionId })).toBe('one');
    expect(await key.versions()).toEqual({ ids: [one.VersionId], markers: [deleted.VersionId] });
  });

  it('says that there is a delete marker, by 404 and, where it is asked for, by 405', async () => {
    const key = newKey('Enabled');
    await key.put('one');
    const { VersionId } = await key.remove();
    const marker = { 'x-amz-delete-marker': 'true', 'x-amz-version-id': VersionId };

    const get = await sendSigned(test, { method: 'GET', path: `/${key.Bucket}/key` });
    const head = await sendSigned(test, { method: 'HEAD', path: `/${key.Bucket}/key` });
    const named = await sendSigned(test, { method: 'GET', path: `/${key.Bucket}/key?versionId=${VersionId}` });

    expect([get.status, head.status, named.status]).toEqual([404, 404, 405]);
    expect(get.headers).toMatchObject(marker);
    expect(head.headers).toMatchObject(marker);
    expect(named.headers).toMatchObject({ ...marker, 'last-modified': expect.any(String) });
    expect(head.text).toBe('');
  });

  it('shows the version before, with its old date, when the latest is taken away', async () => {
    const key = newKey('Enabled');
    await key.put('one');
    const before = await key.listed();
    const { VersionId } = await key.put('two');

    const removed = await key.remove({ VersionId });

    expect(removed).toMatchObject({ VersionId });
    expect(removed.DeleteMarker).toBeUndefined();
    expect(await key.listed()).toEqual(before);
    expect(await key.read()).toBe('one');
  });

  it('shows the object again when its delete marker is taken away', async () => {
    const key = newKey('Enabled');
    await key.put('one');
    const before = await key.listed();
    const { VersionId } = await key.remove();

    const removed = await key.remove({ VersionId });

    expect(removed).toMatchObject({ VersionId, DeleteMarker: true });
    expect(await key.listed()).toEqual(before);
  });

  it('checks If-Match against the latest version only, and writes no marker when it does not hold', async () => {
    const key = newKey('Enabled');
    const one = await key.put('one');
    const two = await key.put('two');

    await expect(key.remove({ IfMatch: one.ETag })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    expect(await key.read()).toBe('two');

    expect(await key.remove({ IfMatch: two.ETag })).toMatchObject({ DeleteMarker: true });
    await expect(key.remove({ IfMatch: two.ETag })).rejects.toMatchObject({ name: 'NoSuchKey' });
    await key.client.send(new PutObjectCommand({ Bucket: key.Bucket, Key: key.Key, Body: 'three', IfNoneMatch: '*' }));
    expect(await key.read()).toBe('three');
  });

  it('deletes many as it deletes one', async () => {
    const key = newKey('Enabled');
    const { VersionId } = await key.put('one');
    const remove = (more: object) =>
      key.client.send(new DeleteObjectsCommand({ Bucket: key.Bucket, Delete: { Objects: [{ Key: key.Key, ...more }] } }));

    const hidden = await remove({});
    const gone = await remove({ VersionId });

    expect(hidden.Deleted).toMatchObject([{ Key: 'key', DeleteMarker: true, DeleteMarkerVersionId: expect.any(String) }]);
    expect(gone.Deleted).toEqual([{ Key: 'key', VersionId }]);
    expect((await key.versions()).ids).toEqual([]);
  });

  it('copies a version that is named', async () => {
    const key = newKey('Enabled');
    const one = await key.put('one');
    await key.put('two');

    const copied = await key.client.send(
      new CopyObjectCommand({ Bucket: key.Bucket, Key: key.Key, CopySource: `${key.Bucket}/key?versionId=${one.VersionId}` }),
    );

    expect(copied.VersionId).not.toBe(one.VersionId);
    expect(await key.read()).toBe('one');
    expect((await key.versions()).ids).toHaveLength(3);
  });

  it('wants permissions of their own for versions', async () => {
    const key = newKey('Enabled');
    const { VersionId } = await key.put('one');
    const client = test.clientOf([allow(['s3:GetObject', 's3:DeleteObject', 's3:ListBucket'], '*')]);
    const target = { Bucket: key.Bucket, Key: key.Key, VersionId };
    const denied = { $metadata: { httpStatusCode: 403 } };

    await expect(client.send(new GetObjectCommand(target))).rejects.toMatchObject(denied);
    await expect(client.send(new DeleteObjectCommand(target))).rejects.toMatchObject(denied);
    await expect(client.send(new ListObjectVersionsCommand({ Bucket: key.Bucket }))).rejects.toMatchObject(denied);
    expect(await key.read()).toBe('one');
  });
});

describe('a bucket that no longer keeps versions', () => {
  it('replaces the null version, and keeps those that have an id', async () => {
    const key = newKey();
    await key.put('before');
    key.setVersioning('Enabled');
    const kept = await key.put('kept');
    key.setVersioning('Suspended');
    const put = await key.put('null again');

    expect(put.VersionId).toBeUndefined();
    expect((await key.head()).VersionId).toBe('null');
    expect(await key.versions()).toEqual({ ids: ['null', kept.VersionId], markers: [] });
    expect(await key.read({ VersionId: 'null' })).toBe('null again');
  });

  it('loses the null version for good when it is deleted, below a marker that is called null', async () => {
    const key = newKey('Suspended');
    await key.put('one');

    const deleted = await key.remove();

    expect(deleted).toMatchObject({ DeleteMarker: true, VersionId: 'null' });
    expect(await key.versions()).toEqual({ ids: [], markers: ['null'] });
    await expect(key.read({ VersionId: 'null' })).rejects.toMatchObject({ $metadata: { httpStatusCode: 405 } });
  });

  it('keeps a version that has an id below that marker', async () => {
    const key = newKey('Enabled');
    const { VersionId } = await key.put('kept');
    key.setVersioning('Suspended');

    expect(await key.remove()).toMatchObject({ DeleteMarker: true, VersionId: 'null' });
    expect(await key.read({ VersionId })).toBe('kept');
  });
});

describe('versioning', () => {
  it('is set and read by the API', async () => {
    const Bucket = test.newBucket();
    const client = test.client();
    const read = async () => (await client.send(new GetBucketVersioningCommand({ Bucket }))).Status;

    const before = await read();
    await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));

    expect([before, await read()]).toEqual([undefined, 'Enabled']);
  });
});
