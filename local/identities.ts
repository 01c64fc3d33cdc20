import { randomBytes } from 'node:crypto';
import { createSelfSignedCertificate } from './entra/certificates.ts';
import type { EntraStandIn } from './entra/server.ts';

/** The four ways in which the app can prove who it is. */
export const IDENTITY_MODES = ['client-secret', 'certificate', 'managed-identity', 'federated-app'] as const;
export type IdentityMode = (typeof IDENTITY_MODES)[number];

/** One tenant with one app registration and one managed identity, the same at every start. */
export const TENANT_ID = '7c1a2f3e-5b64-4d0a-9a43-2f0d1b8e6c55';
const APP_CLIENT_ID = '3f0b6d1c-8e52-4c7b-b0a9-64d2e7f1a311';
const APP_PRINCIPAL_ID = 'b4d81e70-2c3f-4f7e-8b1d-0a9c5e6f7d22';
const MANAGED_CLIENT_ID = '9e2c4a58-1d7f-4b06-a3c5-7f8e9d0b1c33';
const MANAGED_PRINCIPAL_ID = 'd05f9b62-6a4e-4c1d-95e8-3b2a1f0c4d44';

/** App ID URI of the registration: what tokens are asked for, and what the AWS role expects. */
export const AUDIENCE = `api://${TENANT_ID}/keyless-bridge`;

/** Object ids that the role lets in: the app registration's service principal, and the managed identity. */
export const TRUSTED_SUBJECTS: readonly string[] = [APP_PRINCIPAL_ID, MANAGED_PRINCIPAL_ID];

interface LocalIdentities {
  /** PEM with key and certificate, for the mode `certificate`. */
  readonly certificatePem: string;
  /** The settings that each mode needs; `certificatePath` is where the caller has put the PEM. */
  settingsFor(mode: IdentityMode, certificatePath: string): Record<string, string>;
}

/** Registers the app and the managed identity with the Entra stand-in. */
export async function registerIdentities(entra: EntraStandIn): Promise<LocalIdentities> {
  const clientSecret = randomBytes(24).toString('base64url');
  const { certificate, key } = await createSelfSignedCertificate('keyless-bridge');
  entra.registerManagedIdentity({ clientId: MANAGED_CLIENT_ID, principalId: MANAGED_PRINCIPAL_ID });
  entra.registerApplication({
    clientId: APP_CLIENT_ID,
    servicePrincipalId: APP_PRINCIPAL_ID,
    identifierUris: [AUDIENCE],
    secrets: [clientSecret],
    certificates: [certificate],
    federatedCredentials: [{ issuer: entra.v2Issuer, subject: MANAGED_PRINCIPAL_ID, audience: 'api://AzureADTokenExchange' }],
    assignedPrincipalIds: TRUSTED_SUBJECTS,
  });
  const app = { AZURE_TENANT_ID: TENANT_ID, AZURE_CLIENT_ID: APP_CLIENT_ID };
  return {
    certificatePem: `${key}\n${certificate}\n`,
    settingsFor(mode, certificatePath) {
      const settings: Record<IdentityMode, Record<string, string>> = {
        'client-secret': { ...app, AZURE_CLIENT_SECRET: clientSecret },
        certificate: { ...app, AZURE_CLIENT_CERTIFICATE_PATH: certificatePath },
        'managed-identity': { AZURE_CLIENT_ID: MANAGED_CLIENT_ID },
        'federated-app': { ...app, BRIDGE_MANAGED_IDENTITY_CLIENT_ID: MANAGED_CLIENT_ID },
      };
      return { BRIDGE_IDENTITY: mode, ...settings[mode] };
    },
  };
}
