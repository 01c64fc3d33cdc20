import { randomUUID } from 'node:crypto';
import { ClientAssertionCredential, ClientCertificateCredential, ManagedIdentityCredential } from '@azure/identity';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createSelfSignedCertificate } from '../../../local/entra/certificates.ts';
import { type EntraStandIn, startEntraStandIn } from '../../../local/entra/server.ts';
import { fetchJson } from './https.ts';
import { AUDIENCE, claimsFrom, connection, register, withSecret } from './setup.ts';

const EXCHANGE = { audience: 'api://AzureADTokenExchange', clientId: 'fb60f99c-7a34-4190-8149-302f77469936' };

let entra: EntraStandIn;

beforeAll(async () => {
  entra = await startEntraStandIn();
  register(entra, { identifierUris: [AUDIENCE] });
});

afterAll(() => entra.stop());

describe('a request for a token is refused', () => {
  it('for an application that is not registered', async () => {
    await expect(claimsFrom(withSecret(entra, randomUUID(), 'any'))).rejects.toThrow('AADSTS700016');
  });

  it('with a wrong secret', async () => {
    const { clientId } = register(entra, { secrets: ['right'] });

    await expect(claimsFrom(withSecret(entra, clientId, 'wrong'))).rejects.toThrow('AADSTS7000215');
  });

  it('for a bare URI instead of a scope', async () => {
    const { clientId } = register(entra, { secrets: ['right'] });

    await expect(claimsFrom(withSecret(entra, clientId, 'right'), AUDIENCE)).rejects.toThrow('AADSTS1002012');
  });

  it('for a resource that nobody registered', async () => {
    const { clientId } = register(entra, { secrets: ['right'] });

    await expect(claimsFrom(withSecret(entra, clientId, 'right'), 'api://unknown/.default')).rejects.toThrow('AADSTS500011');
  });

  it('when the caller must be assigned to the resource, and is not', async () => {
    register(entra, { identifierUris: ['api://closed'], assignedPrincipalIds: [] });
    const { clientId } = register(entra, { secrets: ['right'] });

    await expect(claimsFrom(withSecret(entra, clientId, 'right'), 'api://closed/.default')).rejects.toThrow('AADSTS501051');
  });

  it('in another tenant', async () => {
    const response = await fetchJson(`${entra.authorityHost}/${randomUUID()}/oauth2/v2.0/token`, { method: 'POST', ca: entra.caPem });

    expect(response).toMatchObject({ status: 400, body: { error: 'invalid_request', error_codes: [90002] } });
  });

  it('with a certificate that is not registered', async () => {
    const { certificate } = await createSelfSignedCertificate('registered');
    const other = await createSelfSignedCertificate('other');
    const { clientId } = register(entra, { certificates: [certificate] });

    await expect(claimsFrom(withCertificate(clientId, other))).rejects.toThrow(/AADSTS700027.*not registered/);
  });

  it('with a certificate that has expired', async () => {
    const expired = await createSelfSignedCertificate('expired', { notAfter: new Date(Date.now() - 60_000) });
    const { clientId } = register(entra, { certificates: [expired.certificate] });

    await expect(claimsFrom(withCertificate(clientId, expired))).rejects.toThrow(/AADSTS700027.*expired/);
  });

  it('with the key of another certificate', async () => {
    const { certificate } = await createSelfSignedCertificate('registered');
    const { key } = await createSelfSignedCertificate('other');
    const { clientId } = register(entra, { certificates: [certificate] });

    await expect(claimsFrom(withCertificate(clientId, { key, certificate }))).rejects.toThrow('AADSTS50013');
  });
});

function withCertificate(clientId: string, { key, certificate }: { key: string; certificate: string }) {
  return new ClientCertificateCredential(entra.tenantId, clientId, { certificate: `${key}${certificate}` }, connection(entra));
}

describe('an assertion of a managed identity is refused', () => {
  const subject = randomUUID();
  let clientId: string;

  beforeAll(() => {
    const federatedCredentials = [{ issuer: entra.v2Issuer, subject, audience: EXCHANGE.audience }];
    clientId = register(entra, { federatedCredentials }).clientId;
  });

  it.each([
    ['from another issuer', { iss: 'https://login.microsoftonline.com/other/v2.0' }, 'AADSTS700211'],
    ['for another audience', { aud: AUDIENCE }, 'AADSTS700212'],
    ['with another subject', { sub: randomUUID() }, 'AADSTS700213'],
    ['with the subject in capitals', { sub: subject.toUpperCase() }, 'AADSTS700213'],
    ['after its time', { exp: 1_000_000_000 }, 'AADSTS700024'],
    ['before its time', { nbf: 4_000_000_000 }, 'AADSTS700024'],
  ])('%s', async (_, claims, code) => {
    const assertion = await entra.mintToken({ iss: entra.v2Issuer, aud: EXCHANGE.clientId, sub: subject, ...claims });

    await expect(claimsFrom(withAssertion(assertion))).rejects.toThrow(code);
  });

  it.each(['unknown-key', 'none'] as const)('when its signature is: %s', async (signature) => {
    const assertion = await entra.mintToken({ iss: entra.v2Issuer, aud: EXCHANGE.clientId, sub: subject }, { signature });

    await expect(claimsFrom(withAssertion(assertion))).rejects.toThrow('AADSTS50013');
  });

  it('when it is no token at all', async () => {
    await expect(claimsFrom(withAssertion('garbage'))).rejects.toThrow('AADSTS50013');
  });

  function withAssertion(assertion: string) {
    return new ClientAssertionCredential(entra.tenantId, clientId, async () => assertion, connection(entra));
  }
});

describe('the managed identity endpoint refuses', () => {
  it('a caller without the header', async () => {
    const response = await fetch(`${entra.identityEndpoint}?api-version=2019-08-01&resource=${AUDIENCE}`);

    expect(response.status).toBe(401);
  });

  it('an identity that the app does not have', async () => {
    vi.stubEnv('IDENTITY_ENDPOINT', entra.identityEndpoint);
    vi.stubEnv('IDENTITY_HEADER', entra.identityHeader);

    await expect(claimsFrom(new ManagedIdentityCredential({ clientId: randomUUID() }))).rejects.toThrow(
      'No User Assigned or Delegated Managed Identity found',
    );

    vi.unstubAllEnvs();
  });

  it('a resource that nobody registered', async () => {
    const identity = { clientId: randomUUID(), principalId: randomUUID() };
    entra.registerManagedIdentity(identity);

    const response = await fetch(`${entra.identityEndpoint}?api-version=2019-08-01&resource=api://unknown&client_id=${identity.clientId}`, {
      headers: { 'X-IDENTITY-HEADER': entra.identityHeader },
    });

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ message: expect.stringContaining('AADSTS500011') });
  });
});
