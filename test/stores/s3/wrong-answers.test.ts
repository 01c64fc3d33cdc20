import { afterEach, describe, expect, it } from 'vitest';
import { createS3Leftovers } from '../../../src/stores/s3/listing/s3-leftovers.ts';
import { createS3Client } from '../../../src/stores/s3/s3-client.ts';
import { createS3Store } from '../../../src/stores/s3/s3-store.ts';
import { crc64 } from '../../../src/sync/store/crc64.ts';
import { failureOf, keysOf, NO_PROPERTIES, readText, write } from '../../contract/suite/objects.ts';
import { type Answer, type AnsweringServer, startAnsweringServer } from '../../support/servers/answering-server.ts';

let server: AnsweringServer | undefined;
afterEach(() => server?.stop());

async function clientWith(answer: Parameters<typeof startAnsweringServer>[0]) {
  server = await startAnsweringServer(answer);
  return createS3Client({
    ...{ region: 'us-east-1', endpoint: server.url, forcePathStyle: true, maxAttempts: 1, checksums: 'when-supported' },
    credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
  });
}

/** A store of which each request gets the next of these answers, and then the last one again. */
async function storeWith(...answers: readonly Answer[]) {
  const client = await clientWith((_, count) => answers[Math.min(count, answers.length) - 1] ?? {});
  return createS3Store({ client, bucket: 'bucket', prefix: '' });
}

const UPLOAD = { id: 'id', key: 'a', sizeBytes: 1, properties: NO_PROPERTIES };

const contents = (keys: readonly string[]) =>
  keys
    .map(
      (key) => `<Contents><Key>${key}</Key><Size>0</Size><ETag>"1"</ETag><LastModified>2026-07-01T00:00:00.000Z</LastModified></Contents>`,
    )
    .join('');
const page = (keys: readonly string[], end = '<IsTruncated>false</IsTruncated>') =>
  `<?xml version="1.0"?><ListBucketResult>${end}<EncodingType>url</EncodingType>${contents(keys)}</ListBucketResult>`;
const more = (token: string) => `<IsTruncated>true</IsTruncated><NextContinuationToken>${token}</NextContinuationToken>`;

describe('a listing of S3 that is not complete', () => {
  it.each<[string, string]>([
    ['an empty body', ''],
    ['a page without IsTruncated', page(['a'], '')],
    ['a truncated page without a token', page(['a'], '<IsTruncated>true</IsTruncated>')],
    ['a page that ends in the middle', page(['a', 'b']).slice(0, 150)],
    ['a page of something else', '<html><body>Sign in</body></html>'],
  ])('is requested again, and fails in the end: %s', async (_, body) => {
    const failure = await failureOf(keysOf(await storeWith({ body })));

    expect(failure).toMatchObject({ code: 'unavailable', isWholeStore: true });
    expect(failure.message).toContain('s3://bucket/ is not complete: a page of it was cut short, 4 times');
    expect(failure.message).not.toContain('Sign in');
    expect(server?.requests).toHaveLength(4);
  });

  it('is complete once the page comes whole', async () => {
    expect(await keysOf(await storeWith({ body: page(['a'], more('t')) }, { body: '' }, { body: page(['b']) }))).toEqual(['a', 'b']);
  });

  it('fails where the token does not move, and where empty pages do not end', async () => {
    const still = await failureOf(keysOf(await storeWith({ body: page(['a'], more('t')) })));
    await server?.stop();
    const client = await clientWith((_, count) => ({ body: page([], more(`t${count}`)) }));
    const endless = await failureOf(keysOf(createS3Store({ client, bucket: 'bucket', prefix: '' })));

    expect(still).toMatchObject({ code: 'rejected', isWholeStore: true, message: expect.stringContaining('begin where this one does') });
    expect(endless).toMatchObject({
      code: 'rejected',
      isWholeStore: true,
      message: expect.stringContaining('1000 pages without an entry'),
    });
  });

  it('fails for 300,000 entries in a page, and for keys without the prefix', async () => {
    const many = await failureOf(
      keysOf(await storeWith({ body: page(Array.from({ length: 300_000 }, (_, n) => String(n).padStart(6, '0'))) })),
    );
    await server?.stop();
    const client = await clientWith(() => ({ body: page(['other']) }));
    const foreign = await failureOf(keysOf(createS3Store({ client, bucket: 'bucket', prefix: 'logs/' })));

    expect(many).toMatchObject({ code: 'rejected', message: expect.stringContaining('more than 16777216 bytes') });
    expect(foreign).toMatchObject({ code: 'rejected', message: expect.stringContaining('does not begin with the prefix') });
  });

  it('is that of the parts of an upload, too, which fails that object alone', async () => {
    const cut = await failureOf((await storeWith({ body: '' })).listParts(UPLOAD));
    await server?.stop();
    const body = '<ListPartsResult><IsTruncated>true</IsTruncated></ListPartsResult>';
    const still = await failureOf((await storeWith({ body })).listParts(UPLOAD));

    expect(cut).toMatchObject({ code: 'unavailable', isWholeStore: false });
    expect(still).toMatchObject({ code: 'rejected', isWholeStore: false });
  });

  it('is that of the uploads that are under way, too', async () => {
    const leftoversWith = async (body: string) => {
      const client = await clientWith(() => ({ body }));
      const failure = await failureOf(Array.fromAsync(createS3Leftovers({ client, bucket: 'bucket', prefix: '' }).list()));
      await server?.stop();
      return failure.code;
    };

    expect(await leftoversWith('')).toBe('unavailable');
    expect(await leftoversWith('<ListMultipartUploadsResult><IsTruncated>true</IsTruncated></ListMultipartUploadsResult>')).toBe(
      'unavailable',
    );
  });
});

