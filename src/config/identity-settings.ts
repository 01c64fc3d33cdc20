import { z } from 'zod';
import type { IdentityChoice } from '../federation/identity.ts';
import type { Checked } from './checked.ts';
import { checkEnvironment, type Environment, given, required } from './environment.ts';

const IDENTITY_MODES = ['managed-identity', 'federated-app', 'certificate', 'client-secret'] as const;

const tenant = required.regex(/^[0-9A-Za-z.-]+$/, 'must be the ID or a domain name of a tenant');

const clientId = required.regex(/^[0-9A-Za-z-]{1,64}$/, 'must be a client id, such as 00000000-0000-0000-0000-000000000000');

/** Audience of the app registration's federated credential; that of the authority's cloud unless given. */
const exchangeAudience = z
  .string()
  .regex(
    /^(?:api:\/\/[\w.~/:-]+(?<!\/\.default)|[0-9a-fA-F-]{36})$/,
    'must be an App ID URI without "/.default", such as api://AzureADTokenExchange',
  )
  .optional();

/** Settings that each mode reads besides BRIDGE_IDENTITY. */
const identities: Record<IdentityChoice['mode'], z.ZodType<IdentityChoice>> = {
  'managed-identity': z
    .object({ AZURE_CLIENT_ID: clientId.optional() })
    .transform((env) => ({ mode: 'managed-identity' as const, ...given('managedIdentityClientId', env.AZURE_CLIENT_ID) })),
  'federated-app': z
    .object({
      AZURE_TENANT_ID: tenant,
      AZURE_CLIENT_ID: clientId,
      BRIDGE_MANAGED_IDENTITY_CLIENT_ID: clientId,
      BRIDGE_EXCHANGE_AUDIENCE: exchangeAudience,
    })
    .transform((env) => ({
      mode: 'federated-app' as const,
      tenantId: env.AZURE_TENANT_ID,
      clientId: env.AZURE_CLIENT_ID,
      managedIdentityClientId: env.BRIDGE_MANAGED_IDENTITY_CLIENT_ID,
      ...given('exchangeAudience', env.BRIDGE_EXCHANGE_AUDIENCE),
    })),
  certificate: z
    .object({ AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: clientId, AZURE_CLIENT_CERTIFICATE_PATH: required })
    .transform((env) => ({
      mode: 'certificate' as const,
      tenantId: env.AZURE_TENANT_ID,
      clientId: env.AZURE_CLIENT_ID,
      certificatePath: env.AZURE_CLIENT_CERTIFICATE_PATH,
    })),
  'client-secret': z.object({ AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: clientId, AZURE_CLIENT_SECRET: required }).transform((env) => ({
    mode: 'client-secret' as const,
    tenantId: env.AZURE_TENANT_ID,
    clientId: env.AZURE_CLIENT_ID,
    clientSecret: env.AZURE_CLIENT_SECRET,
  })),
};

const mode = z.enum(IDENTITY_MODES, `must be one of ${IDENTITY_MODES.join(', ')}`).default('managed-identity');

/** Checks BRIDGE_IDENTITY and the settings that go with it. */
export function checkIdentity(env: Environment): Checked<IdentityChoice> {
  const chosen = checkEnvironment(z.object({ BRIDGE_IDENTITY: mode }), env);
  return chosen.value === undefined ? chosen : checkEnvironment(identities[chosen.value.BRIDGE_IDENTITY], env);
}
