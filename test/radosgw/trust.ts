import type { S3Client } from '@aws-sdk/client-s3';
import { type AssumeRoleSettings, createAssumeRole } from '../../src/federation/assume-role.ts';
import { createFederatedCredentials, type FederatedCredentials } from '../../src/federation/credentials.ts';
import { createIdentity, type GetToken } from '../../src/federation/identity.ts';
import { AUDIENCE, identitySettings, startTenant, type Tenant } from '../federation/tenant.ts';
import { type Account, openAccount } from './account.ts';
import { reachableIssuer } from './reachable-issuer.ts';

interface SessionOptions extends Partial<AssumeRoleSettings> {
  /** Tokens of the app registration, which signs in with its secret, unless given. */
  readonly getToken?: GetToken;
}

interface Session {
  readonly credentials: FederatedCredentials;
  readonly client: S3Client;
}

/** A tenant, the account on radosgw, and the trust between them, as a deployment of the app makes it. */
export interface Trust {
  readonly tenant: Tenant;
  readonly account: Account;
  /** May do anything on S3, and trusts the app registration and the user-assigned managed identity. */
  readonly roleArn: string;
  /** A role for exactly these subjects, which may do anything on S3 unless `statements` say otherwise. */
  createRole(subjects: readonly string[], statements?: readonly object[]): Promise<string>;
  /** Credentials by federation as the app gets them, and a client that uses them. Asks for nothing yet. */
  connect(options?: SessionOptions): Session;
  stop(): Promise<void>;
}

export async function startTrust(): Promise<Trust> {
  const account = openAccount();
  const tenant = await startTenant(await reachableIssuer());
  const { issuer } = tenant.entra;
  await account.createOidcProvider(issuer, AUDIENCE);
  const createRole: Trust['createRole'] = (subjects, statements) =>
    account.createRole({ issuer, audience: AUDIENCE, subjects, ...(statements && { statements }) });
  const roleArn = await createRole([tenant.appPrincipalId, tenant.identityPrincipalId]);
  const { getToken } = createIdentity(identitySettings(tenant, tenant.choices['client-secret']));
  const clients: S3Client[] = [account.owner];

  return {
    tenant,
    account,
    roleArn,
    createRole,
    connect({ getToken: otherToken = getToken, ...settings } = {}) {
      const { endpoint, region } = account;
      const assumeRole = createAssumeRole({
        roleArn,
        region,
        endpoint,
        sessionName: 'keyless-bridge-test',
        durationSeconds: 900,
        ...settings,
      });
      const credentials = createFederatedCredentials({ getToken: otherToken, assumeRole });
      const client = account.createClient(credentials);
      clients.push(client);
      return { credentials, client };
    },
    async stop() {
      for (const client of clients) client.destroy();
      await tenant.stop();
    },
  };
}
