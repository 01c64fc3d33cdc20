import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendSigned } from '../support/raw-request.ts';
import { startTestAws, type TestAws } from '../support/setup.ts';

let test: TestAws;
beforeAll(async () => {
  test = await startTestAws();
});
afterAll(() => test.stop());

async function put(input: Partial<PutObjectCommandInput> = {}): Promise<{ Bucket: string; Key: string; ETag: string }> {
  const target = { Bucket: test.newBucket(), Key: 'key' };
  const { ETag = '' } = await test.client().send(new PutObjectCommand({ ...target, Body: 'hello world', ...input }));
  return { ...target, ETag };
}

async function read(target: { Bucket: string; Key: string }, more: object = {}): Promise<string | undefined> {
  const { Body } = await test.client().send(new GetObjectCommand({ Bucket: target.Bucket, Key: target.Key, ...more }));
  return await Body?.transformToString();
}

describe('an object in S3', () => {
  it('is read as it was written, with MD5 as its ETag', async () => {
    const target = await put();

    expect(target.ETag).toBe('"5eb63bbbe01eeed093cb22bb8f5acdc3"');
    expect(await read(target)).toBe('hello world');
  });

  it('may be empty', async () => {
    const target = await put({ Body: new Uint8Array() });

    expect(await read(target)).toBe('');
  });

  it('keeps content headers, user metadata, tags and storage class', async () => {
    const attributes = {
      ContentType: 'text/csv',
      CacheControl: 'max-age=60',
      ContentEncoding: 'gzip',
      ContentDisposition: 'attachment; filename="a.csv"',
      ContentLanguage: 'de',
      Metadata: { 'source-etag': '"0x8D"', under_score: 'x' },
      StorageClass: 'STANDARD_IA',
    } as const;
    const { Bucket, Key } = await put({ ...attributes, Tagging: 'a=1&b=2' });

    const head = await test.client().send(new HeadObjectCommand({ Bucket, Key }));

    expect(head).toMatchObject({ ...attributes, TagCount: 2, ContentLength: 11 });
  });

  it('tells the KMS key that it was to be encrypted with, and its ETag is no MD5 then', async () => {
    const encryption = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'alias/ours', BucketKeyEnabled: true } as const;

    const { Bucket, Key, ETag } = await put(encryption);

    expect(await test.client().send(new HeadObjectCommand({ Bucket, Key }))).toMatchObject(encryption);
    expect(ETag).not.toBe('"5eb63bbbe01eeed093cb22bb8f5acdc3"');
  });

  it.each([
    { ServerSideEncryption: 'aws:fsx' as const },
    { ServerSideEncryption: 'AES256' as const, SSEKMSKeyId: 'alias/ours' },
    { BucketKeyEnabled: true },
  ])('refuses the encryption %j', async (encryption) => {
    await expect(put(encryption)).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
  });

  it('gets the content type that S3 gives to an object without one', async () => {
    const Bucket = test.newBucket();

    await sendSigned(test, { method: 'PUT', path: `/${Bucket}/key`, headers: { 'content-length': '0' } });

    const head = await test.client().send(new HeadObjectCommand({ Bucket, Key: 'key' }));
    expect(head.ContentType).toBe('binary/octet-stream');
  });

  it.each([
    ['bytes=0-0', 'h', 'bytes 0-0/11'],
    ['bytes=6-', 'world', 'bytes 6-10/11'],
    ['bytes=-5', 'world', 'bytes 6-10/11'],
    ['bytes=-100', 'hello world', 'bytes 0-10/11'],
    ['bytes=4-100', 'o world', 'bytes 4-10/11'],
  ])('answers the range %s', async (Range, text, contentRange) => {
    const { Bucket, Key } = await put();

    const got = await test.client().send(new GetObjectCommand({ Bucket, Key, Range }));

    expect(got).toMatchObject({ ContentRange: contentRange, ContentLength: text.length, $metadata: { httpStatusCode: 206 } });
    expect(await got.Body?.transformToString()).toBe(text);
  });

  it.each(['bytes=11-', 'bytes=-0'])('refuses the range %s, which is behind the end', async (Range) => {
    const target = await put();

    await expect(read(target, { Range })).rejects.toMatchObject({ name: 'InvalidRange' });
  });

  it('refuses to read an archived object, and still shows its head', async () => {
    const { Bucket, Key } = await put({ StorageClass: 'GLACIER' });

    await expect(read({ Bucket, Key })).rejects.toMatchObject({ name: 'InvalidObjectState', StorageClass: 'GLACIER' });
    expect((await test.client().send(new HeadObjectCommand({ Bucket, Key }))).StorageClass).toBe('GLACIER');
  });

  it('is told apart from a missing one', async () => {
    const target = { Bucket: test.newBucket(), Key: 'missing' };

    await expect(read(target)).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(test.client().send(new HeadObjectCommand(target))).rejects.toMatchObject({ name: 'NotFound' });
    await expect(read({ Bucket: 'no-such-bucket', Key: 'key' })).rejects.toMatchObject({ name: 'NoSuchBucket' });
  });

  it('stays readable to the end for whoever began before it was replaced', async () => {
    const { Bucket, Key } = await put({ Body: Buffer.alloc(4_000_000, 'a') });
    const { Body } = await test.client().send(new GetObjectCommand({ Bucket, Key }));

    await test.client().send(new PutObjectCommand({ Bucket, Key, Body: 'new' }));

    expect(Buffer.from((await Body?.transformToByteArray()) ?? [])).toEqual(Buffer.alloc(4_000_000, 'a'));
    expect(await read({ Bucket, Key })).toBe('new');
  });

  it('is not stored when its body is cut short', async () => {
    const Bucket = test.newBucket();
    const headers = { 'content-length': '1000' };

    const sent = sendSigned(test, { method: 'PUT', path: `/${Bucket}/key`, headers, body: 'only this', isCutShort: true });

    await expect(sent).rejects.toThrow();
    await expect(read({ Bucket, Key: 'key' })).rejects.toMatchObject({ name: 'NoSuchKey' });
  });
});

