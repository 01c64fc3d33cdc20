import { describe, expect, it } from 'vitest';
import { FAILURE_IDS, findingOf, recognise } from '../../src/doctor/known-failures.ts';
import { FIELD_REPORTS } from './field-reports.ts';

describe('a failure that is known from the field', () => {
  it.each(Object.entries(FIELD_REPORTS))('is recognised as %s, with its fix', (id, { mendedBy, ...evidence }) => {
    const [first] = recognise(evidence);

    expect(first).toEqual({ id, symptom: expect.any(String), cause: expect.any(String), fix: expect.stringMatching(mendedBy) });
  });

  it('has a report each, for all thirty', () => {
    expect(Object.keys(FIELD_REPORTS)).toHaveLength(30);
    expect(Object.keys(FIELD_REPORTS).sort()).toEqual(FAILURE_IDS.toSorted());
  });

  it.each([
    ['AADSTS90002: Tenant not found', 'tenant-or-cloud-wrong'],
    ['AADSTS90038: Tenant request forwarded', 'tenant-or-cloud-wrong'],
    ['AADSTS70011: The provided value for the input parameter scope is not valid', 'scope-not-default'],
    ['AADSTS70021: No matching federated identity record', 'federated-credential-differs'],
    ['AADSTS700211: No matching federated identity record found for presented assertion issuer', 'federated-credential-differs'],
    ['AADSTS500011: The resource principal named api://id/user_impersonation was not found', 'scope-in-app-id-uri'],
    ['AADSTS500011: The resource principal named api://id/.default was not found', 'scope-in-app-id-uri'],
    ['"sts.windows.net/7c1a2f3e:aud": "api://bridge", "sts.windows.net/7c1a2f3e:sub": "principal"', 'condition-key-prefix'],
    ['IDPCommunicationError: the identity provider could not be reached', 'keys-not-fetched'],
    ['"ForAllValues:StringEquals": { "sts.windows.net/7c1a2f3e/:aud": "a", "sts.windows.net/7c1a2f3e/:sub": "b" }', 'trust-too-broad'],
  ])('is recognised by its other words: %s', (text, id) => {
    expect(recognise({ text })[0]?.id).toBe(id);
  });

  it('of a cached token comes after what the service said', () => {
    const { claims, nowMs } = FIELD_REPORTS['identity-token-cached'];

    const found = recognise({
      text: 'Not authorized to perform sts:AssumeRoleWithWebIdentity',
      ...(claims && { claims }),
      ...(nowMs && { nowMs }),
    });

    expect(found.map(({ id }) => id)).toEqual(['trust-does-not-match', 'identity-token-cached']);
  });

  it('is told with what was seen, where that is more precise', () => {
    expect(findingOf('session-too-long', 'It is 7200, and may be 3600.')).toMatchObject({ symptom: 'It is 7200, and may be 3600.' });
  });
});

describe('what nobody has met', () => {
  it.each([
    '',
    'It works.',
    'AADSTS700027: The certificate with identifier used to sign the client assertion: thumbprint of key used by client',
  ])('is not taken for something else: %j', (text) => {
    expect(recognise({ text })).toEqual([]);
  });
});
