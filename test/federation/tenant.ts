import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { vi } from 'vitest';
import { createSelfSignedCertificate } from '../../local/entra/certificates.ts';
import { type EntraStandIn, type EntraStandInOptions, startEntraStandIn } from '../../local/entra/server.ts';
import type { IdentityChoice, IdentitySettings } from '../../src/federation/identity.ts';

export const AUDIENCE = 'api://keyless-bridge';

/** Everything that the four ways of signing in need, in a tenant of its own. */
export interface Tenant {
  readonly entra: EntraStandIn;
  /** Object id of the app registration's service principal: the subject of its tokens. */
  readonly appPrincipalId: string;
  /** Object id of the user-assigned managed identity. */
  readonly identityPrincipalId: string;
  /** Object id of the system-assigned managed identity. */
  readonly systemPrincipalId: string;
  readonly choices: Readonly<Record<IdentityChoice['mode'], IdentityChoice>>;
  stop(): Promise<void>;
}

/** Starts the Entra stand-in with one app registration and two managed identities, and makes this process trust and use it. */
export async function startTenant(options: EntraStandInOptions = {}): Promise<Tenant> {
  const entra = await startEntraStandIn(options);
  const folder = await mkdtemp(join(tmpdir(), 'tenant-'));
  const certificatePath = join(folder, 'app.pem');
  const { key, certificate } = await createSelfSignedCertificate('app');
  await writeFile(certificatePath, `${key}${certificate}`);
  const app = { tenantId: entra.tenantId, clientId: randomUUID() };
  const identity = { clientId: randomUUID(), principalId: randomUUID() };
  const system = { clientId: randomUUID(), principalId: randomUUID(), isSystemAssigned: true };
  const appPrincipalId = randomUUID();
  const clientSecret = `planted-${randomUUID()}`;

  entra.registerManagedIdentity(identity);
  entra.registerManagedIdentity(system);
  entra.registerApplication({
    clientId: app.clientId,
    servicePrincipalId: appPrincipalId,
    identifierUris: [AUDIENCE],
    secrets: [clientSecret],
    certificates: [certificate],
    federatedCredentials: [{ issuer: entra.v2Issuer, subject: identity.principalId, audience: 'api://AzureADTokenExchange' }],
  });
  vi.stubEnv('IDENTITY_ENDPOINT', entra.identityEndpoint);
  vi.stubEnv('IDENTITY_HEADER', entra.identityHeader);
  // What NODE_EXTRA_CA_CERTS does for a process that is yet to start.
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), entra.caPem]);

  return {
    entra,
    appPrincipalId,
    identityPrincipalId: identity.principalId,
    systemPrincipalId: system.principalId,
    choices: {
      'managed-identity': { mode: 'managed-identity', managedIdentityClientId: identity.clientId },
      'federated-app': { mode: 'federated-app', ...app, managedIdentityClientId: identity.clientId },
      certificate: { mode: 'certificate', ...app, certificatePath },
      'client-secret': { mode: 'client-secret', ...app, clientSecret },
    },
    async stop() {
      vi.unstubAllEnvs();
      await entra.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** The settings of an identity in `tenant`. */
export function identitySettings(tenant: Tenant, choice: IdentityChoice, audience = AUDIENCE): IdentitySettings {
  return { ...choice, audience, authorityHost: tenant.entra.authorityHost, disableInstanceDiscovery: true };
}
