import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEntraStandIn } from '../../local/entra/server.ts';
import { anyFreePort } from '../../local/free-port.ts';
import { createIdentity, type GetToken } from '../../src/federation/identity.ts';
import { createS3Store } from '../../src/stores/s3/s3-store.ts';
import { readText, write } from '../contract/suite/objects.ts';
import { AUDIENCE, identitySettings } from '../federation/tenant.ts';
import { reachableIssuer } from './reachable-issuer.ts';
import { startTrust, type Trust } from './trust.ts';

const HOUR_S = 3_600;
/** What radosgw says of whatever is wrong with a token, where AWS says more. */
const DENIED = {
  name: 'FederationError',
  code: 'access-denied',
  isTransient: false,
  message: expect.stringMatching(/^No credentials for the role arn:.*: STS: AccessDenied\. Check AWS_ROLE_ARN, .*audience and subject/),
};

let trust: Trust;

beforeAll(async () => {
  trust = await startTrust();
});
afterAll(() => trust.stop());

/** A source of tokens with these claims, which are otherwise those of the app registration. */
function minted(
  claims: Record<string, unknown>,
  signature: 'ours' | 'unknown-key' | 'none' = 'ours',
  entra = trust.tenant.entra,
): GetToken {
  return async () => ({
    token: await entra.mintToken({ aud: AUDIENCE, sub: trust.tenant.appPrincipalId, ...claims }, { signature }),
    expiresOn: new Date(Date.now() + HOUR_S * 1_000),
  });
}

describe('a token of Entra ID', () => {
  it.each(['managed-identity', 'federated-app', 'certificate', 'client-secret'] as const)(
    'by %s becomes credentials with which S3 works',
    async (mode) => {
      const { tenant, account, connect } = trust;
      const { getToken } = createIdentity(identitySettings(tenant, tenant.choices[mode]));
      const store = createS3Store({ client: connect({ getToken }).client, bucket: await account.createBucket(), prefix: '' });

      await write(store, 'a', 'content');

      expect(await readText(store, 'a')).toBe('content');
    },
  );

  it('is let in as it is made here, so that what is refused below is refused for what it says there', async () => {
    await expect(trust.connect({ getToken: minted({}) }).credentials()).resolves.toMatchObject({ sessionToken: expect.any(String) });
  });
});

describe('STS lets nobody in', () => {
  it('for another audience', async () => {
    const { tenant, connect } = trust;
    const other = `api://${randomUUID()}`;
    tenant.entra.registerApplication({ clientId: randomUUID(), servicePrincipalId: randomUUID(), identifierUris: [other] });
    const { getToken } = createIdentity(identitySettings(tenant, tenant.choices['client-secret'], other));

    await expect(connect({ getToken }).credentials()).rejects.toMatchObject(DENIED);
  });

  it('to a role that does not exist', async () => {
    await expect(trust.connect({ roleArn: `${trust.roleArn}-typo` }).credentials()).rejects.toMatchObject(DENIED);
  });

  it('to a role that trusts another subject', async () => {
    const roleArn = await trust.createRole([randomUUID()]);

    await expect(trust.connect({ roleArn }).credentials()).rejects.toMatchObject(DENIED);
  });

  it('to a role that names the subject in capitals', async () => {
    const roleArn = await trust.createRole([trust.tenant.appPrincipalId.toUpperCase()]);

    await expect(trust.connect({ roleArn }).credentials()).rejects.toMatchObject(DENIED);
  });

  it('for longer than the role allows', async () => {
    await expect(trust.connect({ durationSeconds: 2 * HOUR_S }).credentials()).rejects.toMatchObject({
      code: 'invalid-request',
      message: expect.stringContaining('maximum session duration'),
    });
  });

  it.each([
    ['of an issuer without the slash at its end', (issuer: string) => ({ iss: issuer.slice(0, -1) })],
    ['for another audience', () => ({ aud: 'api://other' })],
    ['of another subject', () => ({ sub: randomUUID() })],
    ['that expired an hour ago', () => ({ exp: secondsFromNow(-HOUR_S) })],
    ['that is valid only in an hour', () => ({ nbf: secondsFromNow(HOUR_S) })],
    ['without an audience', () => ({ aud: undefined })],
    ['without a subject', () => ({ sub: undefined })],
  ])('with a token %s', async (_, claims) => {
    const getToken = minted(claims(trust.tenant.entra.issuer));

    await expect(trust.connect({ getToken }).credentials()).rejects.toMatchObject(DENIED);
  });

  it.each(['unknown-key', 'none'] as const)('with a token whose signature is: %s', async (signature) => {
    await expect(trust.connect({ getToken: minted({}, signature) }).credentials()).rejects.toMatchObject(DENIED);
  });

  it('with something that is no token', async () => {
    const getToken = async () => ({ token: 'garbage', expiresOn: new Date() });

    await expect(trust.connect({ getToken }).credentials()).rejects.toMatchObject(DENIED);
  });

  it('from another tenant, which IAM does not know, though its tokens are good', async () => {
    const other = await startEntraStandIn(await reachableIssuer());

    const { credentials } = trust.connect({ getToken: minted({}, 'ours', other) });

    await expect(credentials()).rejects.toMatchObject(DENIED);
    await other.stop();
  });

  it('from another tenant in the name of ours, since the keys differ', async () => {
    const other = await startEntraStandIn(await reachableIssuer());

    const { credentials } = trust.connect({ getToken: minted({ iss: trust.tenant.entra.issuer }, 'ours', other) });

    await expect(credentials()).rejects.toMatchObject(DENIED);
    await other.stop();
  });

  it('whose issuer does not answer', async () => {
    const silent = `https://127.0.0.1:${await anyFreePort()}/tenant/`;
    await trust.account.createOidcProvider(silent, AUDIENCE);

    await expect(trust.connect({ getToken: minted({ iss: silent }) }).credentials()).rejects.toMatchObject(DENIED);
  });
});

function secondsFromNow(seconds: number): number {
  return Math.floor(Date.now() / 1_000) + seconds;
}
