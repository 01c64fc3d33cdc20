import { randomUUID } from 'node:crypto';
import { ClientSecretCredential, type TokenCredential } from '@azure/identity';
import { decodeJwt, type JWTPayload } from 'jose';
import type { Application } from '../../../local/entra/directory.ts';
import type { EntraStandIn } from '../../../local/entra/server.ts';

export const AUDIENCE = 'api://keyless-bridge';
export const SCOPE = `${AUDIENCE}/.default`;

/** Registers an application of its own for one test. */
export function register(entra: EntraStandIn, overrides: Partial<Application> = {}): Application {
  const application = { clientId: randomUUID(), servicePrincipalId: randomUUID(), ...overrides };
  entra.registerApplication(application);
  return application;
}

/** Options with which a credential of `@azure/identity` reaches the stand-in. */
export function connection(entra: EntraStandIn) {
  return {
    authorityHost: entra.authorityHost,
    disableInstanceDiscovery: true,
    tlsOptions: { ca: entra.caPem },
    retryOptions: { maxRetries: 0 },
  };
}

/** Signs in with a secret, by Microsoft's own library. */
export function withSecret(entra: EntraStandIn, clientId: string, secret: string, tenantId = entra.tenantId): TokenCredential {
  return new ClientSecretCredential(tenantId, clientId, secret, connection(entra));
}

/** The claims of the token that `credential` gets. */
export async function claimsFrom(credential: TokenCredential, scope = SCOPE): Promise<JWTPayload> {
  const token = await credential.getToken(scope);
  return decodeJwt(token?.token ?? '');
}
