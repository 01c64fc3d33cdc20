import { afterEach, describe, expect, it } from 'vitest';
import { createS3Client } from '../../../src/stores/s3/s3-client.ts';
import { createS3Store } from '../../../src/stores/s3/s3-store.ts';
import { entriesOf, failureOf, keysOf, NO_PROPERTIES, write } from '../../contract/suite/objects.ts';
import { type Answer, type AnsweringServer, startAnsweringServer } from '../../support/servers/answering-server.ts';

let server: AnsweringServer | undefined;
afterEach(() => server?.stop());

type Respond = Parameters<typeof startAnsweringServer>[0];

/** The store of a server that is compatible with S3, more or less. */
async function storeOn(answer: Respond) {
  server = await startAnsweringServer(answer);
  const client = createS3Client({
    ...{ region: 'us-east-1', endpoint: server.url, forcePathStyle: true, maxAttempts: 1, checksums: 'when-required' },
    credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
  });
  return createS3Store({ client, bucket: 'bucket', prefix: '' });
}

const object = (key: string, etag = '"1"') =>
  `<Contents><Key>${key}</Key><Size>1</Size><ETag>${etag}</ETag><LastModified>2026-07-01T00:00:00.000Z</LastModified></Contents>`;
const page = (contents: string, encoding = '<EncodingType>url</EncodingType>'): Answer => ({
  body: `<ListBucketResult><IsTruncated>false</IsTruncated>${encoding}${contents}</ListBucketResult>`,
});
const found = (headers: Readonly<Record<string, string>> = {}): Answer => ({
  headers: { etag: '"1"', 'last-modified': 'Wed, 01 Jul 2026 00:00:00 GMT', 'content-length': '1', ...headers },
  body: 'x',
});
const NOT_FOUND: Answer = { status: 404 };
const refusal = (code: string): Answer => ({ status: 400, body: `<Error><Code>${code}</Code><Message>No.</Message></Error>` });

describe('a listing of a server that does not encode keys although it is asked to', () => {
  it.each(['a+b.txt', '100%.txt', 'a%20b', 'a%2Fb', 'plain'])('has them as they are: %s', async (key) => {
    expect(await keysOf(await storeOn(() => page(object(key), '')))).toEqual([key]);
  });

  it('is asked in the same way for one object', async () => {
    const store = await storeOn(({ method }) => (method === 'HEAD' ? { status: 403 } : page(object('a+b'), '')));

    expect(await failureOf(store.head('a+b'))).toMatchObject({ code: 'permission-denied' });
  });
});

it('leaves out what a server lists before the start that it does not know', async () => {
  const store = await storeOn(() => page(['a', 'b', 'c'].map((key) => object(key)).join('')));

  expect(await keysOf(store, { startAfter: 'a', endBefore: 'c' })).toEqual(['b']);
});

describe('ETags that come without their quotes', () => {
  it.each<[string, string, string]>([
    ['in the listing', 'abc', '"abc"'],
    ['in headers', '"abc"', 'abc'],
    ['everywhere', 'abc', 'abc'],
  ])('are the same tags: %s', async (_, listed, etag) => {
    const store = await storeOn(({ url = '' }) => (url.includes('list-type') ? page(object('a', listed)) : found({ etag })));

    const [entry] = await entriesOf(store);
    const head = await store.head('a');
    const read = await store.read('a', { ifMatch: entry?.etag ?? '' });
    await read.body[Symbol.asyncIterator]().return?.();
    const written = await write(store, 'a', 'x');

    expect([entry?.etag, head?.etag, read.etag, written.etag]).toEqual(Array(4).fill('"abc"'));
  });
});

describe('an object that a server lists and says is not there', () => {
  it('is not taken for absent, and fails alone', async () => {
    const store = await storeOn(({ method }) => (method === 'HEAD' ? NOT_FOUND : page(object('a'))));

    const failure = await failureOf(store.head('a'));

    expect(failure).toMatchObject({ code: 'rejected', isWholeStore: false });
    expect(failure.message).toContain('lists s3://bucket/a, and answers that there is no such object');
  });

  it('is there where it was written in between', async () => {
    const store = await storeOn(({ method }, count) => (method === 'HEAD' ? (count === 1 ? NOT_FOUND : found()) : page(object('a'))));

    expect((await store.head('a'))?.etag).toBe('"1"');
  });
});

describe('a HEAD that is refused without a reason', () => {
  it('has that of the listing, such as an expired session', async () => {
    const store = await storeOn(({ method }) => (method === 'HEAD' ? { status: 400 } : refusal('ExpiredToken')));

    expect(await failureOf(store.head('a'))).toMatchObject({ code: 'credentials-expired' });
  });

  it('is that of one object where the listing is well, such as one with a key of the customer', async () => {
    const store = await storeOn(({ method }) => (method === 'HEAD' ? { status: 400 } : page(object('a'))));

    expect(await failureOf(store.head('a'))).toMatchObject({ code: 'rejected', isWholeStore: false });
  });
});

describe('the answer to a commit without an ETag', () => {
  const upload = { id: 'id', key: 'a', sizeBytes: 1, properties: NO_PROPERTIES, provenance: { sourceEtag: '"s2"' } };
  const commitOver = async (there: Readonly<Record<string, string>>) => {
    const store = await storeOn(({ method }) => (method === 'HEAD' ? found(there) : { body: '<CompleteMultipartUploadResult/>' }));
    return store.commit(upload, [{ number: 1, sizeBytes: 1, etag: '"p"' }], { crc64: 0n });
  };

  it('counts where the object is what was uploaded', async () => {
    expect((await commitOver({ 'x-amz-meta-source-etag': '"s2"', etag: '"new"' })).etag).toBe('"new"');
  });

  it.each([
    ['the copy of another version', { 'x-amz-meta-source-etag': '"s1"' }],
    ['an object of somebody else', {}],
    ['an object of another size', { 'x-amz-meta-source-etag': '"s2"', 'content-length': '7' }],
  ])('is no success where there is %s', async (_, there) => {
    expect(await failureOf(commitOver(there))).toMatchObject({ code: 'unavailable', isWholeStore: false });
  });
});

describe('what Intelligent-Tiering has archived', () => {
  const RESTORE = { speed: 'bulk', days: 3, tier: 'Hot' } as const;

  it('is restored without days, which S3 refuses there', async () => {
    const store = await storeOn((_, count) => (count === 1 ? refusal('InvalidArgument') : { status: 202 }));

    expect(await store.requestRestore('a', RESTORE)).toBe('requested');
    expect(server?.requests).toHaveLength(2);
  });

  it('is not what every refusal is about', async () => {
    const store = await storeOn((_, count) => refusal(count === 1 ? 'InvalidArgument' : 'MalformedXML'));

    expect((await failureOf(store.requestRestore('a', RESTORE))).message).toContain('InvalidArgument');
  });

  it('is known to be under way by its HEAD', async () => {
    const archived = { 'x-amz-storage-class': 'INTELLIGENT_TIERING', 'x-amz-archive-status': 'ARCHIVE_ACCESS' };
    const store = await storeOn(() => found({ ...archived, 'x-amz-restore': 'ongoing-request="true"' }));

    expect(await store.head('a')).toMatchObject({ isArchived: true, isRestoring: true });
  });
});
