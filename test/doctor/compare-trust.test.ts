import { describe, expect, it } from 'vitest';
import type { Claims } from '../../src/doctor/checks/claims.ts';
import { compareWithTrust } from '../../src/doctor/checks/compare-trust.ts';
import { parseTrust } from '../../src/doctor/checks/expected-trust.ts';
import type { Trust } from '../../src/trust/lint/trust.ts';

const TENANT = '7c1a2f3e-5b64-4d0a-9a43-2f0d1b8e6c55';
const ISSUER = `sts.windows.net/${TENANT}/`;
const CLAIMS: Claims = { iss: `https://${ISSUER}`, aud: 'api://bridge', sub: 'principal', exp: 4_000_000_000, ver: '1.0' };
const PINNED = { StringEquals: { [`${ISSUER}:aud`]: 'api://bridge', [`${ISSUER}:sub`]: ['other', 'principal'] } };

function trustOf(condition: unknown, provider = ISSUER): Trust {
  return parsed({
    Statement: {
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::111122223333:oidc-provider/${provider}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: condition,
    },
  });
}

function parsed(document: unknown): Trust {
  const { value } = parseTrust(JSON.stringify(document));
  if (value === undefined) throw new Error('The document is not understood.');
  return value;
}

function compare(trust: Trust, change: Partial<Claims> = {}) {
  return compareWithTrust({ claims: { ...CLAIMS, ...change }, sessionName: 'keyless-bridge-doctor' }, trust);
}

describe('a token and a role that fit', () => {
  it.each([
    ['by a policy', trustOf(PINNED)],
    ['by a policy with a session name', trustOf({ ...PINNED, StringLike: { 'sts:RoleSessionName': 'keyless-bridge-*' } })],
    ['by a policy with a condition that only STS can judge', trustOf({ ...PINNED, Bool: { 'aws:SecureTransport': true } })],
    ['by the parameters of the template', parsed({ TenantId: TENANT, Audience: 'api://bridge', Subjects: 'other, principal' })],
    ['by one statement of two', parsed({ Statement: [statement('other'), statement('principal')] })],
  ])('raise no objection: %s', (_how, trust) => {
    expect(compare(trust)).toEqual([]);
  });
});

function statement(subject: string) {
  return {
    Effect: 'Allow',
    Principal: { Federated: `arn:aws:iam::111122223333:oidc-provider/${ISSUER}` },
    Action: ['sts:AssumeRoleWithWebIdentity'],
    Condition: { StringEquals: { [`${ISSUER}:aud`]: 'api://bridge', [`${ISSUER}:sub`]: subject } },
  };
}

describe('a token and a role that do not fit', () => {
  it.each<[string, string, Trust, Partial<Claims>, RegExp]>([
    ['another tenant', 'provider-not-found', trustOf(PINNED), { iss: 'https://sts.windows.net/other/' }, /sts\.windows\.net\/other\//],
    ['a provider without the slash', 'provider-not-found', trustOf(PINNED, ISSUER.slice(0, -1)), {}, /role trusts/],
    ['a token of version 2', 'provider-not-found', trustOf(PINNED), { iss: `https://login.microsoftonline.com/${TENANT}/v2.0` }, /v2\.0/],
    ['a caller that STS takes for the audience', 'version-2-audience', trustOf(PINNED), { azp: 'caller' }, /the audience caller/],
    ['another audience', 'trust-does-not-match', trustOf(PINNED), { aud: 'api://other' }, /wants api:\/\/bridge/],
    ['another subject', 'trust-does-not-match', trustOf(PINNED), { sub: 'stranger' }, /:sub is stranger/],
    ['a subject in other case', 'trust-does-not-match', trustOf(PINNED), { sub: 'Principal' }, /:sub is Principal/],
    [
      'another name of the session',
      'trust-does-not-match',
      trustOf({ ...PINNED, StringLike: { 'sts:RoleSessionName': 'audit-*' } }),
      {},
      /sts:RoleSessionName is keyless-bridge-doctor/,
    ],
    [
      'keys with the scheme',
      'condition-key-prefix',
      trustOf({ StringEquals: { [`https://${ISSUER}:aud`]: 'api://bridge', [`https://${ISSUER}:sub`]: 'principal' } }),
      {},
      /https:\/\/sts/,
    ],
    [
      'keys without the slash',
      'condition-key-prefix',
      trustOf({ StringEquals: { [`${ISSUER.slice(0, -1)}:aud`]: 'api://bridge', [`${ISSUER.slice(0, -1)}:sub`]: 'principal' } }),
      {},
      /must begin with/,
    ],
  ])('are told apart: %s', (_case, id, trust, change, symptom) => {
    expect(compare(trust, change)).toMatchObject([{ id, symptom: expect.stringMatching(symptom) }]);
  });
});

describe('a role that lets in more than it should', () => {
  it.each([
    ['by the audience alone', { StringEquals: { [`${ISSUER}:aud`]: 'api://bridge' } }],
    ['by no condition', {}],
    ['by ForAllValues', { 'ForAllValues:StringEquals': { [`${ISSUER}:aud`]: 'api://bridge', [`${ISSUER}:sub`]: 'principal' } }],
    ['by IfExists', { StringEquals: { [`${ISSUER}:aud`]: 'api://bridge' }, StringEqualsIfExists: { [`${ISSUER}:sub`]: 'principal' } }],
    ['by a wildcard', { StringEquals: { [`${ISSUER}:aud`]: 'api://bridge' }, StringLike: { [`${ISSUER}:sub`]: '*' } }],
    ['by whom it keeps out', { StringEquals: { [`${ISSUER}:aud`]: 'api://bridge' }, StringNotEquals: { [`${ISSUER}:sub`]: 'someone' } }],
  ])('is told although the token gets in: %s', (_how, condition) => {
    expect(compare(trustOf(condition))[0]).toMatchObject({ id: 'trust-too-broad' });
  });
});

describe('a provider that is known as well', () => {
  it('must list the audience', () => {
    const provider = { place: 'Provider', url: `https://${ISSUER}`, clientIds: ['api://other'], thumbprints: [], isRetained: true };

    expect(compare({ ...trustOf(PINNED), providers: [provider] })).toMatchObject([{ id: 'audience-not-registered' }]);
  });
});

describe('what is known of a role', () => {
  it('may be what `aws iam get-role` prints', () => {
    const role = { Role: { AssumeRolePolicyDocument: { Statement: [statement('principal')] }, MaxSessionDuration: 7_200 } };

    expect(parsed(role).roles).toMatchObject([{ maxSessionSeconds: 7_200 }]);
    expect(compare(parsed(role))).toEqual([]);
  });

  it('may be a file of CloudFormation parameters', () => {
    const values = { TenantId: TENANT, Audience: 'api://bridge', Subjects: 'principal', MaxSessionSeconds: '3600', WriteBucket: 'reports' };
    const list = Object.entries(values).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue }));

    expect(parsed(list).roles).toMatchObject([{ maxSessionSeconds: 3_600 }]);
    expect(compare(parsed(list), { sub: 'other' })).toMatchObject([{ id: 'trust-does-not-match' }]);
  });

  it.each([
    '',
    '{',
    '[]',
    '{"Version":"2012-10-17"}',
    '{"Statement":[{"Effect":"Maybe"}]}',
    '{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole"}]}',
    'Resources: {}',
  ])('is refused when it is neither: %j', (text) => {
    expect(parseTrust(text).problems).toEqual([expect.stringContaining('BRIDGE_TRUST_POLICY')]);
  });
});
