import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createS3Client } from '../../../src/stores/s3/s3-client.ts';
import { createS3Store } from '../../../src/stores/s3/s3-store.ts';
import { crc64, crc64ToBase64 } from '../../../src/sync/store/crc64.ts';
import type { Store, Written } from '../../../src/sync/store/store.ts';
import { NO_PROPERTIES, piecesOf, someBytes, write } from '../../contract/suite/objects.ts';

interface SentRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What came of a body that is a stream, a character for each byte. */
  readonly body: string;
}

type WritingRules = Pick<Parameters<typeof createS3Store>[0], 'encryption' | 'acl'>;

type Checksums = 'when-supported' | 'when-required';

/** A store whose requests are kept instead of sent; each is answered with 200 and `answer`. */
function recordingStore(checksums: Checksums, answer: object = { ETag: '"1"' }, endpoint = 'https://s3.example', rules: WritingRules = {}) {
  const sent: SentRequest[] = [];
  const credentials = { accessKeyId: 'id', secretAccessKey: 'secret', sessionToken: 'token' };
  const client = createS3Client({ region: 'eu-central-1', endpoint, credentials, checksums });
  client.middlewareStack.add(
    () => async (args) => {
      const { method, headers, body } = args.request as Omit<SentRequest, 'body'> & { readonly body: unknown };
      const chunks = body instanceof Readable ? await Array.fromAsync(body, (chunk: string | Uint8Array) => Buffer.from(chunk)) : [];
      sent.push({ method, headers, body: Buffer.concat(chunks).toString('latin1') });
      return { output: { $metadata: {}, ...answer }, response: {} } as never;
    },
    { name: 'record', step: 'deserialize', priority: 'high' },
  );
  return { sent, store: createS3Store({ client, bucket: 'bucket', prefix: '', ...rules }) };
}

const bytes = Buffer.alloc(3 * 1024 * 1024, 'x');

function uploadOnePart(store: Store): Promise<unknown> {
  const upload = { id: 'id', key: 'a', sizeBytes: bytes.length, properties: NO_PROPERTIES };
  return store.uploadPart(upload, 1, bytes, { crc64: crc64(bytes) });
}

