import { CopyObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { s3Metadata } from '../../../../src/sync/properties/metadata.ts';
import { type RawResponse, sendSigned } from '../support/raw-request.ts';
import { startTestAws, type TestAws } from '../support/setup.ts';

let test: TestAws;
beforeAll(async () => {
  test = await startTestAws();
});
afterAll(() => test.stop());

interface Written {
  readonly answer: RawResponse;
  readonly Bucket: string;
  head(): Promise<RawResponse>;
}

/** Writes an empty object with headers that no SDK touches: text goes out as UTF-8. */
async function put(headers: Readonly<Record<string, string>>): Promise<Written> {
  const Bucket = test.newBucket();
  const path = `/${Bucket}/key`;
  const answer = await sendSigned(test, { method: 'PUT', path, headers: { ...headers, 'content-length': '0' } });
  return { answer, Bucket, head: () => sendSigned(test, { method: 'HEAD', path }) };
}

function meta(name: string, value: string): Record<string, string> {
  return { [`x-amz-meta-${name}`]: value };
}

describe('user metadata', () => {
  it('comes back under names in lower case', async () => {
    const { head } = await put({ 'X-Amz-Meta-Upload-ID': 'aB', 'x-amz-META-under_score.x': 'y' });

    expect((await head()).headers).toMatchObject({ ...meta('upload-id', 'aB'), ...meta('under_score.x', 'y') });
  });

  it.each([
    ['ÄMÄZÕÑ S3', '=?UTF-8?B?w4PChE3Dg8KEWsODwpXDg8KRIFMz?='],
    ['Miniö', '=?UTF-8?Q?Mini=C3=83=C2=B6?='],
    ['a name = für_?', '=?UTF-8?Q?a_name_=3D_f=C3=83=C2=BCr=5F=3F?='],
    ['=?UTF-8?B?w7Y=?=', '=?UTF-8?B?w7Y=?='],
    ['=?UTF-8?B?QUJD?=', '=?UTF-8?B?QUJD?='],
    ['', ''],
  ])('%j comes back as %j', async (sent, shown) => {
    const { head } = await put(meta('a', sent));

    expect((await head()).headers).toMatchObject(meta('a', shown));
  });

  it('comes back in several words where one would be too long', async () => {
    const { head } = await put(meta('a', 'ö'.repeat(100)));

    const shown = String((await head()).headers['x-amz-meta-a']);
    expect(Math.max(...shown.split(' ').map((word) => word.length))).toBeLessThanOrEqual(75);
    expect(s3Metadata.decode({ a: shown }).user).toEqual({ a: Buffer.from('ö'.repeat(100)).toString('latin1') });
  });

  it('is only counted where it has a control character, also in a copy', async () => {
    const { Bucket, head } = await put({ ...meta('a', 'one\ttwo'), ...meta('b', 'x'), ...meta('c', '\t\tx\t') });
    const copy = { Bucket, Key: 'copy', CopySource: `${Bucket}/key` };
    await test.client().send(new CopyObjectCommand(copy));

    const { headers } = await head();

    expect(headers).toMatchObject({ ...meta('b', 'x'), ...meta('c', 'x'), 'x-amz-missing-meta': '1' });
    expect(headers).not.toHaveProperty('x-amz-meta-a');
    expect(await test.client().send(new HeadObjectCommand({ Bucket, Key: 'copy' }))).toMatchObject({ MissingMeta: 1 });
  });

  it.each([
    { name: 'a', value: 'x'.repeat(2047), status: 200 },
    { name: 'a', value: 'x'.repeat(2048), status: 400 },
    { name: 'a', value: 'ö'.repeat(1023), status: 200 },
    { name: 'a', value: 'ö'.repeat(1024), status: 400 },
    { name: 'a'.repeat(100), value: 'x'.repeat(1948), status: 200 },
    { name: 'a'.repeat(100), value: 'x'.repeat(1949), status: 400 },
  ])('may have 2 KiB of bytes, names included: $name.length and $value.length characters', async ({ name, value, status }) => {
    const { answer } = await put(meta(name, value));

    expect(answer.status).toBe(status);
    if (status === 400) expect(answer.text).toContain('<Code>MetadataTooLarge</Code>');
  });
});

describe('the headers of a write', () => {
  it.each(['Wed, 21 Oct 2026 07:28:00 GMT', '0', 'no date at all'])('keep Expires as it is given: %j', async (expires) => {
    const { head } = await put({ expires });

    expect((await head()).headers).toMatchObject({ expires });
  });

  it('keep aws-chunked as an encoding where the body was not sent so', async () => {
    const { head } = await put({ 'content-encoding': 'aws-chunked,gzip' });

    expect((await head()).headers).toMatchObject({ 'content-encoding': 'aws-chunked,gzip' });
  });

  it('may have 2 KiB that S3 knows', async () => {
    const { answer } = await put({ 'cache-control': 'x'.repeat(1500), 'content-disposition': 'x'.repeat(1500) });

    expect(answer).toMatchObject({ status: 400, text: expect.stringContaining('<Code>MetadataTooLarge</Code>') });
  });

  it('may have 8 KiB in all', async () => {
    const { answer } = await put({ 'x-other': 'x'.repeat(8192) });

    expect(answer).toMatchObject({ status: 400, text: expect.stringContaining('<Code>RequestHeaderSectionTooLarge</Code>') });
  });
});
