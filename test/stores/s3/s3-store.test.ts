import { HeadObjectCommand, ListMultipartUploadsCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checksumsIn, md5OfEtag } from '../../../src/stores/s3/s3-checksums.ts';
import { createS3Client } from '../../../src/stores/s3/s3-client.ts';
import { fromS3Headers } from '../../../src/stores/s3/s3-properties.ts';
import { createS3Store } from '../../../src/stores/s3/s3-store.ts';
import { crc64 } from '../../../src/sync/store/crc64.ts';
import { startS3Server } from '../../contract/servers/s3-server.ts';
import {
  entriesOf,
  failureOf,
  keysOf,
  NO_PROPERTIES,
  piecesOf,
  readText,
  someBytes,
  uploadPart,
  write,
} from '../../contract/suite/objects.ts';

const TRUST_ANY = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRoleWithWebIdentity', Principal: '*' }] };
const ALLOW_S3 = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] };
const PART_BYTES = 5 * 1024 * 1024;

let server: Awaited<ReturnType<typeof startS3Server>>;
let client: S3Client;
let bucket: string;

beforeAll(async () => {
  server = await startS3Server();
  client = server.clientFor();
});
afterAll(() => server.stop());
beforeEach(() => {
  bucket = server.createBucket();
});

const store = () => createS3Store({ client, bucket, prefix: '' });
const openUploads = async () => (await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }))).Uploads ?? [];
const requestFor = (sizeBytes: number) => ({ key: 'a', sizeBytes, properties: NO_PROPERTIES });

/** The store with credentials that can be renewed. */
function openRenewable() {
  const { aws } = server;
  const roleArn = aws.createRole({ name: 'short', trustPolicy: TRUST_ANY, policies: [ALLOW_S3] });
  const issued = () => aws.issueSession({ roleArn, expiresInSeconds: 3_600 });
  let session = issued();
  let renewals = 0;
  const credentials = async (options?: { forceRefresh?: boolean }) => {
    if (options?.forceRefresh) {
      renewals++;
      session = issued();
    }
    return session;
  };
  const shortLived = createS3Client({
    region: aws.region,
    endpoint: aws.url,
    forcePathStyle: true,
    checksums: 'when-supported',
    credentials: Object.assign(credentials, { memoized: true }),
  });
  return {
    target: createS3Store({ client: shortLived, bucket, prefix: '' }),
    renewals: () => renewals,
    close() {
      shortLived.destroy();
      client = server.clientFor();
    },
  };
}

