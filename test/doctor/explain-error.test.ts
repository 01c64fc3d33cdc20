import { describe, expect, it } from 'vitest';
import { explainError } from '../../src/doctor/explain/explain-error.ts';
import { FederationError, type FederationErrorCode } from '../../src/federation/federation-error.ts';
import { StoreError, type StoreErrorCode } from '../../src/sync/store/store-error.ts';

const NOW_MS = Date.parse('2026-03-01T12:00:00Z');
const NOW = NOW_MS / 1_000;
/** Of a managed identity, an hour old. */
const OLD_TOKEN = {
  nowMs: NOW_MS,
  claims: { iss: 'https://sts.windows.net/7c1a2f3e/', aud: 'api://bridge', sub: 's', iat: NOW - 3_600, exp: NOW + 23 * 3_600 },
};

const idsOf = (error: unknown) => explainError(error, OLD_TOKEN).map(({ id }) => id);

describe('an error while the token of the managed identity is old', () => {
  it.each<[StoreErrorCode, string]>([
    ['not-found', 'Azure Storage did not list https://account.blob.core.windows.net/c (404 ContainerNotFound).'],
    ['permission-denied', 'Amazon S3 did not write s3://bucket/k (403 AccessDenied).'],
    ['unavailable', 'Amazon S3 did not list s3://bucket/ (no answer).'],
    ['rejected', 'Amazon S3 did not list s3://bucket/ (400 Strange).'],
    ['aborted', 'Stopped.'],
  ])('of a store (%s) is not explained by that token', (code, message) => {
    expect(idsOf(new StoreError(code, message))).not.toContain('identity-token-cached');
  });

  it.each<FederationErrorCode>(['sts-unavailable', 'keys-unavailable', 'invalid-session-policy', 'region-disabled', 'invalid-request'])(
    'of STS that is about something else (%s) is not explained by that token',
    (code) => {
      expect(idsOf(new FederationError(code, 'No credentials'))).not.toContain('identity-token-cached');
    },
  );

  it('of STS that refuses it may be explained by that token, also where a store reports it', () => {
    const refusal = new FederationError('access-denied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity');

    expect(idsOf(refusal)).toEqual(['trust-does-not-match', 'identity-token-cached']);
    expect(idsOf(new StoreError('permission-denied', refusal.message, { cause: refusal }))).toContain('identity-token-cached');
  });
});

describe('an error that no entry knows', () => {
  it('is explained by its code, before its family', () => {
    expect(idsOf(new StoreError('aborted', 'Stopped: did not list s3://bucket/.'))).toEqual(['aborted']);
  });

  it('is explained by its family where its code says nothing', () => {
    const [finding] = explainError(new FederationError('entra-rejected', 'No token: AADSTS9999999: new'), {});

    expect(finding).toMatchObject({ id: 'entra-rejected', fix: expect.stringContaining('login.microsoftonline.com/error') });
  });

  it('is shown in its own words where nothing is known', () => {
    expect(explainError(new Error('Strange'), {})).toEqual([
      { id: 'unexpected', symptom: 'Strange', cause: expect.any(String), fix: expect.any(String) },
    ]);
  });
});

describe('an explicit deny in the answer of a store', () => {
  it('is not answered by allowing the action', () => {
    const cause = new Error(
      'User: u is not authorized to perform: s3:PutObject on resource: "r" with an explicit deny in a service control policy',
    );
    const message = 'Amazon S3 did not write s3://bucket/k (403 AccessDenied).';

    const found = explainError(new StoreError('permission-denied', message, { cause }), {});

    expect(found.map(({ id }) => id)).toEqual(['explicit-deny-scp']);
  });
});
