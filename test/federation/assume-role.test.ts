import { inspect } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type AssumeRoleSettings, createAssumeRole, toSessionName } from '../../src/federation/assume-role.ts';
import { granted, refused, type StsAnswer, startFakeSts } from './fake-sts.ts';

const HOUR = 3_600_000;
const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJwbGFudGVkIn0.c2lnbmF0dXJl';
const ROLE_ARN = 'arn:aws:iam::123456789012:role/bridge';

const cleanUps: (() => Promise<void>)[] = [];

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

async function sts(answer: () => StsAnswer) {
  const server = await startFakeSts(answer);
  cleanUps.push(server.stop);
  return server;
}

function assumeRoleAt(endpoint: string, settings: Partial<AssumeRoleSettings> = {}) {
  return createAssumeRole({ roleArn: ROLE_ARN, region: 'eu-central-1', sessionName: 'run-1', durationSeconds: 900, endpoint, ...settings });
}

describe('assuming the role', () => {
  it('sends the token, the session and its policy, and returns the credentials', async () => {
    const expiration = new Date(Math.floor(Date.now() / 1000) * 1000 + HOUR);
    const { endpoint, calls } = await sts(() => granted(expiration));

    const credentials = await assumeRoleAt(endpoint, { policy: '{"Statement":[]}' })(TOKEN);

    expect(credentials).toEqual({ accessKeyId: 'ASIAFAKE', secretAccessKey: 'fake-secret', sessionToken: 'fake-session', expiration });
    expect(Object.fromEntries(calls[0]?.parameters ?? [])).toEqual({
      Action: 'AssumeRoleWithWebIdentity',
      Version: '2011-06-15',
      RoleArn: ROLE_ARN,
      RoleSessionName: 'run-1',
      DurationSeconds: '900',
      WebIdentityToken: TOKEN,
      Policy: '{"Statement":[]}',
    });
  });

  it('does not sign the request, even with AWS keys in the environment', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAAMBIENT');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'ambient');
    vi.stubEnv('AWS_SESSION_TOKEN', 'ambient');
    const { endpoint, calls } = await sts(() => granted(new Date(Date.now() + HOUR)));

    await assumeRoleAt(endpoint)(TOKEN);

    expect(calls[0]?.headers).not.toHaveProperty('authorization');
    expect(calls[0]?.headers).not.toHaveProperty('x-amz-security-token');
  });

  it('tries once: who calls it knows better when to try again', async () => {
    const { endpoint, calls } = await sts(() => refused(400, 'IDPCommunicationError', 'Could not reach the provider'));

    await assumeRoleAt(endpoint)(TOKEN).catch(() => undefined);

    expect(calls).toHaveLength(1);
  });

  it.each([
    ['behind', -HOUR],
    ['ahead', HOUR],
  ])('gives the time of expiry by a clock that is an hour %s', async (_, skew) => {
    const trueTime = Math.floor(Date.now() / 1000) * 1000;
    const answer = { ...granted(new Date(trueTime + HOUR)), headers: { date: new Date(trueTime).toUTCString() } };
    const { endpoint } = await sts(() => answer);

    const { expiration } = await assumeRoleAt(endpoint, { clock: () => trueTime + skew })(TOKEN);

    expect(expiration).toEqual(new Date(trueTime + skew + HOUR));
  });
});

describe('what STS refuses', () => {
  it.each([
    [400, 'InvalidIdentityToken', 'No OpenIDConnect provider found in your account for https://x', 'unknown-issuer', false],
    [400, 'InvalidIdentityToken', 'Incorrect token audience', 'wrong-audience', false],
    [400, 'InvalidIdentityToken', "Couldn't retrieve verification key from your identity provider", 'keys-unavailable', true],
    [400, 'InvalidIdentityToken', 'Missing a required claim: aud', 'invalid-token', false],
    [400, 'IDPCommunicationError', 'The identity provider did not answer', 'keys-unavailable', true],
    [400, 'ExpiredTokenException', 'Token expired: current date/time must be before the expiration date/time', 'expired-token', false],
    [403, 'IDPRejectedClaim', 'The claim was revoked', 'invalid-token', false],
    [403, 'AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity', 'access-denied', false],
    [400, 'MalformedPolicyDocument', 'Syntax error', 'invalid-session-policy', false],
    [400, 'PackedPolicyTooLarge', 'Packed size exceeds 100 %', 'invalid-session-policy', false],
    [403, 'RegionDisabledException', 'STS is not activated in this region', 'region-disabled', false],
    [400, 'ValidationError', 'The requested DurationSeconds exceeds the MaxSessionDuration', 'invalid-request', false],
    [400, 'Throttling', 'Rate exceeded', 'sts-unavailable', true],
    [503, 'ServiceUnavailable', 'Come back later', 'sts-unavailable', true],
    [400, 'SomethingNew', 'Never seen before', 'sts-rejected', false],
  ] as const)('%s %s "%s" is told as: %s', async (status, name, message, code, isTransient) => {
    const { endpoint } = await sts(() => refused(status, name, message));

    const error = await assumeRoleAt(endpoint)(TOKEN).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ name: 'FederationError', code, isTransient, message: expect.stringContaining(ROLE_ARN) });
    expect(error).toMatchObject({ message: expect.stringContaining(message), cause: expect.any(Error) });
  });

  it.each([
    [403, 'AccessDenied', 'access-denied'],
    [400, 'MalformedPolicyDocument', 'invalid-session-policy'],
    [400, 'InvalidArgument', 'invalid-request'],
  ] as const)('%s %s is understood without words and wrapping, as other servers than AWS send it', async (status, name, code) => {
    const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${name}</Code><Message></Message><RequestId>1</RequestId></Error>`;
    const { endpoint } = await sts(() => ({ status, body }));

    const error = await assumeRoleAt(endpoint)(TOKEN).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code, message: expect.stringMatching(new RegExp(`STS: ${name}(Exception)?\\. Check `)) });
  });

  it('is told as unavailable, and as transient, when nobody answers', async () => {
    const { endpoint, stop } = await startFakeSts(() => granted(new Date()));
    await stop();

    await expect(assumeRoleAt(endpoint)(TOKEN)).rejects.toMatchObject({ code: 'sts-unavailable', isTransient: true });
  });

  it('is told as unavailable when something else than STS answers', async () => {
    const { endpoint } = await sts(() => ({ status: 502, body: '<html>Bad gateway</html>' }));

    await expect(assumeRoleAt(endpoint)(TOKEN)).rejects.toMatchObject({ code: 'sts-unavailable', isTransient: true });
  });

  it('is told without the token, though STS quotes it', async () => {
    const { endpoint } = await sts(() => refused(400, 'ValidationError', `Value '${TOKEN}' at 'webIdentityToken' failed`));

    const error = await assumeRoleAt(endpoint)(TOKEN).catch((thrown: unknown) => thrown);

    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('eyJzdWIiOiJwbGFudGVkIn0');
    expect(error).toMatchObject({ message: expect.stringContaining("Value '<token>' at 'webIdentityToken' failed") });
  });
});

describe('the name of a session', () => {
  it.each([
    ['keyless-bridge-run_1@x', 'keyless-bridge-run_1@x'],
    ['nightly: s3://data/ täglich', 'nightly--s3---data--t-glich'],
    ['x'.repeat(80), 'x'.repeat(64)],
    ['x', 'x-'],
    ['', '--'],
  ])('%j becomes %j', (text, name) => {
    expect(toSessionName(text)).toBe(name);
  });
});