describe('an answer of S3 that lacks what each has', () => {
  it.each<[string, Answer]>([
    ['no Content-Length', { headers: { etag: '"1"', 'last-modified': 'Wed, 01 Jul 2026 00:00:00 GMT', 'transfer-encoding': 'chunked' } }],
    ['no ETag', { headers: { 'last-modified': 'Wed, 01 Jul 2026 00:00:00 GMT' } }],
    ['no Last-Modified', { headers: { etag: '"1"' } }],
  ])('fails that object alone: %s', async (_, answer) => {
    const failure = await failureOf((await storeWith(answer)).head('a'));

    expect(failure).toMatchObject({
      code: 'rejected',
      isWholeStore: false,
      message: expect.stringContaining("The service's answer lacks"),
    });
  });

  it('fails a write and a part alone', async () => {
    const store = await storeWith({});

    expect(await failureOf(write(store, 'a', 'x'))).toMatchObject({ isWholeStore: false });
    expect(await failureOf(store.uploadPart(UPLOAD, 1, Buffer.from('x'), { crc64: crc64(Buffer.from('x')) }))).toBeDefined();
  });
});

describe('a bucket in another region', () => {
  it.each<[string, Answer]>([
    ['301', { status: 301, headers: { 'x-amz-bucket-region': 'eu-west-3' } }],
    ['307', { status: 307, headers: { 'x-amz-bucket-region': 'eu-west-3', location: 'https://bucket.s3.eu-west-3.amazonaws.com/' } }],
    ['400', { status: 400, headers: { 'x-amz-bucket-region': 'eu-west-3' } }],
  ])('ends the run, and is named with the setting: %s without a body', async (_, answer) => {
    const store = await storeWith(answer);

    const failures = await Promise.all([store.head('a'), readText(store, 'a'), write(store, 'a', 'x'), keysOf(store)].map(failureOf));

    for (const { code, isWholeStore, message } of failures) {
      expect({ code, isWholeStore }).toEqual({ code: 'rejected', isWholeStore: true });
      expect(message).toContain('the bucket is in the region eu-west-3. Set AWS_REGION to eu-west-3');
    }
  });
});

describe('a refusal of S3 without a reason', () => {
  it.each([400, 403, 405])('says so, and what to check: %s', async (status) => {
    const { message } = await failureOf((await storeWith({ status })).head('a'));

    expect(message).toContain(`(${status})`);
    expect(message).toContain('the service gave no reason');
    expect(message).not.toContain('Unknown');
  });

  it('holds no page of a proxy', async () => {
    const { message } = await failureOf(readText(await storeWith({ status: 403, body: '<html><body>Blocked</body></html>' }), 'a'));

    expect(message).not.toContain('Blocked');
  });
});
