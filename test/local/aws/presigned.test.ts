import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { presign, sendRaw } from './support/raw-request.ts';
import { startTestAws, type TestAws } from './support/setup.ts';

let test: TestAws;
let path: string;
let now = Date.now();
beforeAll(async () => {
  test = await startTestAws({ clock: () => new Date(now) });
  const target = { Bucket: test.newBucket(), Key: 'a/./b ö' };
  path = `/${target.Bucket}/a/./b%20%C3%B6`;
  await test.client().send(new PutObjectCommand({ ...target, Body: 'hello' }));
});
afterAll(() => test.stop());

async function presignGet(expiresInSeconds = 600, query = ''): Promise<string> {
  return await presign(test, { method: 'GET', path: `${path}${query}` }, { expiresInSeconds, signedAt: new Date(now) });
}

function get(target: string) {
  return sendRaw(test.aws.url, { method: 'GET', path: target });
}

describe('a presigned URL', () => {
  it('lets anybody read its object, with a range of their own', async () => {
    const url = await presignGet();

    const whole = await get(url);
    const part = await sendRaw(test.aws.url, { method: 'GET', path: url, headers: { range: 'bytes=1-2' } });

    expect([whole.status, whole.text, part.status, part.text]).toEqual([200, 'hello', 206, 'el']);
  });

  it('can change the headers of the answer', async () => {
    const response = await get(await presignGet(600, '?response-content-type=text/plain'));

    expect(response.headers['content-type']).toBe('text/plain');
  });

  it('lets anybody write where it allows that', async () => {
    const url = await presign(test, { method: 'PUT', path: `${path}2` }, { expiresInSeconds: 600 });

    const response = await sendRaw(test.aws.url, { method: 'PUT', path: url, body: 'new', headers: { 'content-length': '3' } });

    expect(response.status).toBe(200);
  });

  it('keeps the headers that it was made with', async () => {
    const raw = { method: 'PUT', path: `${path}3`, headers: { 'x-amz-checksum-crc32': 'AAAAAA==' } };
    const url = await presign(test, raw, { expiresInSeconds: 600 });

    const response = await sendRaw(test.aws.url, { method: 'PUT', path: url, body: 'new', headers: { 'content-length': '3' } });

    expect(url).toContain('x-amz-checksum-crc32=');
    expect(response.text).toContain('<Code>BadDigest</Code>');
  });

  it.each([
    ['another object', (url: string) => url.replace('/a/', '/b/')],
    ['a longer life', (url: string) => url.replace('X-Amz-Expires=600', 'X-Amz-Expires=601')],
    ['another parameter', (url: string) => `${url}&response-content-type=text%2Fhtml`],
  ])('does not let them ask for %s', async (_name, change) => {
    const response = await get(change(await presignGet()));

    expect(response).toMatchObject({ status: 403, text: expect.stringContaining('<Code>SignatureDoesNotMatch</Code>') });
  });

  it('does not allow another method', async () => {
    const response = await sendRaw(test.aws.url, { method: 'DELETE', path: await presignGet() });

    expect(response.text).toContain('<Code>SignatureDoesNotMatch</Code>');
  });

  it('ends with its time', async () => {
    const url = await presignGet(60);

    now += 61_000;
    const response = await get(url);
    now -= 61_000;

    expect(response).toMatchObject({ status: 403, text: expect.stringContaining('Request has expired') });
  });

  it('ends with its session, however long it was made for', async () => {
    const credentials = test.aws.issueSession({ roleArn: test.roleArn, expiresInSeconds: 60 });
    const url = await presign({ ...test, credentials }, { method: 'GET', path }, { expiresInSeconds: 600, signedAt: new Date(now) });

    now += 61_000;
    const response = await get(url);
    now -= 61_000;

    expect(response).toMatchObject({ status: 400, text: expect.stringContaining('<Code>ExpiredToken</Code>') });
  });

  it('cannot be made for more than seven days', async () => {
    const url = (await presignGet()).replace('X-Amz-Expires=600', 'X-Amz-Expires=604801');

    expect((await get(url)).text).toContain('<Code>AuthorizationQueryParametersError</Code>');
  });
});