describe('a conditional request', () => {
  const past = new Date('2020-01-01T00:00:00Z');
  const future = new Date('2099-01-01T00:00:00Z');

  it.each([
    ['IfMatch of this version', (etag: string) => ({ IfMatch: etag }), 'hello world'],
    ['IfMatch of another version', () => ({ IfMatch: '"other"' }), 'PreconditionFailed'],
    ['IfNoneMatch of this version', (etag: string) => ({ IfNoneMatch: etag }), '304'],
    ['IfNoneMatch of another version', () => ({ IfNoneMatch: '"other"' }), 'hello world'],
    ['IfModifiedSince a time before', () => ({ IfModifiedSince: past }), 'hello world'],
    ['IfModifiedSince a time after', () => ({ IfModifiedSince: future }), '304'],
    ['IfUnmodifiedSince a time before', () => ({ IfUnmodifiedSince: past }), 'PreconditionFailed'],
    ['IfUnmodifiedSince a time after', () => ({ IfUnmodifiedSince: future }), 'hello world'],
    ['IfMatch, which outweighs IfUnmodifiedSince', (etag: string) => ({ IfMatch: etag, IfUnmodifiedSince: past }), 'hello world'],
  ])('reads with %s', async (_name, condition, outcome) => {
    const target = await put();

    const result = await read(target, condition(target.ETag)).catch((error) => error);

    expect([result, result.name, String(result.$metadata?.httpStatusCode)]).toContain(outcome);
  });

  it('creates only where nothing is', async () => {
    const { Bucket, Key } = await put();
    const create = { Bucket, Body: 'new', IfNoneMatch: '*' };

    await expect(test.client().send(new PutObjectCommand({ ...create, Key }))).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await test.client().send(new PutObjectCommand({ ...create, Key: 'other' }));

    expect(await read({ Bucket, Key })).toBe('hello world');
    expect(await read({ Bucket, Key: 'other' })).toBe('new');
  });

  it('lets exactly one of two racing creators win', async () => {
    const create = { Bucket: test.newBucket(), Key: 'key', IfNoneMatch: '*' };
    const client = test.client();

    const outcomes = await Promise.allSettled(['one', 'two'].map((Body) => client.send(new PutObjectCommand({ ...create, Body }))));

    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('replaces only the version it names', async () => {
    const { Bucket, Key, ETag } = await put();
    const replace = (IfMatch: string, key = Key) => test.client().send(new PutObjectCommand({ Bucket, Key: key, Body: 'new', IfMatch }));

    await expect(replace('"other"')).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await expect(replace(ETag, 'missing')).rejects.toMatchObject({ name: 'NoSuchKey' });
    expect(await read({ Bucket, Key })).toBe('hello world');

    await replace(ETag);
    expect(await read({ Bucket, Key })).toBe('new');
  });

  it('deletes only the version it names', async () => {
    const { Bucket, Key, ETag } = await put();
    const remove = (IfMatch: string) => test.client().send(new DeleteObjectCommand({ Bucket, Key, IfMatch }));

    await expect(remove('"other"')).rejects.toMatchObject({ name: 'PreconditionFailed' });
    expect(await read({ Bucket, Key })).toBe('hello world');

    await remove(ETag);
    await expect(read({ Bucket, Key })).rejects.toMatchObject({ name: 'NoSuchKey' });
  });
});

describe('deleting', () => {
  it('succeeds for a missing object', async () => {
    const deleted = await test.client().send(new DeleteObjectCommand({ Bucket: test.newBucket(), Key: 'missing' }));

    expect(deleted.$metadata.httpStatusCode).toBe(204);
  });

  it('takes a thousand odd keys at once, and says what became of each', async () => {
    const { Bucket, Key } = await put();
    const odd = Array.from({ length: 999 }, (_, index) => ({ Key: `&&&<'">\u0001 ${index}` }));

    const { Deleted, Errors } = await test
      .client()
      .send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [...odd, { Key, ETag: '"other"' }] } }));

    expect(Deleted?.map((one) => ({ Key: one.Key }))).toEqual(odd);
    expect(Errors).toMatchObject([{ Key, Code: 'PreconditionFailed' }]);
    expect(await read({ Bucket, Key })).toBe('hello world');
  });
});
