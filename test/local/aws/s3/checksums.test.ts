import { Readable } from 'node:stream';
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
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

const BODY = '123456789';
/** Each algorithm's published check value, of "123456789". */
const CHECK_VALUES = [
  ['CRC32', 'ChecksumCRC32', 'y/Q5Jg=='],
  ['CRC32C', 'ChecksumCRC32C', '4waSgw=='],
  ['CRC64NVME', 'ChecksumCRC64NVME', 'rosUhgp5mIg='],
  ['SHA1', 'ChecksumSHA1', '98O8HYCOBHMq32eZZczDTKeuNEE='],
  ['SHA256', 'ChecksumSHA256', 'FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU='],
] as const;

const WRONG = { ChecksumCRC32: 'AAAAAA==', ChecksumCRC32C: 'AAAAAA==', ChecksumCRC64NVME: 'AAAAAAAAAAA=' };

async function put(input: Partial<PutObjectCommandInput>): Promise<string> {
  const Bucket = test.newBucket();
  await test.client().send(new PutObjectCommand({ Bucket, Key: 'key', Body: BODY, ...input }));
  return Bucket;
}

async function head(Bucket: string) {
  return await test.client().send(new HeadObjectCommand({ Bucket, Key: 'key', ChecksumMode: 'ENABLED' }));
}

async function keysIn(Bucket: string): Promise<number | undefined> {
  return (await test.client().send(new ListObjectsV2Command({ Bucket }))).KeyCount;
}

async function putRaw(headers: Record<string, string>, body: string) {
  const Bucket = test.newBucket();
  const response = await sendSigned(test, { method: 'PUT', path: `/${Bucket}/key`, headers, body });
  return { Bucket, response };
}

describe('a checksum', () => {
  it.each(CHECK_VALUES)('of kind %s is verified, kept and returned', async (_algorithm, field, value) => {
    const Bucket = await put({ [field]: value });

    expect(await head(Bucket)).toMatchObject({ [field]: value, ChecksumType: 'FULL_OBJECT' });
  });

  it.each(Object.entries(WRONG))('%s that is wrong stores nothing', async (field, value) => {
    const Bucket = test.newBucket();

    const written = test.client().send(new PutObjectCommand({ Bucket, Key: 'key', Body: BODY, [field]: value }));

    await expect(written).rejects.toMatchObject({ name: 'BadDigest' });
    expect(await keysIn(Bucket)).toBe(0);
  });

  it('is CRC64NVME when the uploader sends none', async () => {
    const { Bucket } = await putRaw({}, BODY);

    expect(await head(Bucket)).toMatchObject({ ChecksumCRC64NVME: 'rosUhgp5mIg=', ChecksumType: 'FULL_OBJECT' });
  });

  it('is not sent with a part of the object, which it does not cover', async () => {
    const Bucket = await put({});
    const whole = { Bucket, Key: 'key', ChecksumMode: 'ENABLED' } as const;

    const part = await test.client().send(new GetObjectCommand({ ...whole, Range: 'bytes=0-3' }));

    expect(part.ChecksumCRC32).toBeUndefined();
    expect(await part.Body?.transformToString()).toBe('1234');
  });

  it('may be one of several kinds, but not two at once', async () => {
    const { response } = await putRaw({ 'x-amz-checksum-crc32': 'y/Q5Jg==', 'x-amz-checksum-crc32c': '4waSgw==' }, BODY);

    expect(response).toMatchObject({ status: 400, text: expect.stringContaining('<Code>InvalidRequest</Code>') });
  });

  it.each([
    ['a wrong Content-MD5', { 'content-md5': 'AAAAAAAAAAAAAAAAAAAAAA==' }, 'BadDigest'],
    ['a Content-MD5 that is none', { 'content-md5': 'AAAA' }, 'InvalidDigest'],
    ['a checksum that is none', { 'x-amz-checksum-crc64nvme': 'AAAA' }, 'InvalidRequest'],
    ['a wrong payload hash', { 'x-amz-content-sha256': '0'.repeat(64) }, 'XAmzContentSHA256Mismatch'],
  ])('by way of %s stores nothing', async (_name, headers, code) => {
    const { Bucket, response } = await putRaw(headers, BODY);

    expect(response.text).toContain(`<Code>${code}</Code>`);
    expect(await keysIn(Bucket)).toBe(0);
  });
});

describe('a body in aws-chunked encoding', () => {
  const headers = {
    'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
    'x-amz-decoded-content-length': '9',
    'x-amz-trailer': 'x-amz-checksum-crc64nvme',
    'content-encoding': 'gzip,aws-chunked',
  };
  const chunks = '4\r\n1234\r\n5\r\n56789\r\n0\r\n';

  it('is what the SDK sends for a stream, and is stored decoded with the trailer as its checksum', async () => {
    const Bucket = await put({ Body: Readable.from([BODY.slice(0, 5), BODY.slice(5)]), ContentLength: 9, ChecksumAlgorithm: 'CRC32' });

    const { Body } = await test.client().send(new GetObjectCommand({ Bucket, Key: 'key' }));

    expect(await Body?.transformToString()).toBe(BODY);
    expect(await head(Bucket)).toMatchObject({ ChecksumCRC32: 'y/Q5Jg==' });
  });

  it('leaves the other content encodings to the object', async () => {
    const { Bucket, response } = await putRaw(headers, `${chunks}x-amz-checksum-crc64nvme:rosUhgp5mIg=\r\n\r\n`);

    expect(response.status).toBe(200);
    expect(await head(Bucket)).toMatchObject({ ContentEncoding: 'gzip', ContentLength: 9, ChecksumCRC64NVME: 'rosUhgp5mIg=' });
  });

  it.each([
    ['a wrong trailer', `${chunks}x-amz-checksum-crc64nvme:AAAAAAAAAAA=\r\n\r\n`, 'BadDigest'],
    ['no trailer', `${chunks}\r\n`, 'InvalidRequest'],
    ['no last chunk', '4\r\n1234\r\n5\r\n56789\r\n', 'IncompleteBody'],
    ['fewer bytes than promised', '4\r\n1234\r\n0\r\nx-amz-checksum-crc64nvme:AAAAAAAAAAA=\r\n\r\n', 'IncompleteBody'],
    ['something else', BODY, 'IncompleteBody'],
  ])('with %s stores nothing', async (_name, body, code) => {
    const { Bucket, response } = await putRaw(headers, body);

    expect(response).toMatchObject({ status: 400, text: expect.stringContaining(`<Code>${code}</Code>`) });
    expect(await keysIn(Bucket)).toBe(0);
  });
});