describe('what is sent with a body', () => {
  it.each([
    ['write', (store: Store) => write(store, 'a', bytes)],
    ['uploadPart', uploadOnePart],
  ])('%s sends CRC-64/NVME and nothing else, unsigned over TLS and without waiting for 100 Continue', async (_, act) => {
    const { store, sent } = recordingStore('when-supported');

    await act(store);

    expect(sent).toHaveLength(1);
    const headers = sent[0]?.headers ?? {};
    expect(headers).toMatchObject({ 'x-amz-checksum-crc64nvme': expect.any(String), 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' });
    expect(Object.keys(headers).filter((name) => /checksum-(?!crc64nvme)|trailer|expect|content-md5/i.test(name))).toEqual([]);
    expect(headers['authorization']).toContain('SignedHeaders=');
  });

  it('signs the body where TLS does not protect it', async () => {
    const { store, sent } = recordingStore('when-supported', { ETag: '"1"' }, 'http://s3.example');

    await write(store, 'a', bytes);

    expect(sent[0]?.headers['x-amz-content-sha256']).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  it('is Content-MD5 for servers that do not keep checksums', async () => {
    const { store, sent } = recordingStore('when-required');

    const { verified } = await write(store, 'a', bytes);

    const headers = sent[0]?.headers ?? {};
    expect(headers['content-md5']).toBe(createHash('md5').update(bytes).digest('base64'));
    expect(Object.keys(headers).filter((name) => /checksum|trailer/i.test(name))).toEqual([]);
    expect(verified).toBe('md5');
  });
});

describe('what is sent with a stream', () => {
  const upload = { id: 'id', key: 'a', sizeBytes: 500_000, properties: NO_PROPERTIES };
  const pieces = Array.from({ length: 500 }, (_, n) => someBytes(1_000, n + 1));

  async function sendStream(checksums: Checksums) {
    const { store, sent } = recordingStore(checksums);
    const part = await store.uploadStreamedPart(upload, 1, piecesOf(...pieces), { sizeBytes: 500_000 });
    return { part, headers: sent[0]?.headers ?? {}, body: sent[0]?.body ?? '' };
  }

  it('is CRC-64/NVME behind the body, in chunks that S3 takes, however small the pieces are', async () => {
    const { headers, body } = await sendStream('when-supported');

    const chunkBytes = [...body.matchAll(/([0-9a-f]+)\r\n/g)]
      .map(([, size = '']) => Number.parseInt(size, 16))
      .filter((size) => size > 8_191);
    expect(headers).toMatchObject({
      'x-amz-trailer': 'x-amz-checksum-crc64nvme',
      'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      'x-amz-decoded-content-length': '500000',
    });
    expect(chunkBytes.reduce((sum, size) => sum + size, 0)).toBe(500_000);
    expect(body).toContain(`x-amz-checksum-crc64nvme:${crc64ToBase64(crc64(Buffer.concat(pieces)), 'big-endian')}`);
  });

  it('is the plain body with its length, for servers that do not keep checksums, and no checksum is claimed', async () => {
    const { part, headers, body } = await sendStream('when-required');

    expect(headers).toMatchObject({ 'content-length': '500000', 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' });
    expect(Buffer.from(body, 'latin1').equals(Buffer.concat(pieces))).toBe(true);
    expect(part).toEqual({ number: 1, sizeBytes: 500_000, etag: '"1"' });
  });
});

describe('the MD5 of what is sent to servers that keep no other checksum', () => {
  const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('base64');

  it('goes with a streamed part, where the caller has it', async () => {
    const { store, sent } = recordingStore('when-required');
    const bytes = someBytes(9);
    const upload = { id: 'id', key: 'a', sizeBytes: 9, properties: NO_PROPERTIES };

    await store.uploadStreamedPart(upload, 1, piecesOf(bytes), { sizeBytes: 9, md5: md5(bytes) });

    expect(sent[0]?.headers['content-md5']).toBe(md5(bytes));
    expect(await store.wantsMd5OfStreams?.()).toBe(true);
    expect(await recordingStore('when-supported').store.wantsMd5OfStreams?.()).toBe(false);
  });

  it('goes with every body of an object of unknown length', async () => {
    const { store, sent } = recordingStore('when-required');

    await store.writeStream('report', piecesOf(Buffer.from('one line')), { contentType: 'text/plain' });

    expect(sent.map(({ headers }) => headers['content-md5'])).toEqual([md5(Buffer.from('one line'))]);
  });
});

describe('what a write proves', () => {
  const right = { ETag: '"1"', ChecksumCRC64NVME: 'rosUhgp5mIg=' };

  it.each<[string, object, Written['verified']]>([
    ['the same checksum', right, 'crc64'],
    ['no checksum', { ETag: '"1"' }, 'length'],
    ['another checksum', { ETag: '"1"', ChecksumCRC64NVME: 'AAAAAAAAAAA=' }, 'length'],
  ])('is judged by the answer: %s', async (_, answer, verified) => {
    const { store } = recordingStore('when-supported', answer);

    expect((await write(store, 'a', '123456789')).verified).toBe(verified);
  });
});

describe('what is sent to complete an upload', () => {
  const upload = { id: 'id', key: 'a', sizeBytes: 9, properties: NO_PROPERTIES };
  const parts = [{ number: 1, sizeBytes: 9, etag: '"p"' }];

  it('is the checksum and the size of the whole object', async () => {
    const { store, sent } = recordingStore('when-supported');

    await store.commit(upload, parts, { crc64: crc64(Buffer.from('123456789')), condition: 'if-absent' });

    expect(sent[0]?.headers).toMatchObject({
      'x-amz-checksum-crc64nvme': 'rosUhgp5mIg=',
      'x-amz-checksum-type': 'FULL_OBJECT',
      'x-amz-mp-object-size': '9',
      'if-none-match': '*',
    });
  });

  it('is no checksum for servers that do not keep them, whose parts were checked by MD5', async () => {
    const { store, sent } = recordingStore('when-required');

    const { verified } = await store.commit(upload, parts, { crc64: 0n });

    expect(Object.keys(sent[0]?.headers ?? {}).filter((name) => name.includes('checksum'))).toEqual([]);
    expect(verified).toBe('md5');
  });
});

describe('what is sent of encryption and access', () => {
  const upload = { key: 'a', sizeBytes: 9, properties: NO_PROPERTIES };
  const NAMES = [
    'x-amz-server-side-encryption',
    'x-amz-server-side-encryption-aws-kms-key-id',
    'x-amz-server-side-encryption-bucket-key-enabled',
    'x-amz-acl',
  ];

  it.each<[WritingRules, readonly (string | undefined)[]]>([
    [{}, [undefined, undefined, undefined, undefined]],
    [{ encryption: {} }, ['aws:kms', undefined, undefined, undefined]],
    [{ encryption: { kmsKeyId: 'k', bucketKey: true } }, ['aws:kms', 'k', 'true', undefined]],
    [{ encryption: { algorithm: 'AES256' } }, ['AES256', undefined, undefined, undefined]],
    [{ encryption: { algorithm: 'aws:kms:dsse', kmsKeyId: 'k' } }, ['aws:kms:dsse', 'k', undefined, undefined]],
    [{ acl: 'bucket-owner-full-control' }, [undefined, undefined, undefined, 'bucket-owner-full-control']],
  ])('goes with objects, uploads and reports: %j', async (rules, expected) => {
    const { store, sent } = recordingStore('when-supported', { ETag: '"1"', UploadId: 'u' }, 'https://s3.example', rules);

    await write(store, 'a', '123456789');
    await store.beginUpload(upload);
    await store.writeStream('report', piecesOf(Buffer.from('one line')), { contentType: 'text/plain' });

    expect(sent.map(({ headers }) => NAMES.map((name) => headers[name]))).toEqual([expected, expected, expected]);
  });
});
