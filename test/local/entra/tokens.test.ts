import { randomUUID } from 'node:crypto';
import { ClientAssertionCredential, ClientCertificateCredential, ManagedIdentityCredential } from '@azure/identity';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createSelfSignedCertificate } from '../../../local/entra/certificates.ts';
import { type EntraStandIn, startEntraStandIn } from '../../../local/entra/server.ts';
import { AUDIENCE, claimsFrom, connection, register, SCOPE, withSecret } from './setup.ts';

const EXCHANGE_AUDIENCE = 'api://AzureADTokenExchange';

let entra: EntraStandIn;

beforeAll(async () => {
  entra = await startEntraStandIn();
  vi.stubEnv('IDENTITY_ENDPOINT', entra.identityEndpoint);
  vi.stubEnv('IDENTITY_HEADER', entra.identityHeader);
  register(entra, { identifierUris: [AUDIENCE] });
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await entra.stop();
});

function registerManagedIdentity(overrides = {}) {
  const identity = { clientId: randomUUID(), principalId: randomUUID(), ...overrides };
  entra.registerManagedIdentity(identity);
  return identity;
}

describe('a token for an application that signs in with a secret', () => {
  it('has the claims of version 1', async () => {
    const { clientId, servicePrincipalId } = register(entra, { secrets: ['right'] });

    const claims = await claimsFrom(withSecret(entra, clientId, 'right'));

    expect(claims).toEqual({
      iss: `https://sts.windows.net/${entra.tenantId}/`,
      idp: `https://sts.windows.net/${entra.tenantId}/`,
      aud: AUDIENCE,
      sub: servicePrincipalId,
      oid: servicePrincipalId,
      tid: entra.tenantId,
      appid: clientId,
      appidacr: '1',
      ver: '1.0',
      uti: expect.any(String),
      iat: expect.any(Number),
      nbf: expect.any(Number),
      exp: expect.any(Number),
    });
  });

  it('repeats the audience as it was asked for', async () => {
    const resource = register(entra, { identifierUris: ['api://by-either-name'] });
    const { clientId } = register(entra, { secrets: ['right'] });
    const credential = withSecret(entra, clientId, 'right');

    const byUri = await claimsFrom(credential, 'api://by-either-name/.default');
    const byClientId = await claimsFrom(credential, `${resource.clientId}/.default`);

    expect(byUri.aud).toBe('api://by-either-name');
    expect(byClientId.aud).toBe(resource.clientId);
  });

  it('has the claims of version 2 when the resource asks for them', async () => {
    const resource = register(entra, { identifierUris: ['api://second-version'], requestedAccessTokenVersion: 2 });
    const { clientId, servicePrincipalId } = register(entra, { secrets: ['right'] });

    const claims = await claimsFrom(withSecret(entra, clientId, 'right'), 'api://second-version/.default');

    expect(claims).toMatchObject({
      iss: `https://login.microsoftonline.com/${entra.tenantId}/v2.0`,
      aud: resource.clientId,
      azp: clientId,
      azpacr: '1',
      sub: servicePrincipalId,
      ver: '2.0',
    });
    expect(claims).not.toHaveProperty('appid');
  });

  it('is given to the principals that are assigned to the resource', async () => {
    const caller = register(entra, { secrets: ['right'] });
    register(entra, { identifierUris: ['api://closed'], assignedPrincipalIds: [caller.servicePrincipalId] });

    const claims = await claimsFrom(withSecret(entra, caller.clientId, 'right'), 'api://closed/.default');

    expect(claims.sub).toBe(caller.servicePrincipalId);
  });
});

describe('a token for an application that signs in with a certificate', () => {
  it('tells so', async () => {
    const { key, certificate } = await createSelfSignedCertificate('bridge');
    const { clientId, servicePrincipalId } = register(entra, { certificates: [certificate] });

    const claims = await claimsFrom(
      new ClientCertificateCredential(entra.tenantId, clientId, { certificate: `${key}${certificate}` }, connection(entra)),
    );

    expect(claims).toMatchObject({ sub: servicePrincipalId, appidacr: '2' });
  });
});

describe('a token for a managed identity', () => {
  it('is for the user-assigned identity that was named', async () => {
    const { clientId, principalId } = registerManagedIdentity();

    const claims = await claimsFrom(new ManagedIdentityCredential({ clientId }));

    expect(claims).toMatchObject({ aud: AUDIENCE, sub: principalId, oid: principalId, appid: clientId, ver: '1.0' });
  });

  it('is for the system-assigned identity when none was named', async () => {
    const { principalId } = registerManagedIdentity({ isSystemAssigned: true });

    const claims = await claimsFrom(new ManagedIdentityCredential());

    expect(claims.sub).toBe(principalId);
  });

  it('lives for a day', async () => {
    const { clientId } = registerManagedIdentity();

    const token = await new ManagedIdentityCredential({ clientId }).getToken(SCOPE);

    expect(token.expiresOnTimestamp).toBe(Number(decodeJwt(token.token).exp) * 1000);
    expect(token.expiresOnTimestamp).toBeGreaterThan(Date.now() + 23 * 3_600_000);
  });

  it('for the token exchange is of version 2, for the application behind that URI', async () => {
    const { clientId, principalId } = registerManagedIdentity();

    const claims = await claimsFrom(new ManagedIdentityCredential({ clientId }), `${EXCHANGE_AUDIENCE}/.default`);

    expect(claims).toMatchObject({
      iss: `https://login.microsoftonline.com/${entra.tenantId}/v2.0`,
      aud: 'fb60f99c-7a34-4190-8149-302f77469936',
      sub: principalId,
    });
  });

  it('signs in an application that trusts it by a federated credential', async () => {
    const identity = registerManagedIdentity();
    const { clientId, servicePrincipalId } = register(entra, {
      federatedCredentials: [{ issuer: entra.v2Issuer, subject: identity.principalId, audience: EXCHANGE_AUDIENCE }],
    });
    const managedIdentity = new ManagedIdentityCredential({ clientId: identity.clientId });
    const getAssertion = async () => (await managedIdentity.getToken(`${EXCHANGE_AUDIENCE}/.default`)).token;

    const claims = await claimsFrom(new ClientAssertionCredential(entra.tenantId, clientId, getAssertion, connection(entra)));

    expect(claims).toMatchObject({ sub: servicePrincipalId, appid: clientId, appidacr: '2' });
  });
});
