import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { AssumeRoleWithWebIdentityCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { type JWTPayload, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestIssuer, type TestIssuer } from './support/issuer.ts';
import { allow, startTestAws, TENANT_ISSUER, type TestAws } from './support/setup.ts';

const AUDIENCE = 'api://keyless-bridge';
const SUBJECT = '1f0d3c5b-7a42-4c6e-9d0a-3b6b8f1f2a10';
const DOWN_ISSUER = 'https://sts.windows.net/0f0f0f0f-0000-4000-8000-000000000000/';
const KEY_PREFIX = TENANT_ISSUER.slice('https://'.length);

let test: TestAws;
let issuer: TestIssuer;
let stranger: TestIssuer;
let roleArn: string;
let now = Date.now();

beforeAll(async () => {
  issuer = await startTestIssuer(TENANT_ISSUER);
  stranger = await startTestIssuer(TENANT_ISSUER);
  test = await startTestAws({
    clock: () => new Date(now),
    issuerLocations: { [TENANT_ISSUER]: issuer.location, [DOWN_ISSUER]: 'http://127.0.0.1:1' },
  });
  test.aws.createOidcProvider({ url: DOWN_ISSUER, clientIds: [AUDIENCE] });
  const provider = test.aws.createOidcProvider({ url: TENANT_ISSUER, clientIds: [AUDIENCE, 'caller-app', 'api://other'] });
  roleArn = test.aws.createRole({
    name: 'bridge',
    maxSessionSeconds: 7200,
    trustPolicy: {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { Federated: provider },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: { [`${KEY_PREFIX}:aud`]: AUDIENCE, [`${KEY_PREFIX}:sub`]: SUBJECT },
          StringLike: { 'sts:RoleSessionName': 'bridge-*' },
        },
      },
    },
    policies: [allow('s3:*', '*')],
  });
});
afterAll(async () => {
  await test.stop();
  await issuer.stop();
  await stranger.stop();
});

function claims(overrides: JWTPayload = {}): JWTPayload {
  const nowSeconds = Math.floor(now / 1000);
  return { iss: TENANT_ISSUER, aud: AUDIENCE, sub: SUBJECT, iat: nowSeconds, nbf: nowSeconds, exp: nowSeconds + 3600, ...overrides };
}

function stsClient(): STSClient {
  return new STSClient({ endpoint: test.aws.url, region: test.aws.region, maxAttempts: 1 });
}

async function assume(WebIdentityToken: string, more: object = {}) {
  const input = { RoleArn: roleArn, RoleSessionName: 'bridge-run-1', WebIdentityToken, ...more };
  return await stsClient().send(new AssumeRoleWithWebIdentityCommand(input));
}

/** Overrides that leave a claim out. */
function without(name: string): JWTPayload {
  return Object.fromEntries([[name, undefined]]);
}

describe('a web identity token', () => {
  it('is traded for credentials of the role that trusts its subject', async () => {
    const { Credentials, ...rest } = await assume(await issuer.sign(claims()));

    expect(rest).toMatchObject({
      SubjectFromWebIdentityToken: SUBJECT,
      Audience: AUDIENCE,
      AssumedRoleUser: { Arn: `arn:aws:sts::${test.aws.accountId}:assumed-role/bridge/bridge-run-1` },
    });
    expect(Credentials?.Expiration).toEqual(new Date(Math.floor(now / 1000) * 1000 + 3_600_000));
    expect(Credentials?.SessionToken?.length).toBe(900);
    const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '', SessionToken: sessionToken = '' } = Credentials ?? {};
    const client = test.client({ credentials: { accessKeyId, secretAccessKey, sessionToken } });
    await expect(client.send(new ListBucketsCommand())).resolves.toBeDefined();
  });

  it.each<[string, JWTPayload, string, string]>([
    ['another audience', { aud: 'api://else' }, 'InvalidIdentityTokenException', 'Incorrect token audience'],
    ['no audience', without('aud'), 'InvalidIdentityTokenException', 'Missing a required claim: aud'],
    ['no subject', without('sub'), 'InvalidIdentityTokenException', 'Missing a required claim: sub'],
    ['an audience that the role does not trust', { aud: 'api://other' }, 'AccessDenied', 'Not authorized to perform'],
    ['an azp, which is what AWS takes for the audience', { azp: 'caller-app' }, 'AccessDenied', 'Not authorized to perform'],
    ['an azp that is not registered', { azp: 'unknown-app' }, 'InvalidIdentityTokenException', 'Incorrect token audience'],
    ['another subject', { sub: 'somebody' }, 'AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity'],
    ['the subject in another case', { sub: SUBJECT.toUpperCase() }, 'AccessDenied', 'Not authorized to perform'],
    [
      'an unknown issuer',
      { iss: 'https://sts.windows.net/other/' },
      'InvalidIdentityTokenException',
      'No OpenIDConnect provider found in your account for https://sts.windows.net/other/',
    ],
    [
      'the issuer without its slash',
      { iss: TENANT_ISSUER.slice(0, -1) },
      'InvalidIdentityTokenException',
      'No OpenIDConnect provider found',
    ],
    ['an issuer that cannot be reached', { iss: DOWN_ISSUER }, 'IDPCommunicationErrorException', DOWN_ISSUER],
    ['a time that is over', { exp: Math.floor(now / 1000) - 301 }, 'ExpiredTokenException', 'Token expired'],
    ['no end', without('exp'), 'InvalidIdentityTokenException', 'Missing a required claim: exp'],
    ['a time that is still to come', { nbf: Math.floor(now / 1000) + 3600 }, 'IDPRejectedClaimException', 'not valid yet'],
  ])('is refused with %s', async (_name, overrides, name, message) => {
    const assumed = assume(await issuer.sign(claims(overrides)));

    await expect(assumed).rejects.toMatchObject({ name, message: expect.stringContaining(message) });
  });

  it('is good for five minutes after its end', async () => {
    await expect(assume(await issuer.sign(claims({ exp: Math.floor(now / 1000) - 290 })))).resolves.toBeDefined();
  });

  it.each([
    ["signed with a stranger's key", async () => await stranger.sign(claims())],
    ['not signed', async () => new UnsecuredJWT(claims()).encode()],
    ['of no sense', async () => 'garbage'],
    [
      'changed after it was signed',
      async () => (await issuer.sign(claims())).replace(/\.[^.]+\./, `.${btoa(JSON.stringify(claims({ jti: 'x' }))).replaceAll('=', '')}.`),
    ],
  ])('is refused when it is %s', async (_name, makeToken) => {
    await expect(assume(await makeToken())).rejects.toMatchObject({ name: 'InvalidIdentityTokenException' });
  });

  it('is verified with keys that are kept for a while', async () => {
    await assume(await issuer.sign(claims()));
    const before = issuer.keyRequests();

    await assume(await issuer.sign(claims()));
    const kept = issuer.keyRequests();
    now += 60_000;
    await assume(await issuer.sign(claims()));

    expect([kept, issuer.keyRequests()]).toEqual([before, before + 1]);
  });
});

