import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../local/aws/iam/policy.ts';
import type { Claims } from '../../src/doctor/checks/claims.ts';
import { compareWithTrust } from '../../src/doctor/checks/compare-trust.ts';
import { evaluateStatements } from '../../src/trust/evaluate/statement.ts';
import { webIdentityRequest } from '../../src/trust/evaluate/web-identity.ts';
import { lintTrust } from '../../src/trust/lint/lint-trust.ts';
import { readTrust } from '../../src/trust/lint/read-trust.ts';

const TENANT = '9f6a3f5e-6d1c-4a0e-8f56-2f5d4c1f0b11';
const CLIENT = '5b1d3c5b-7a42-4c6e-9d0a-3b6b8f1f2a77';
const V1 = `sts.windows.net/${TENANT}/`;
const V2 = `login.microsoftonline.com/${TENANT}/v2.0`;
const ACCOUNT = 'arn:aws:iam::111122223333';
const AUDIENCE = `api://${CLIENT}`;
const SUBJECT = '1f0d3c5b-7a42-4c6e-9d0a-3b6b8f1f2a10';
const AUD = { [`${V1}:aud`]: AUDIENCE };
const SUB = { [`${V1}:sub`]: SUBJECT };
const PINNED = { StringEquals: { ...AUD, ...SUB } };
const VARIABLE = (key: string) => `\${${key}}`;
const on = (claim: string, value: unknown = SUBJECT, issuer = V1) => ({ [`${issuer}:${claim}`]: value });

const arn = (issuer: string) => `${ACCOUNT}:oidc-provider/${issuer}`;

function statement(Condition: unknown, change: object = {}) {
  return { Effect: 'Allow', Principal: { Federated: arn(V1) }, Action: 'sts:AssumeRoleWithWebIdentity', Condition, ...change };
}

function policy(...Statement: readonly object[]) {
  return { Version: '2012-10-17', Statement };
}

function findings(document: unknown) {
  return lintTrust(readTrust(JSON.stringify(document), {}), { deletes: false });
}

const rules = (document: unknown) => [...new Set(findings(document).map(({ rule }) => rule))];

const CLAIMS: Claims = { iss: `https://${V1}`, aud: AUDIENCE, sub: SUBJECT, appid: CLIENT, exp: 4_000_000_000, ver: '1.0' };

function doctor(document: unknown, claims: Partial<Claims> = {}) {
  const request = { claims: { ...CLAIMS, ...claims }, sessionName: 'keyless-bridge-doctor', roleArn: `${ACCOUNT}:role/bridge` };
  return compareWithTrust(request, readTrust(JSON.stringify(document), {}));
}

/** Whether STS lets in a token with these claims; what the stand-in decides. */
function letsIn(document: unknown, sub: string, aud = AUDIENCE): boolean {
  const request = webIdentityRequest({ provider: arn(V1), issuer: V1, audience: [aud], subject: [sub], sessionName: ['keyless-bridge-x'] });
  return evaluateStatements(parsePolicy(document, 'trust'), request) === 'allowed';
}

