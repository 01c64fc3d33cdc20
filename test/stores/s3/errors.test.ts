import { S3ServiceException } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { toStoreError } from '../../../src/stores/s3/s3-errors.ts';

const url = 's3://bucket/key';

function s3Error(status: number, name: string, message = 'It did not work.', headers: Record<string, string> = {}): S3ServiceException {
  const error = new S3ServiceException({ name, message, $fault: 'client', $metadata: { httpStatusCode: status } });
  return Object.assign(error, { $response: { headers } });
}

describe('errors of S3', () => {
  it('of an explicit deny do not ask for a permission, which could not outweigh it', () => {
    const words = 'User: u is not authorized to perform: s3:PutObject on resource: "r" with an explicit deny in a service control policy';

    const error = toStoreError(s3Error(403, 'AccessDenied', words), { action: 'write', url });

    expect(error.message).toContain('A policy denies it explicitly');
    expect(error.message).toContain('service control policy');
    expect(error.message).not.toContain('Allow s3:PutObject');
  });

  it.each([
    ['read', 'archived', 'Restore the object'],
    ['write', 'destination-archived', 'restore or delete it'],
    ['write, with its tags,', 'destination-archived', 'restore or delete it'],
    ['delete', 'destination-archived', 'restore or delete it'],
  ] as const)('tell whose object is archived by what was tried: %s is %s', (action, code, advice) => {
    const error = toStoreError(s3Error(403, 'InvalidObjectState'), { action, url });

    expect(error.code).toBe(code);
    expect(error.message).toContain(advice);
  });

  it.each([
    [404, 'NoSuchKey', 'not-found', false],
    [404, 'NotFound', 'not-found', false],
    [404, 'NoSuchUpload', 'not-found', false],
    [404, 'NoSuchBucket', 'not-found', true],
    [412, 'PreconditionFailed', 'precondition-failed', false],
    [409, 'ConditionalRequestConflict', 'precondition-failed', false],
    [403, 'AccessDenied', 'permission-denied', false],
    [403, 'InvalidAccessKeyId', 'permission-denied', true],
    [403, 'SignatureDoesNotMatch', 'permission-denied', true],
    [400, 'InvalidToken', 'permission-denied', true],
    [400, 'ExpiredToken', 'credentials-expired', false],
    [503, 'SlowDown', 'throttled', false],
    [429, 'TooManyRequests', 'throttled', false],
    [400, 'BadDigest', 'checksum-mismatch', false],
    [400, 'XAmzContentSHA256Mismatch', 'checksum-mismatch', false],
    [403, 'InvalidObjectState', 'destination-archived', false],
    [400, 'KeyTooLongError', 'invalid-key', false],
    [400, 'MetadataTooLarge', 'invalid-metadata', false],
    [500, 'InternalError', 'unavailable', false],
    [400, 'RequestTimeout', 'unavailable', false],
    [409, 'OperationAborted', 'unavailable', false],
    [400, 'EntityTooSmall', 'rejected', false],
    [501, 'NotImplemented', 'rejected', false],
  ])('%s %s is %s', (status, serviceCode, code, isWholeStore) => {
    const cause = s3Error(status, serviceCode);

    const error = toStoreError(cause, { action: 'write', url });

    expect(error).toMatchObject({ code, isWholeStore, cause });
    expect(error.message).toContain(`did not write ${url} (${status} ${serviceCode})`);
  });

  it('names the permission to allow, and keeps what AWS says about it', () => {
    const cause = s3Error(403, 'AccessDenied', 'no session policy allows the s3:GetObject action');

    const error = toStoreError(cause, { action: 'read', url });

    expect(error.message).toContain('Allow s3:GetObject');
    expect(error.message).toContain('no session policy allows');
  });

  it('says the name of an error again when the server gave no words', () => {
    const cause = s3Error(403, 'AccessDenied', 'UnknownError');

    expect(toStoreError(cause, { action: 'read', url }).message).toMatch(/the KMS key: AccessDenied$/);
  });

  it('counts a listing that is refused against the whole store, and one that is throttled not', () => {
    expect(toStoreError(s3Error(403, 'AccessDenied'), { action: 'list', url }).isWholeStore).toBe(true);
    expect(toStoreError(s3Error(503, 'SlowDown'), { action: 'list', url }).isWholeStore).toBe(false);
  });

  it('says in which region a bucket is', () => {
    const cause = s3Error(301, 'PermanentRedirect', 'Use another endpoint.', { 'x-amz-bucket-region': 'eu-west-3' });

    const error = toStoreError(cause, { action: 'list', url });

    expect(error).toMatchObject({ code: 'rejected', isWholeStore: true });
    expect(error.message).toContain('the bucket is in the region eu-west-3');
  });

  it.each([
    [false, 'permission-denied'],
    [true, 'unavailable'],
  ])('keeps the message of the federation (transient: %s) as %s of the whole store', (isTransient, code) => {
    const cause = Object.assign(new Error('AWS does not trust the issuer. Create the OIDC provider.'), {
      name: 'FederationError',
      isTransient,
    });

    const error = toStoreError(cause, { action: 'read', url });

    expect(error).toMatchObject({ code, isWholeStore: true, message: cause.message, cause });
  });

  it('says aborted only when the signal has fired', () => {
    const abortError = Object.assign(new Error('Request aborted'), { name: 'AbortError' });

    expect(toStoreError(abortError, { action: 'read', url, signal: AbortSignal.abort() }).code).toBe('aborted');
    expect(toStoreError(abortError, { action: 'read', url, signal: new AbortController().signal }).code).toBe('unavailable');
  });

  it('shows no query of a URL, which may hold a signature', () => {
    const cause = new Error('connect failed: https://bucket.s3.amazonaws.com/key?X-Amz-Signature=secret now');

    expect(toStoreError(cause, { action: 'read', url }).message).not.toContain('Signature');
  });

  it('is short and on one line, however long the error is, and takes no longer for it', () => {
    const message = `first\u202e\u0007 line http://a/?x http://a/?${'?'.repeat(300_000)}\nsecond`;

    const error = toStoreError(s3Error(400, 'E'.repeat(300_000), message), { action: 'read', url });

    expect(error.message.length).toBeLessThan(1_300);
    expect(error.message).not.toMatch(/[\p{Cc}\u202e]|second/u);
  });
});