describe('a store on S3', () => {
  it('writes with the KMS key that it is given, in one piece and in parts', async () => {
    const encrypted = createS3Store({ client, bucket, prefix: '', encryption: { kmsKeyId: 'alias/ours', bucketKey: true } });
    await write(encrypted, 'whole', 'x');
    const upload = await encrypted.beginUpload({ ...requestFor(1), key: 'in parts' });
    await encrypted.commit(upload, [await uploadPart(encrypted, upload, 1, Buffer.from('x'))], { crc64: crc64(Buffer.from('x')) });

    const heads = await Promise.all(['whole', 'in parts'].map((Key) => client.send(new HeadObjectCommand({ Bucket: bucket, Key }))));

    const expected = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'alias/ours', BucketKeyEnabled: true };
    expect(heads).toMatchObject([expected, expected]);
  });

  it('leaves encryption to the bucket unless it is told otherwise', async () => {
    await write(store(), 'a', 'x');
    server.aws.configureBucket(bucket, { encryption: 'aws:kms' });
    await write(store(), 'b', 'x');

    const heads = await Promise.all(['a', 'b'].map((Key) => client.send(new HeadObjectCommand({ Bucket: bucket, Key }))));

    expect(heads.map((head) => head.ServerSideEncryption)).toEqual(['AES256', 'aws:kms']);
  });

  it('names its location and its objects as s3 URLs, in one line', async () => {
    const failure = await failureOf(createS3Store({ client, bucket, prefix: 'dir/' }).read('two\nlines'));

    expect(createS3Store({ client, bucket, prefix: 'dir/' }).url).toBe(`s3://${bucket}/dir/`);
    expect(failure.message).toContain(`s3://${bucket}/dir/two%0Alines (404 NoSuchKey)`);
  });

  it('knows an absent object from a refused one where listing is allowed by prefix only', async () => {
    await store().write('dir/there', Buffer.from('x'), { properties: NO_PROPERTIES, crc64: crc64(Buffer.from('x')) });
    const byPrefix = {
      Effect: 'Allow',
      Action: ['s3:ListBucket', 's3:PutObject'],
      Resource: '*',
      Condition: { StringLike: { 's3:prefix': 'dir/*' } },
    };
    const narrow = createS3Store({ client: server.clientFor({ statement: byPrefix }), bucket, prefix: 'dir/' });

    expect(await narrow.head('absent')).toBeUndefined();
    expect((await failureOf(narrow.read('absent'))).code).toBe('not-found');
    expect((await failureOf(narrow.head('there'))).code).toBe('permission-denied');
    expect((await failureOf(narrow.read('there'))).code).toBe('permission-denied');
  });

  it('asks once for new credentials when those at hand are revoked before their time', async () => {
    const { target, renewals, close } = openRenewable();
    await write(target, 'a', 'before');
    server.aws.expireSessions();

    await Promise.all(['b', 'c', 'd'].map((key) => write(target, key, 'after')));

    expect([renewals(), await keysOf(target)]).toEqual([1, ['a', 'b', 'c', 'd']]);
    close();
  });

  it('asks for new credentials for a stream, too, but leaves it to the caller to send it again', async () => {
    const { target, renewals, close } = openRenewable();
    const upload = await target.beginUpload(requestFor(4));
    const stream = () => target.uploadStreamedPart(upload, 1, piecesOf(Buffer.from('text')), { sizeBytes: 4 });
    server.aws.expireSessions();

    const failure = await failureOf(stream());
    const part = await stream();

    expect([failure.code, renewals()]).toEqual(['credentials-expired', 1]);
    expect(await target.listParts(upload)).toEqual([part]);
    close();
  });

  it.each(['', 'without-quotes-1'])('asks for the ETag when the answer to a commit says %j', async (answered) => {
    const odd = server.clientFor();
    odd.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          const result = await next(args);
          return commandName === 'CompleteMultipartUploadCommand' ? { ...result, output: { ...result.output, ETag: answered } } : result;
        },
      { step: 'initialize', name: 'answerOddly' },
    );
    const target = createS3Store({ client: odd, bucket, prefix: '' });
    const upload = await target.beginUpload(requestFor(4));

    const { etag } = await target.commit(upload, [await uploadPart(target, upload, 1, Buffer.from('text'))], {
      crc64: crc64(Buffer.from('text')),
    });

    expect(etag).toBe((await store().head('a'))?.etag);
  });

  it('gives no MD5 for an object that was uploaded in parts', async () => {
    const upload = await store().beginUpload(requestFor(4));
    await store().commit(upload, [await uploadPart(store(), upload, 1, Buffer.from('text'))], { crc64: crc64(Buffer.from('text')) });

    const [entry] = await entriesOf(store());

    expect(entry?.etag).toMatch(/-1"$/);
    expect(entry?.md5).toBeUndefined();
  });

  it('needs one request for an object that is there, and asks about the bucket only for one that is not', async () => {
    await write(store(), 'a', 'x');
    const before = new Map(server.aws.requestCounts);
    const counted = (operation: string) => (server.aws.requestCounts.get(operation) ?? 0) - (before.get(operation) ?? 0);

    await store().head('a');
    const listsForPresent = counted('ListObjectsV2');
    await store().head('b');

    expect([listsForPresent, counted('ListObjectsV2'), counted('HeadObject')]).toEqual([0, 1, 2]);
  });

  it('says credentials-expired for a session that has ended', async () => {
    const other = await startS3Server();
    const name = other.createBucket();
    const expired = createS3Store({ client: other.clientFor(), bucket: name, prefix: '' });
    other.aws.expireSessions();

    const failure = await failureOf(readText(expired, 'a'));
    await other.stop();

    expect(failure).toMatchObject({ code: 'credentials-expired', isWholeStore: false });
  });

  it('passes on what the credential provider says', async () => {
    const refusal = Object.assign(new Error('AWS does not trust the token. Correct the trust policy.'), {
      name: 'FederationError',
      isTransient: false,
    });
    const other = createS3Client({
      region: server.aws.region,
      credentials: () => Promise.reject(refusal),
      checksums: 'when-supported',
    });

    const failure = await failureOf(keysOf(createS3Store({ client: other, bucket, prefix: '' })));

    expect(failure).toMatchObject({ code: 'permission-denied', isWholeStore: true, message: refusal.message, cause: refusal });
  });
});