describe('a trust that lets strangers of the tenant in', () => {
  it.each<[string, object]>([
    ['asks only whether there is a subject', policy(statement({ StringEquals: AUD, Null: on('sub', 'false') }))],
    ['has a wildcard in its action', policy(statement({ StringEquals: AUD }, { Action: 'sts:AssumeRoleWithWebIdentit?' }))],
    ['excludes another action', policy(statement({ StringEquals: AUD }, { Action: undefined, NotAction: 'sts:AssumeRole' }))],
    ['compares the subject with itself', policy(statement({ StringEquals: { ...AUD, ...on('sub', VARIABLE(`${V1}:sub`)) } }))],
    [
      'compares the subject with the session name',
      policy(statement({ StringEquals: { ...AUD, ...on('sub', VARIABLE('sts:RoleSessionName')) } })),
    ],
    ['likes a part of the subject', policy(statement({ StringEquals: AUD, StringLike: on('sub', '1f0d*') }))],
    ['likes any of several subjects', policy(statement({ StringEquals: AUD, 'ForAnyValue:StringLike': on('sub', [SUBJECT, '*']) }))],
    ['is no number', policy(statement({ StringEquals: AUD, NumericNotEquals: on('sub', '1') }))],
    ['is no address', policy(statement({ StringEquals: AUD, NotIpAddress: on('sub', '10.0.0.0/8') }))],
    ['has a second statement', policy(statement(PINNED), statement({ StringEquals: AUD }))],
    ['denies only one', policy(statement({ StringEquals: AUD }), statement({ StringEquals: SUB }, { Effect: 'Deny' }))],
    [
      'denies on a key that is not there',
      policy(statement({ StringEquals: AUD }), statement({ StringEquals: on('oid') }, { Effect: 'Deny' })),
    ],
    [
      'denies by circumstances',
      policy(statement({ StringEquals: AUD }), statement({ NotIpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, { Effect: 'Deny' })),
    ],
    ['pins a claim of another issuer beside', policy(statement({ StringEquals: AUD, StringNotEquals: on('sub', 'x', V2) }))],
  ])('is an error of the linter and of the doctor when it %s', (_, document) => {
    expect(findings(document).filter(({ severity }) => severity === 'error')).not.toEqual([]);
    expect(doctor(document).map(({ id }) => id)).toContain('trust-too-broad');
  });
});

describe('a trust that lets nobody in', () => {
  it.each<[string, object, string, RegExp]>([
    ['oid', policy(statement({ StringEquals: { ...AUD, ...SUB, ...on('oid') } })), 'trust/unseen-claim', /:sub/],
    ['iss', policy(statement({ StringEquals: { ...AUD, ...SUB, ...on('iss', `https://${V1}`) } })), 'trust/unseen-claim', /Remove/],
    ['appid for sub', policy(statement({ StringEquals: { ...AUD, ...on('appid', CLIENT) } })), 'trust/unseen-claim', /:sub/],
    [
      'a scheme',
      policy(statement({ StringEquals: { ...AUD, ...on('sub', SUBJECT, `https://${V1}`) } })),
      'trust/scheme-in-key',
      new RegExp(`Write ${V1}:sub`),
    ],
    [
      'no slash',
      policy(statement({ StringEquals: { ...AUD, ...on('sub', SUBJECT, V1.slice(0, -1)) } })),
      'trust/missing-slash',
      new RegExp(`Write ${V1}:sub`),
    ],
    ['a key without issuer', policy(statement({ StringEquals: { ...AUD, sub: SUBJECT } })), 'trust/absent-key', new RegExp(`${V1}:sub`)],
    ['a key about principals', policy(statement({ ...PINNED, StringLike: { 'aws:PrincipalArn': '*' } })), 'trust/absent-key', /Remove/],
    [
      'a scope',
      policy(statement({ StringEquals: { ...on('aud', `${AUDIENCE}/.default`), ...SUB } })),
      'trust/never-an-audience',
      new RegExp(`"${AUDIENCE}"`),
    ],
    [
      'upper case',
      policy(statement({ StringEquals: { ...AUD, ...on('sub', SUBJECT.toUpperCase()) } })),
      'trust/never-a-subject',
      new RegExp(SUBJECT),
    ],
    ['the client id', policy(statement({ StringEquals: { ...AUD, ...on('sub', CLIENT) } })), 'trust/never-a-subject', /object id/],
    ['an empty value', policy(statement({ StringEquals: { ...AUD, ...on('sub', '') } })), 'trust/never-a-subject', /object id/],
    ['an empty list', policy(statement({ StringEquals: { ...AUD, ...on('sub', []) } })), 'trust/never-a-subject', /who may/],
    ['a number', policy(statement({ StringEquals: AUD, NumericLessThan: on('sub', '5') })), 'trust/wrong-operator', /StringEquals/],
    ['an unknown operator', policy(statement({ StringEquals: AUD, StringIs: on('sub') })), 'trust/unknown-operator', /StringEquals/],
    ['only sts:AssumeRole', policy(statement(PINNED, { Action: 'sts:AssumeRole' })), 'trust/wrong-action', /WebIdentity/],
    [
      'a URL as principal',
      policy(statement(PINNED, { Principal: { Federated: `https://${V1}` } })),
      'trust/principal-not-a-provider',
      /oidc-provider\/sts/,
    ],
    [
      'a host and path as principal',
      policy(statement(PINNED, { Principal: { Federated: V1 } })),
      'trust/principal-not-a-provider',
      /oidc-provider\/sts/,
    ],
    [
      'a provider among principals of AWS',
      policy(statement(PINNED, { Principal: { AWS: arn(V1) } })),
      'trust/principal-not-a-provider',
      /Federated/,
    ],
    [
      'a Deny for a key that is not there',
      policy(statement(PINNED), statement({ StringNotEquals: on('oid') }, { Effect: 'Deny' })),
      'trust/denied',
      /Deny/,
    ],
  ])('is a finding that says what to write instead: %s', (_, document, rule, fix) => {
    expect(findings(document)).toContainEqual(expect.objectContaining({ rule, severity: 'error', fix: expect.stringMatching(fix) }));
    expect(doctor(document)).not.toEqual([]);
  });

  it('is named by key where the v2 issuer has a slash too many', () => {
    const wrong = statement(
      { StringEquals: { ...on('aud', CLIENT, `${V2}/`), ...on('sub', SUBJECT, `${V2}/`) } },
      { Principal: { Federated: arn(V2) } },
    );
    const [first] = doctor(policy(wrong), { iss: `https://${V2}`, aud: CLIENT, azp: CLIENT });

    expect(rules(policy(wrong))).toEqual(['trust/extra-slash']);
    expect(first).toMatchObject({ id: 'condition-key-prefix', fix: expect.stringContaining(`Write ${V2}:aud.`) });
  });

  it('names an Application ID URI where tokens of version 2 have client ids', () => {
    const wrong = statement(
      { StringEquals: { ...on('aud', AUDIENCE, V2), ...on('sub', SUBJECT, V2) } },
      { Principal: { Federated: arn(V2) } },
    );

    expect(rules(policy(wrong))).toEqual(['trust/never-an-audience']);
  });

  it('trusts a provider of another account', () => {
    const Role = { Arn: 'arn:aws:iam::999999999999:role/bridge', AssumeRolePolicyDocument: policy(statement(PINNED)) };

    expect(rules({ Role })).toEqual(['trust/provider-elsewhere']);
  });

  it('pins the client id, which the doctor knows from the token', () => {
    const [first] = doctor(policy(statement({ StringEquals: { ...on('aud', 'api://bridge'), ...on('sub', CLIENT) } })), {
      aud: 'api://bridge',
    });

    expect(first).toMatchObject({ cause: expect.stringContaining('client id'), fix: expect.stringContaining(SUBJECT) });
  });
});

describe('a trust that is right', () => {
  const GITHUB = 'token.actions.githubusercontent.com';
  const github = statement(
    { StringEquals: on('aud', 'sts.amazonaws.com', GITHUB), StringLike: on('sub', 'repo:contoso/bridge:*', GITHUB) },
    { Principal: { Federated: arn(GITHUB) } },
  );
  const cognito = statement(
    {
      StringEquals: { 'cognito-identity.amazonaws.com:aud': 'eu-central-1:x' },
      'ForAnyValue:StringLike': { 'cognito-identity.amazonaws.com:amr': 'authenticated' },
    },
    { Principal: { Federated: 'cognito-identity.amazonaws.com' } },
  );

  it.each<[string, object]>([
    ['serves GitHub Actions too', policy(statement(PINNED), github)],
    ['serves Cognito too', policy(statement(PINNED), cognito)],
    ['pins by a Deny', policy(statement({ StringEquals: AUD }), statement({ StringNotEquals: SUB }, { Effect: 'Deny' }))],
    ['likes a subject without a wildcard', policy(statement({ StringEquals: AUD, StringLike: SUB }))],
    ['ignores the case of the subject', policy(statement({ StringEquals: AUD, StringEqualsIgnoreCase: on('sub', SUBJECT.toUpperCase()) }))],
    [
      'writes its keys in another case',
      policy(statement({ StringEquals: { [`${V1}:AUD`]: AUDIENCE, [`${V1.toUpperCase()}:Sub`]: SUBJECT } })),
    ],
    [
      'has circumstances that are not known',
      policy(statement({ ...PINNED, IpAddress: { 'aws:SourceIp': '10.0.0.0/8' }, Bool: { 'aws:SecureTransport': 'true' } })),
    ],
    ['allows tags in a statement of its own', policy(statement(PINNED), statement(PINNED, { Action: 'sts:TagSession' }))],
  ])('has no finding when it %s', (_, document) => {
    expect(findings(document)).toEqual([]);
    expect(doctor(document)).toEqual([]);
  });

  it.each<[readonly string[], readonly string[]]>([
    [[AUDIENCE], []],
    [['api://other'], ['provider/audience-not-listed']],
  ])('names two audiences, of which the provider lists %j', (ClientIdList, expected) => {
    const AssumeRolePolicyDocument = policy(
      statement({ StringEquals: { ...on('aud', [AUDIENCE, 'api://second']), ...SUB } }, { Principal: { Federated: { Ref: 'Provider' } } }),
    );
    const Provider = {
      Type: 'AWS::IAM::OIDCProvider',
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: { Url: `https://${V1}`, ClientIdList },
    };

    expect(rules({ Resources: { Provider, Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument } } } })).toEqual(
      expected,
    );
  });
});

