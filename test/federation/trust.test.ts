import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AwsStandIn } from '../../local/aws/server.ts';
import { createIdentity, type IdentityChoice } from '../../src/federation/identity.ts';
import { sessionPolicyFor } from '../../src/federation/session-policy.ts';
import { connect, createRole, startAccount } from './account.ts';
import { AUDIENCE, identitySettings, startTenant, type Tenant } from './tenant.ts';

const HOUR_S = 3_600;

let tenant: Tenant;
let aws: AwsStandIn;
let roleArn: string;

beforeAll(async () => {
  tenant = await startTenant();
  aws = await startAccount(tenant.entra, AUDIENCE);
  aws.createBucket('data');
  aws.createBucket('other');
  roleArn = roleThatTrusts('bridge', [tenant.appPrincipalId, tenant.identityPrincipalId]);
});

afterAll(async () => {
  await aws.stop();
  await tenant.stop();
});

function roleThatTrusts(name: string, subjects: readonly string[]): string {
  return createRole(aws, name, { issuer: tenant.entra.issuer, audience: AUDIENCE, subjects });
}

function tokensOf(choice: IdentityChoice, audience = AUDIENCE) {
  return createIdentity(identitySettings(tenant, choice, audience)).getToken;
}

/** A source of tokens with these claims, which are otherwise those of the app registration. */
async function minted(claims: Record<string, unknown>, signature?: 'unknown-key' | 'none') {
  const allClaims = { aud: AUDIENCE, sub: tenant.appPrincipalId, ...claims };
  const token = await tenant.entra.mintToken(allClaims, signature === undefined ? {} : { signature });
  return async () => ({ token, expiresOn: new Date(Date.now() + HOUR_S * 1000) });
}

describe('a token of Entra ID', () => {
  it.each(['managed-identity', 'federated-app', 'certificate', 'client-secret'] as const)(
    'by %s becomes credentials with which S3 works',
    async (mode) => {
      const s3 = connect({ aws, roleArn, getToken: tokensOf(tenant.choices[mode]) });

      await s3.put('data', `by-${mode}`, 'content');

      expect(await s3.get('data', `by-${mode}`)).toBe('content');
    },
  );

  it('is asked of STS once for many requests', async () => {
    const s3 = connect({ aws, roleArn, getToken: tokensOf(tenant.choices['client-secret']) });
    const before = aws.requestCounts.get('AssumeRoleWithWebIdentity') ?? 0;

    await Promise.all(['a', 'b', 'c', 'd'].map((key) => s3.put('data', key, 'content')));

    expect(aws.requestCounts.get('AssumeRoleWithWebIdentity')).toBe(before + 1);
  });
});

describe('STS lets nobody in', () => {
  it('for another audience', async () => {
    const other = `api://${randomUUID()}`;
    tenant.entra.registerApplication({ clientId: randomUUID(), servicePrincipalId: randomUUID(), identifierUris: [other] });
    const { credentials } = connect({ aws, roleArn, getToken: tokensOf(tenant.choices['client-secret'], other) });

    await expect(credentials()).rejects.toMatchObject({ name: 'FederationError', code: 'wrong-audience' });
  });

  it('to a role that does not exist', async () => {
    const { credentials } = connect({ aws, roleArn: `${roleArn}-typo`, getToken: tokensOf(tenant.choices['client-secret']) });

    await expect(credentials()).rejects.toMatchObject({ code: 'access-denied', message: expect.stringContaining('AWS_ROLE_ARN') });
  });

  it('to a role that trusts another subject', async () => {
    const closed = roleThatTrusts('closed', [randomUUID()]);
    const { credentials } = connect({ aws, roleArn: closed, getToken: tokensOf(tenant.choices['client-secret']) });

    await expect(credentials()).rejects.toMatchObject({ code: 'access-denied' });
  });

  it('to a role that names the subject in capitals', async () => {
    const loud = roleThatTrusts('loud', [tenant.appPrincipalId.toUpperCase()]);
    const { credentials } = connect({ aws, roleArn: loud, getToken: tokensOf(tenant.choices['client-secret']) });

    await expect(credentials()).rejects.toMatchObject({ code: 'access-denied' });
  });

  it('for longer than the role allows', async () => {
    const { credentials } = connect({ aws, roleArn, durationSeconds: 2 * HOUR_S, getToken: await minted({}) });

    await expect(credentials()).rejects.toMatchObject({ code: 'invalid-request' });
  });

  it.each([
    ['of an issuer without the slash at its end', (issuer: string) => ({ iss: issuer.slice(0, -1) }), 'unknown-issuer'],
    ['of another tenant', () => ({ iss: 'https://sts.windows.net/other/' }), 'unknown-issuer'],
    ['that expired an hour ago', () => ({ exp: Math.floor(Date.now() / 1000) - HOUR_S }), 'expired-token'],
    ['that is valid only in an hour', () => ({ nbf: Math.floor(Date.now() / 1000) + HOUR_S }), 'invalid-token'],
    ['without an audience', () => ({ aud: undefined }), 'invalid-token'],
    ['without a subject', () => ({ sub: undefined }), 'invalid-token'],
  ] as const)('with a token %s', async (_, claims, code) => {
    const getToken = await minted(claims(tenant.entra.issuer));
    const { credentials } = connect({ aws, roleArn, getToken });

    await expect(credentials()).rejects.toMatchObject({ code });
  });

  it.each(['unknown-key', 'none'] as const)('with a token whose signature is: %s', async (signature) => {
    const { credentials } = connect({ aws, roleArn, getToken: await minted({}, signature) });

    await expect(credentials()).rejects.toMatchObject({ code: 'invalid-token' });
  });

  it('with something that is no token', async () => {
    const getToken = async () => ({ token: 'garbage', expiresOn: new Date() });
    const { credentials } = connect({ aws, roleArn, getToken });

    await expect(credentials()).rejects.toMatchObject({ code: 'invalid-token' });
  });

  it('with a token of version 2, since no provider is for its issuer', async () => {
    const getToken = await minted({ iss: tenant.entra.v2Issuer, ver: '2.0' });
    const { credentials } = connect({ aws, roleArn, getToken });

    await expect(credentials()).rejects.toMatchObject({ code: 'unknown-issuer', message: expect.stringContaining('version 1') });
  });
});

