import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIdentity, type IdentityChoice } from '../../src/federation/identity.ts';
import { AUDIENCE, identitySettings, startTenant, type Tenant } from './tenant.ts';

const STORAGE_SCOPE = 'https://storage.azure.com/.default';

let tenant: Tenant;

beforeAll(async () => {
  tenant = await startTenant();
});

afterAll(() => tenant.stop());

function identity(choice: IdentityChoice, audience = AUDIENCE) {
  return createIdentity(identitySettings(tenant, choice, audience));
}

async function storageSubject(choice: IdentityChoice) {
  const token = await identity(choice).storageCredential.getToken(STORAGE_SCOPE);
  return decodeJwt(token?.token ?? '').sub;
}

describe('an identity', () => {
  it.each(['federated-app', 'certificate', 'client-secret'] as const)('by %s gets tokens as the app registration', async (mode) => {
    const { token } = await identity(tenant.choices[mode]).getToken();

    expect(decodeJwt(token)).toMatchObject({ aud: AUDIENCE, sub: tenant.appPrincipalId, iss: tenant.entra.issuer });
  });

  it('by managed-identity gets tokens as the user-assigned identity that was named', async () => {
    const { token } = await identity(tenant.choices['managed-identity']).getToken();

    expect(decodeJwt(token)).toMatchObject({ aud: AUDIENCE, sub: tenant.identityPrincipalId, iss: tenant.entra.issuer });
  });

  it('by managed-identity gets tokens as the system-assigned identity when none was named', async () => {
    const { token } = await identity({ mode: 'managed-identity' }).getToken();

    expect(decodeJwt(token).sub).toBe(tenant.systemPrincipalId);
  });

  it('tells when the token expires', async () => {
    const { token, expiresOn } = await identity(tenant.choices['client-secret']).getToken();

    expect(Math.abs(expiresOn.getTime() - Number(decodeJwt(token).exp) * 1000)).toBeLessThan(5_000);
  });

  it('keeps its token while that is fresh', async () => {
    const { getToken } = identity(tenant.choices['client-secret']);

    const [first, second] = [await getToken(), await getToken()];

    expect(second.token).toBe(first.token);
  });

  it.each(['federated-app', 'certificate', 'client-secret'] as const)('by %s passes over its token when forced', async (mode) => {
    const { getToken } = identity(tenant.choices[mode]);
    const first = await getToken();

    const forced = await getToken({ forceRefresh: true });

    expect(forced.token).not.toBe(first.token);
  });

  it('does not ask when its caller has given up', async () => {
    const { getToken } = identity(tenant.choices['client-secret']);

    await expect(getToken({ signal: AbortSignal.abort(new Error('given up')) })).rejects.toThrow('given up');
  });

  it('leaves a caller that gives up while it asks', async () => {
    const { getToken } = identity(tenant.choices['client-secret']);
    const controller = new AbortController();

    const waiting = getToken({ signal: controller.signal });
    controller.abort(new Error('given up'));

    await expect(waiting).rejects.toThrow('given up');
  });
});

describe('the identity for Azure Storage', () => {
  it.each(['certificate', 'client-secret'] as const)('is the app registration, by %s', async (mode) => {
    expect(await storageSubject(tenant.choices[mode])).toBe(tenant.appPrincipalId);
  });

  it.each(['managed-identity', 'federated-app'] as const)('is the managed identity, by %s', async (mode) => {
    expect(await storageSubject(tenant.choices[mode])).toBe(tenant.identityPrincipalId);
  });
});

describe('what Entra ID refuses is told with its cause and what to do:', () => {
  it.each([
    ['unknown-application', { clientId: randomUUID() }, 'AZURE_CLIENT_ID'],
    ['wrong-client-credential', { clientSecret: 'wrong' }, 'AZURE_CLIENT_SECRET'],
    ['entra-unavailable', { tenantId: randomUUID() }, 'AZURE_TENANT_ID'],
  ] as const)('%s', async (code, change, remedy) => {
    const settings = { ...identitySettings(tenant, tenant.choices['client-secret']), ...change };

    await expect(createIdentity(settings).getToken()).rejects.toMatchObject({
      name: 'FederationError',
      code,
      message: expect.stringContaining(remedy),
      cause: expect.any(Error),
    });
  });

  it('wrong-client-credential, when there is no such certificate', async () => {
    const choice = { ...tenant.choices.certificate, certificatePath: '/nowhere/app.pem' };

    await expect(identity(choice).getToken()).rejects.toMatchObject({
      code: 'wrong-client-credential',
      message: expect.stringContaining('AZURE_CLIENT_CERTIFICATE_PATH'),
    });
  });

  it('unknown-audience, of an app registration', async () => {
    const { getToken } = identity(tenant.choices['client-secret'], 'api://nobody');

    await expect(getToken()).rejects.toMatchObject({ code: 'unknown-audience', message: expect.stringContaining('AADSTS500011') });
  });

  it('unknown-audience, of a managed identity', async () => {
    const { getToken } = identity(tenant.choices['managed-identity'], 'api://nobody');

    await expect(getToken()).rejects.toMatchObject({ code: 'unknown-audience', message: expect.stringContaining('AADSTS500011') });
  });

  it('not-assigned', async () => {
    tenant.entra.registerApplication({
      clientId: randomUUID(),
      servicePrincipalId: randomUUID(),
      identifierUris: ['api://closed'],
      assignedPrincipalIds: [],
    });
    const { getToken } = identity(tenant.choices['client-secret'], 'api://closed');

    await expect(getToken()).rejects.toMatchObject({ code: 'not-assigned' });
  });

  it('no-managed-identity', async () => {
    const { getToken } = identity({ mode: 'managed-identity', managedIdentityClientId: randomUUID() });

    await expect(getToken()).rejects.toMatchObject({ code: 'no-managed-identity' });
  });

  it('no-managed-identity, behind an app registration', async () => {
    const choice = { ...tenant.choices['federated-app'], managedIdentityClientId: randomUUID() };

    await expect(identity(choice).getToken()).rejects.toMatchObject({ code: 'no-managed-identity' });
  });

  it('no-federated-credential', async () => {
    const stranger = { clientId: randomUUID(), principalId: randomUUID() };
    tenant.entra.registerManagedIdentity(stranger);
    const choice = { ...tenant.choices['federated-app'], managedIdentityClientId: stranger.clientId };

    await expect(identity(choice).getToken()).rejects.toMatchObject({ code: 'no-federated-credential' });
  });

  it('and without the secret', async () => {
    const choice = { ...tenant.choices['client-secret'], clientId: randomUUID() };

    const error = await identity(choice)
      .getToken()
      .catch((thrown: unknown) => thrown);

    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('planted-');
  });
});