describe('an upload in parts to S3', () => {
  it('is refused, and stays open, when the whole does not have the promised checksum', async () => {
    const upload = await store().beginUpload(requestFor(4));
    const part = await uploadPart(store(), upload, 1, Buffer.from('text'));

    const failure = await failureOf(store().commit(upload, [part], { crc64: 1n }));

    expect(failure.code).toBe('checksum-mismatch');
    expect(await keysOf(store())).toEqual([]);
    expect(await store().listParts(upload)).toEqual([part]);
  });

  it('is refused when the size is not the promised one', async () => {
    const upload = await store().beginUpload(requestFor(5));
    const part = await uploadPart(store(), upload, 1, Buffer.from('text'));

    const failure = await failureOf(store().commit(upload, [part], { crc64: crc64(Buffer.from('text')) }));

    expect(failure.code).toBe('rejected');
    expect(await keysOf(store())).toEqual([]);
  });

  it('is refused when a part has another ETag, or one but the last is too small', async () => {
    const upload = await store().beginUpload(requestFor(8));
    const [first, second] = await Promise.all([1, 2].map((n) => uploadPart(store(), upload, n, Buffer.from('text'))));
    const whole = { crc64: crc64(Buffer.from('texttext')) };
    if (first === undefined || second === undefined) throw new Error('Two parts were uploaded.');

    const wrongTag = await failureOf(store().commit(upload, [first, { ...second, etag: `"${'0'.repeat(32)}"` }], whole));
    const tooSmall = await failureOf(store().commit(upload, [first, second], whole));

    expect(wrongTag.message).toContain('InvalidPart');
    expect(tooSmall.message).toContain('EntityTooSmall');
  });

  it('lists more parts than fit in one answer', async () => {
    const upload = await store().beginUpload(requestFor(1));
    for (let first = 1; first <= 1_050; first += 50) {
      await Promise.all(Array.from({ length: 50 }, (_, n) => uploadPart(store(), upload, first + n, Buffer.from('x'))));
    }

    const parts = await store().listParts(upload);
    const behind = await store().listParts(upload, { fromNumber: 40, toNumber: 1_045 });
    await store().abort(upload);

    expect(parts.map(({ number }) => number)).toEqual(Array.from({ length: 1_050 }, (_, n) => n + 1));
    expect(behind).toEqual(parts.slice(39, 1_045));
  });

  it('leaves no upload open when a stream fails or is stopped', async () => {
    const controller = new AbortController();
    const broken = (async function* () {
      yield someBytes(4 * PART_BYTES);
      throw new Error('The report broke off.');
    })();
    const stopped = (async function* () {
      yield someBytes(4 * PART_BYTES);
      controller.abort();
      yield someBytes(4 * PART_BYTES);
    })();

    await failureOf(store().writeStream('broken', broken, { contentType: 'text/csv' }));
    await failureOf(store().writeStream('stopped', stopped, { contentType: 'text/csv', signal: controller.signal }));

    expect(await openUploads()).toEqual([]);
    expect(await keysOf(store())).toEqual([]);
  });
});

describe('a store on a server that keeps no checksums', () => {
  const plain = () => createS3Store({ client: server.clientFor({ checksums: 'when-required' }), bucket, prefix: '' });

  it('writes and uploads with MD5, and says no more than that', async () => {
    const written = await write(plain(), 'whole', 'text');
    const upload = await plain().beginUpload(requestFor(4));
    const committed = await plain().commit(upload, [await uploadPart(plain(), upload, 1, Buffer.from('text'))], { crc64: 0n });

    expect([written.verified, committed.verified]).toEqual(['md5', 'md5']);
    expect([await readText(plain(), 'whole'), await readText(plain(), 'a')]).toEqual(['text', 'text']);
  });

  it('takes parts as streams, and lists no checksum of them', async () => {
    const upload = await plain().beginUpload(requestFor(4));

    const part = await plain().uploadStreamedPart(upload, 1, piecesOf(Buffer.from('te'), Buffer.from('xt')), { sizeBytes: 4 });
    const listed = await plain().listParts(upload);
    await plain().commit(upload, listed, { crc64: 0n });

    expect(part).toEqual({ number: 1, sizeBytes: 4, etag: expect.any(String) });
    expect(listed).toEqual([part]);
    expect(await readText(plain(), 'a')).toBe('text');
  });

  it('can read what others wrote without a checksum', async () => {
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: 'foreign', Body: 'text', ChecksumAlgorithm: 'SHA256' }));

    const read = await store().read('foreign');
    await Array.fromAsync(read.body);

    expect(read).toMatchObject({ md5: '1cb251ec0d568de6a929b520c4aed8d1' });
    expect(read.crc64).toBeUndefined();
  });
});

describe('what S3 says about content', () => {
  const etag = '"900150983cd24fb0d6963f7d28e17f72"';

  it('is an MD5 only in an ETag of one part', () => {
    expect(md5OfEtag(etag)).toBe('900150983cd24fb0d6963f7d28e17f72');
    expect(md5OfEtag('"900150983cd24fb0d6963f7d28e17f72-2"')).toBeUndefined();
  });

  it.each([
    [{}, true],
    [{ ServerSideEncryption: 'AES256' }, true],
    [{ ServerSideEncryption: 'aws:kms' }, false],
    [{ ServerSideEncryption: 'aws:kms:dsse' }, false],
    [{ SSECustomerAlgorithm: 'AES256' }, false],
  ])('is an MD5 with the encryption %j: %s', (encryption, isMd5) => {
    expect(checksumsIn({ ETag: etag, ...encryption }).md5 !== undefined).toBe(isMd5);
  });

  it.each([
    ['aws-chunked', undefined],
    ['gzip,aws-chunked', 'gzip'],
    ['gzip', 'gzip'],
    [undefined, undefined],
  ])('the encoding %s is of the content: %s', (stored, encoding) => {
    expect(fromS3Headers({ ContentEncoding: stored }).properties.contentEncoding).toBe(encoding);
  });
});

describe('keys that no S3 object can have', () => {
  it.each([
    ['', 'empty'],
    ['é'.repeat(513), 'longer than 1024 bytes'],
    ['a\udc00', 'not valid Unicode'],
    ['soap', 'for itself'],
  ])('refuses %j', (key, reason) => {
    expect(store().refuseKey(key)).toContain(reason);
  });

  it.each(['é'.repeat(512), 'a.', '/', '..', 'a\nb', 'dir/soap'])('takes %j', (key) => {
    expect(store().refuseKey(key)).toBeUndefined();
  });
});