describe('tokens of version 2', () => {
  it('are judged by the caller instead of the audience, and the error says so', async () => {
    const [resourceId, callerId] = [randomUUID(), randomUUID()];
    aws.createOidcProvider({ url: tenant.entra.v2Issuer, clientIds: [resourceId] });
    const getToken = await minted({ iss: tenant.entra.v2Issuer, aud: resourceId, azp: callerId, ver: '2.0' });
    const { credentials } = connect({ aws, roleArn, getToken });

    await expect(credentials()).rejects.toMatchObject({ code: 'wrong-audience', message: expect.stringContaining('version 1') });
  });

  it('are let in where the provider and the role name the caller', async () => {
    const callerId = randomUUID();
    aws.createOidcProvider({ url: tenant.entra.v2Issuer, clientIds: [callerId] });
    const trust = { issuer: tenant.entra.v2Issuer, audience: callerId, subjects: [tenant.appPrincipalId] };
    const getToken = await minted({ iss: tenant.entra.v2Issuer, aud: randomUUID(), azp: callerId, ver: '2.0' });
    const { credentials } = connect({ aws, roleArn: createRole(aws, 'second-version', trust), getToken });

    await expect(credentials()).resolves.toMatchObject({ accessKeyId: expect.any(String) });
  });
});

describe('a session that is narrowed to one prefix', () => {
  function session(access: 'read' | 'write', mayDelete = false) {
    const policy = sessionPolicyFor([{ bucket: 'data', prefix: 'mine/', access, mayDelete }]);
    return connect({ aws, roleArn, policy, getToken: tokensOf(tenant.choices['client-secret']) });
  }

  beforeAll(async () => {
    const unlimited = connect({ aws, roleArn, getToken: tokensOf(tenant.choices['client-secret']) });
    await unlimited.put('data', 'mine/a', 'a');
    await unlimited.put('data', 'theirs/b', 'b');
    await unlimited.put('other', 'mine/c', 'c');
  });

  it('reads and lists there', async () => {
    const s3 = session('read');

    expect(await s3.get('data', 'mine/a')).toBe('a');
    expect(await s3.list('data', 'mine/')).toContain('mine/a');
  });

  it('writes there when it may', async () => {
    await session('write').put('data', 'mine/new', 'new');

    expect(await session('read').get('data', 'mine/new')).toBe('new');
  });

  it('deletes there when it may', async () => {
    await session('write').put('data', 'mine/short-lived', 'x');

    await session('write', true).delete('data', 'mine/short-lived');

    expect(await session('read').list('data', 'mine/')).not.toContain('mine/short-lived');
  });

  it('can tell by a listing that an object is absent', async () => {
    expect(await session('read').list('data', 'mine/absent')).toEqual([]);
  });

  it.each([
    ['read under another prefix', () => session('read').get('data', 'theirs/b')],
    ['read from another bucket', () => session('read').get('other', 'mine/c')],
    ['list another prefix', () => session('read').list('data', 'theirs/')],
    ['list the whole bucket', () => session('read').list('data')],
    ['write when it may only read', () => session('read').put('data', 'mine/a', 'x')],
    ['write under another prefix', () => session('write').put('data', 'theirs/b', 'x')],
    ['write to another bucket', () => session('write').put('other', 'mine/c', 'x')],
    ['delete unless that was asked for', () => session('write').delete('data', 'mine/a')],
  ])('cannot %s', async (_, attempt) => {
    await expect(attempt()).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});
