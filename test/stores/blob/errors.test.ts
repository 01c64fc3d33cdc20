import { RestError } from '@azure/storage-blob';
import { describe, expect, it } from 'vitest';
import { toStoreError } from '../../../src/stores/blob/blob-errors.ts';

const url = 'https://account.blob.core.windows.net/container/key';
const restError = (statusCode: number | undefined, code: string, message = 'It did not work.\nRequestId: 1') =>
  new RestError(message, statusCode === undefined ? { code } : { statusCode, code });

describe('errors of Azure Storage', () => {
  it.each([
    [404, 'BlobNotFound', 'not-found', false],
    [404, 'ContainerNotFound', 'not-found', true],
    [409, 'ContainerBeingDeleted', 'not-found', true],
    [400, 'InvalidBlockList', 'not-found', false],
    [412, 'ConditionNotMet', 'precondition-failed', false],
    [409, 'BlobAlreadyExists', 'precondition-failed', false],
    [412, 'LeaseIdMissing', 'rejected', false],
    [403, 'AuthorizationPermissionMismatch', 'permission-denied', false],
    [403, 'AuthorizationFailure', 'permission-denied', true],
    [401, 'InvalidAuthenticationInfo', 'permission-denied', true],
    [409, 'BlobArchived', 'destination-archived', false],
    [409, 'BlobBeingRehydrated', 'destination-archived', false],
    [400, 'Md5Mismatch', 'checksum-mismatch', false],
    [400, 'Crc64Mismatch', 'checksum-mismatch', false],
    [400, 'MetadataTooLarge', 'invalid-metadata', false],
    [400, 'InvalidResourceName', 'invalid-key', false],
    [503, 'ServerBusy', 'throttled', false],
    [429, 'TooManyRequests', 'throttled', false],
    [500, 'InternalError', 'unavailable', false],
    [501, 'FeatureNotSupported', 'rejected', false],
    [undefined, 'ECONNRESET', 'unavailable', false],
    [409, 'SnapshotsPresent', 'rejected', false],
  ])('%s %s is %s', (status, serviceCode, code, isWholeStore) => {
    const cause = restError(status, serviceCode);

    const error = toStoreError(cause, { action: 'write', url });

    expect(error).toMatchObject({ code, isWholeStore, cause });
    expect(error.message).toContain(`did not write ${url} (`);
    expect(error.message).toContain(serviceCode);
  });

  it.each([
    ['read', 'archived', 'Rehydrate the blob'],
    ['rehydrate', 'archived', 'Rehydrate the blob'],
    ['write', 'destination-archived', 'rehydrate or delete it'],
    ['write, with its tags,', 'destination-archived', 'rehydrate or delete it'],
    ['delete', 'destination-archived', 'rehydrate or delete it'],
  ] as const)('tells whose blob is archived by what was tried: %s is %s', (action, code, advice) => {
    const error = toStoreError(restError(409, 'BlobArchived'), { action, url });

    expect(error.code).toBe(code);
    expect(error.message).toContain(advice);
  });

  it.each([
    [412, 'LeaseIdMissing', 'break the lease'],
    [409, 'SnapshotsPresent', 'Delete its snapshots'],
    [409, 'PendingCopyOperation', 'Wait until the copy'],
    [409, 'BlobImmutableDueToPolicy', 'retention'],
    [409, 'BlobImmutableDueToLegalHold', 'legal hold'],
  ])('says what to do about %s %s', (status, serviceCode, remedy) => {
    const { code, message } = toStoreError(restError(status, serviceCode), { action: 'delete', url });

    expect(code).toBe('rejected');
    expect(message).toContain(remedy);
  });

  it('names the role to give', () => {
    const denied = restError(403, 'AuthorizationPermissionMismatch');

    expect(toStoreError(denied, { action: 'read', url }).message).toContain('Storage Blob Data Reader');
    expect(toStoreError(denied, { action: 'delete', url }).message).toContain('Storage Blob Data Contributor');
  });

  it('counts a listing that is refused against the whole store, and one that is throttled not', () => {
    expect(toStoreError(restError(403, 'AuthorizationPermissionMismatch'), { action: 'list', url }).isWholeStore).toBe(true);
    expect(toStoreError(restError(503, 'ServerBusy'), { action: 'list', url }).isWholeStore).toBe(false);
  });

  it('says aborted only when the signal has fired', () => {
    const abortError = Object.assign(new Error('The operation was aborted.'), { name: 'AbortError' });

    expect(toStoreError(abortError, { action: 'read', url, signal: AbortSignal.abort() }).code).toBe('aborted');
    expect(toStoreError(abortError, { action: 'read', url, signal: new AbortController().signal }).code).toBe('unavailable');
  });

  it.each([
    [400, 'permission-denied'],
    [503, 'unavailable'],
    [undefined, 'permission-denied'],
  ])('takes a token that Entra ID refused with %s for %s of the whole store', (statusCode, code) => {
    const cause = Object.assign(new Error('AADSTS700016: no such application.\nTrace ID: 1'), { name: 'AuthenticationError', statusCode });

    const error = toStoreError(cause, { action: 'read', url });

    expect(error).toMatchObject({ code, isWholeStore: true, cause });
    expect(error.message).toBe(`Entra ID gave no token for ${url}: AADSTS700016: no such application.`);
  });

  it('shows no query of a URL, which may hold a SAS', () => {
    const cause = restError(undefined, 'ECONNREFUSED', 'connect failed: https://account.blob.core.windows.net/c/k?sv=1&sig=secret now');

    expect(toStoreError(cause, { action: 'read', url }).message).not.toContain('sig');
  });

  it('is short and on one line, however long the error is, and takes no longer for it', () => {
    const message = `first\u202e\u0007 line http://a/?x http://a/?${'?'.repeat(300_000)}\nsecond`;

    const error = toStoreError(restError(400, 'E'.repeat(300_000), message), { action: 'read', url });

    expect(error.message.length).toBeLessThan(1_300);
    expect(error.message).not.toMatch(/[\p{Cc}\u202e]|second/u);
  });

  it.each([
    [
      'what the SDK could not parse',
      'Error "x" occurred while parsing the response body - <EnumerationResults>secret',
      RestError.PARSE_ERROR,
    ],
    ['a page of a proxy', '<html><body>secret</body></html>', 'x'],
    ['JSON', '{"secret":1}', 'x'],
  ])('holds no body of an answer: %s', (_, message, code) => {
    expect(toStoreError(restError(400, code, message), { action: 'read', url }).message).not.toContain('secret');
  });

  it('says that the service gave no reason, and what to check', () => {
    expect(toStoreError(restError(400, '', ''), { action: 'read', url }).message).toContain('(400). the service gave no reason: check');
  });

  it('knows no code that only an object has', () => {
    expect(toStoreError(restError(400, 'constructor'), { action: 'read', url }).code).toBe('rejected');
  });
});