describe('assuming a role', () => {
  it.each<[string, object, string, string]>([
    ['an unknown role', { RoleArn: 'arn:aws:iam::111122223333:role/unknown' }, 'AccessDenied', 'Not authorized to perform'],
    ['something that is no ARN', { RoleArn: 'the-role-of-the-bridge' }, 'ValidationError', 'Request ARN is invalid'],
    ['a session name that the role does not trust', { RoleSessionName: 'other' }, 'AccessDenied', 'Not authorized to perform'],
    ['a session name with a slash', { RoleSessionName: 'bridge-a/b' }, 'ValidationError', 'regular expression pattern'],
    ['too short a time', { DurationSeconds: 899 }, 'ValidationError', 'greater than or equal to 900'],
    ['more time than the role allows', { DurationSeconds: 7201 }, 'ValidationError', 'exceeds the MaxSessionDuration'],
    ['more time than any role allows', { DurationSeconds: 43_201 }, 'ValidationError', 'less than or equal to 43200'],
    ['a policy that is not JSON', { Policy: '{' }, 'MalformedPolicyDocumentException', 'JSON'],
    [
      'a policy with characters beyond Latin-1',
      { Policy: JSON.stringify(allow('s3:GetObject', 'arn:aws:s3:::b/日/*')) },
      'ValidationError',
      'u00FF',
    ],
    ['a policy that is too long', { Policy: `{"a":"${'x'.repeat(2048)}"}` }, 'PackedPolicyTooLargeException', 'allotted space'],
    ['what the stand-in does not do', { PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }] }, 'NotImplemented', 'PolicyArns'],
  ])('is refused for %s', async (_name, more, name, message) => {
    const assumed = assume(await issuer.sign(claims()), more);

    await expect(assumed).rejects.toMatchObject({ name, message: expect.stringContaining(message) });
  });

  it('opens a session of the length and with the policy that were asked for', async () => {
    const Policy = JSON.stringify(allow('s3:GetObject', '*'));

    const { Credentials } = await assume(await issuer.sign(claims()), { DurationSeconds: 900, Policy });

    expect(Credentials?.Expiration).toEqual(new Date(Math.floor(now / 1000) * 1000 + 900_000));
    const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '', SessionToken: sessionToken = '' } = Credentials ?? {};
    const client = test.client({ credentials: { accessKeyId, secretAccessKey, sessionToken } });
    await expect(client.send(new ListBucketsCommand())).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});

describe('asking who one is', () => {
  const ask = (credentials: Partial<TestAws['credentials']>) =>
    new STSClient({ endpoint: test.aws.url, region: test.aws.region, credentials: { ...test.credentials, ...credentials } }).send(
      new GetCallerIdentityCommand(),
    );

  it('is answered with account and role', async () => {
    await expect(ask({})).resolves.toMatchObject({
      Account: test.aws.accountId,
      Arn: `arn:aws:sts::${test.aws.accountId}:assumed-role/everything/issued`,
    });
  });

  it.each([
    ['a wrong secret', { secretAccessKey: 'wrong' }, 'SignatureDoesNotMatch'],
    ['a wrong token', { sessionToken: 'wrong' }, 'InvalidClientTokenId'],
    ['an unknown key', { accessKeyId: 'ASIAAAAAAAAAAAAAAAAA' }, 'InvalidClientTokenId'],
  ])('is refused with %s', async (_name, credentials, name) => {
    await expect(ask(credentials)).rejects.toMatchObject({ name });
  });
});