describe('principals of AWS beside the provider', () => {
  const Principal = { Federated: arn(V1), AWS: `${ACCOUNT}:root` };

  it('are an error where they come in, and a warning where they do not', () => {
    expect(findings(policy(statement({ StringLike: { 'sts:RoleSessionName': '*' }, ...PINNED }, { Principal })))).toMatchObject([
      { rule: 'trust/mixed-principal', severity: 'warning' },
    ]);
    expect(findings(policy(statement({ 'ForAllValues:StringEquals': { ...AUD, ...SUB } }, { Principal, Action: 'sts:*' })))).toContainEqual(
      expect.objectContaining({ rule: 'trust/mixed-principal', severity: 'error' }),
    );
  });
});

describe('the linter', () => {
  const operator = fc.constantFrom(
    'StringEquals',
    'StringLike',
    'StringNotEquals',
    'StringEqualsIgnoreCase',
    'ForAnyValue:StringEquals',
    'StringEqualsIfExists',
    'Null',
    'Bool',
    'ArnLike',
    'NumericLessThan',
  );
  const key = fc.constantFrom(`${V1}:sub`, `${V1}:aud`, `${V1}:oid`, `${V1.slice(0, -1)}:sub`, `${V2}:sub`, 'aws:PrincipalArn');
  const value = fc.constantFrom(SUBJECT, AUDIENCE, '*', 'api://*', '1f0d*', 'false', '', VARIABLE(`${V1}:sub`));
  const condition = fc.tuple(operator, key, fc.uniqueArray(value, { minLength: 1, maxLength: 2 }));
  // Mostly right, so that some of the policies are without a finding.
  const pinning = fc.record({
    aud: fc.constantFrom(...['StringEquals', 'StringEquals', 'ForAnyValue:StringEquals', 'StringLike', 'Null']),
    sub: fc.constantFrom(...['StringEquals', 'StringEquals', 'StringEqualsIgnoreCase', 'StringLike', 'StringNotEquals', 'Null']),
  });
  const more = fc.array(fc.tuple(fc.constantFrom('Allow', 'Deny'), fc.array(condition, { minLength: 1, maxLength: 2 })), { maxLength: 2 });

  function blockOf(conditions: readonly (readonly [name: string, key: string, values: readonly string[]])[]) {
    const block: Record<string, Record<string, unknown>> = {};
    for (const [name, key, values] of conditions) block[name] = { ...block[name], [key]: values };
    return block;
  }

  it('is content with a trust only if STS lets in ours and no stranger', () => {
    let contentCount = 0;
    fc.assert(
      fc.property(pinning, fc.array(condition, { maxLength: 1 }), more, ({ aud, sub }, extra, others) => {
        const pins = [[aud, `${V1}:aud`, [AUDIENCE]] as const, [sub, `${V1}:sub`, [SUBJECT]] as const];
        const document = policy(
          statement(blockOf([...extra, ...pins])),
          ...others.map(([Effect, conditions]) => statement(blockOf(conditions), { Effect })),
        );
        if (findings(document).some(({ severity }) => severity === 'error')) return;
        contentCount += 1;

        expect(letsIn(document, randomUUID())).toBe(false);
        expect(letsIn(document, SUBJECT, `api://${randomUUID()}`)).toBe(false);
        const named = [SUBJECT, AUDIENCE, 'false'];
        expect(named.some((one) => named.some((audience) => letsIn(document, one, audience)))).toBe(true);
      }),
      { numRuns: 400, seed: 13 },
    );
    expect(contentCount).toBeGreaterThan(20);
  });
});
