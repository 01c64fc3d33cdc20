import { GetObjectCommand, ListBucketsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendRaw, sendSigned } from './support/raw-request.ts';
import { startTestAws, type TestAws } from './support/setup.ts';

const MINUTE_MS = 60_000;

let test: TestAws;
let now = Date.now();
beforeAll(async () => {
  test = await startTestAws({ clock: () => new Date(now) });
});
afterAll(() => test.stop());

function list(credentials: Partial<TestAws['credentials']>, region = test.aws.region) {
  return test.client({ region, credentials: { ...test.credentials, ...credentials } }).send(new ListBucketsCommand());
}

describe('a request to S3', () => {
  it('is answered when its signature, token and time are right', async () => {
    await expect(list({})).resolves.toMatchObject({ $metadata: { httpStatusCode: 200 } });
  });

  it.each([
    ['an unknown access key', { accessKeyId: 'ASIAAAAAAAAAAAAAAAAA' }, 'InvalidAccessKeyId', 403],
    ['a wrong secret', { secretAccessKey: 'wrong' }, 'SignatureDoesNotMatch', 403],
    ['the token of nobody', { sessionToken: 'wrong' }, 'InvalidToken', 400],
  ])('is refused with %s', async (_name, credentials, name, status) => {
    await expect(list(credentials)).rejects.toMatchObject({ name, $metadata: { httpStatusCode: status } });
  });

  it('is refused without its session token', async () => {
    const { accessKeyId, secretAccessKey } = test.credentials;

    const listed = test.client({ credentials: { accessKeyId, secretAccessKey } }).send(new ListBucketsCommand());

    await expect(listed).rejects.toMatchObject({ name: 'InvalidToken' });
  });

  it('is refused when it is anonymous', async () => {
    const response = await sendRaw(test.aws.url, { method: 'GET', path: '/' });

    expect(response).toMatchObject({ status: 403, text: expect.stringContaining('<Code>AccessDenied</Code>') });
  });

  it('is refused when it is signed for another region, and told which it should be', async () => {
    await expect(list({}, 'us-east-1')).rejects.toMatchObject({ name: 'AuthorizationHeaderMalformed', Region: 'eu-central-1' });
  });

  it('is refused when its session is over', async () => {
    const credentials = test.aws.issueSession({ roleArn: test.roleArn, expiresInSeconds: 1 });
    const listed = () => sendSigned({ ...test, credentials }, { method: 'GET', path: '/', signedAt: new Date(now) });

    expect((await listed()).status).toBe(200);
    now += 1000;

    expect(await listed()).toMatchObject({ status: 400, text: expect.stringContaining('<Code>ExpiredToken</Code>') });
  });

  it.each([
    [-16, 'RequestTimeTooSkewed'],
    [16, 'RequestTimeTooSkewed'],
    [-14, 'ListAllMyBucketsResult'],
    [14, 'ListAllMyBucketsResult'],
  ])('that was signed %i minutes from now is answered with %s', async (minutes, answer) => {
    const response = await sendSigned(test, { method: 'GET', path: '/', signedAt: new Date(now + minutes * MINUTE_MS) });

    expect(response.text).toContain(answer);
  });

  it('is refused when somebody adds a header that S3 would act on', async () => {
    const signed = await sendSigned(test, { method: 'GET', path: '/' });
    expect(signed.status).toBe(200);

    const headers = {
      host: 'h',
      'x-amz-date': '20260101T000000Z',
      'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
      'x-amz-security-token': test.credentials.sessionToken,
    };
    now = Date.parse('2026-01-01T00:00:00Z');
    const authorization = `AWS4-HMAC-SHA256 Credential=${test.credentials.accessKeyId}/20260101/eu-central-1/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature=0`;
    const response = await sendRaw(test.aws.url, { method: 'GET', path: '/', headers: { ...headers, authorization } });
    now = Date.now();

    expect(response.text).toContain('There were headers present in the request which were not signed');
  });

  it('gives each answer an id', async () => {
    const response = await sendRaw(test.aws.url, { method: 'GET', path: '/' });

    expect(response.headers['x-amz-request-id']).toMatch(/^[0-9A-F]{16}$/);
    expect(response.text).toContain(`<RequestId>${response.headers['x-amz-request-id']}</RequestId>`);
  });

  it('ends when every session is expired at once', async () => {
    const own = await startTestAws();
    const client = own.client();
    await client.send(new ListBucketsCommand());

    own.aws.expireSessions();

    await expect(client.send(new ListBucketsCommand())).rejects.toMatchObject({ name: 'ExpiredToken' });
    await own.stop();
  });
});

describe('what the stand-in does not do', () => {
  it.each([
    ['a sub-resource', 'GET', '?acl', {}, 'acl'],
    ['the tags of a version', 'GET', '/key?tagging&versionId=1', {}, 'versionId'],
    [
      'encryption with a key of the customer',
      'PUT',
      '/key',
      { 'x-amz-server-side-encryption-customer-algorithm': 'AES256' },
      'x-amz-server-side-encryption-customer-algorithm',
    ],
    ['an object lock', 'PUT', '/key', { 'x-amz-object-lock-mode': 'GOVERNANCE' }, 'x-amz-object-lock-mode'],
    ['a form upload', 'POST', '', {}, 'POST'],
  ])('is answered with NotImplemented and its name: %s', async (_name, method, target, headers, what) => {
    const path = `/${test.newBucket()}${target}`;

    const response = await sendSigned(test, { method, path, headers: { ...headers, 'content-length': '0' } });

    expect(response.status).toBe(501);
    expect(response.text).toContain('<Code>NotImplemented</Code>');
    expect(response.text).toContain(what);
  });

  it('includes public ACLs', async () => {
    const put = new PutObjectCommand({ Bucket: test.newBucket(), Key: 'key', Body: 'x', ACL: 'public-read' });

    await expect(test.client().send(put)).rejects.toMatchObject({ name: 'AccessControlListNotSupported' });
  });
});

describe('the owner that a request expects', () => {
  it('must be the account', async () => {
    const Bucket = test.newBucket();
    const put = (ExpectedBucketOwner: string) =>
      test.client().send(new PutObjectCommand({ Bucket, Key: 'key', Body: 'x', ExpectedBucketOwner }));

    await expect(put('999999999999')).rejects.toMatchObject({ name: 'AccessDenied' });
    await put(test.aws.accountId);

    await expect(test.client().send(new GetObjectCommand({ Bucket, Key: 'key' }))).resolves.toBeDefined();
  });
});

describe('the count of requests', () => {
  it('grows by operation', async () => {
    const own = await startTestAws();
    const Bucket = own.newBucket();

    await own.client().send(new PutObjectCommand({ Bucket, Key: 'key', Body: 'x' }));
    await own.client().send(new GetObjectCommand({ Bucket, Key: 'key' }));
    await own.client().send(new GetObjectCommand({ Bucket, Key: 'key' }));

    expect(Object.fromEntries(own.aws.requestCounts)).toEqual({ PutObject: 1, GetObject: 2 });
    await own.stop();
  });
});
