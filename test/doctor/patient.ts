import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { vi } from 'vitest';
import { BUCKET, type Clouds, startClouds } from '../../local/clouds.ts';
import { AUDIENCE, type IdentityMode, TENANT_ID, TRUSTED_SUBJECTS } from '../../local/identities.ts';
import { type DoctorOptions, diagnose } from '../../src/doctor/diagnose.ts';
import type { Diagnosis } from '../../src/doctor/walk.ts';

const CONTAINER = 'patient';
const HOST_FILE = JSON.stringify({ functionTimeout: '00:10:00' });

interface RoleChange {
  readonly subjects?: readonly string[];
  readonly audience?: string;
  /** What it may do; everything unless given. */
  readonly statements?: readonly unknown[];
}

interface DiagnoseOptions extends Partial<Omit<DoctorOptions, 'environment'>> {
  readonly mode?: IdentityMode;
  /** Settings besides those with which all is well. */
  readonly settings?: Readonly<Record<string, string>>;
}

interface TrustPolicy {
  readonly Version: string;
  readonly Statement: readonly [Readonly<Record<string, unknown>>];
}

/** A bridge that is well between the stand-ins, and what a test needs to make it ill. */
export interface Patient {
  readonly clouds: Clouds;
  readonly container: ContainerClient;
  /** For files of a test; removed with the patient. */
  readonly folder: string;
  /** All settings; nothing is wrong with them. */
  settings(mode?: IdentityMode): Record<string, string>;
  diagnose(options?: DiagnoseOptions): Promise<Diagnosis>;
  /** The setting BRIDGE_JOBS with one job from `source` to `destination`. */
  job(source: string, destination: string): Record<string, string>;
  blob(prefix: string, container?: string): string;
  /** A role that lets our identities in; its ARN. */
  createRole(change?: RoleChange): string;
  /** The trust policy of such a role. */
  trustPolicy(change?: RoleChange): TrustPolicy;
  stop(): Promise<void>;
}

export async function startPatient(): Promise<Patient> {
  const dataDir = await mkdtemp(join(tmpdir(), 'keyless-bridge-doctor-'));
  const clouds = await startClouds({ dataDir });
  const { azurite, aws, entra } = clouds;
  const container = BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient(CONTAINER);
  await container.create();
  vi.stubEnv('IDENTITY_ENDPOINT', entra.identityEndpoint);
  vi.stubEnv('IDENTITY_HEADER', entra.identityHeader);
  // What NODE_EXTRA_CA_CERTS does for a process that is yet to start.
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), entra.caPem]);

  const blob = (prefix: string, name = CONTAINER) => `${azurite.blobUrl}/${name}/${prefix}`;
  const job = (source: string, destination: string) => ({ BRIDGE_JOBS: JSON.stringify([{ name: 'job', source, destination }]) });
  const settings = (mode: IdentityMode = 'managed-identity') => ({
    ...clouds.appSettings(mode),
    ...job(blob('from'), `s3://${BUCKET}/to`),
  });
  const trustPolicy = ({ subjects = TRUSTED_SUBJECTS, audience = AUDIENCE }: RoleChange = {}): TrustPolicy => {
    const issuer = entra.issuer.replace('https://', '');
    return {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Federated: `arn:aws:iam::${aws.accountId}:oidc-provider/${issuer}` },
          Action: 'sts:AssumeRoleWithWebIdentity',
          Condition: { StringEquals: { [`${issuer}:aud`]: audience, [`${issuer}:sub`]: subjects } },
        },
      ],
    };
  };
  return {
    clouds,
    container,
    folder: dataDir,
    settings,
    job,
    blob,
    trustPolicy,
    diagnose: ({ mode, settings: change, ...options } = {}) =>
      diagnose({ hostFile: HOST_FILE, ...options, environment: { ...settings(mode), ...change } }),
    createRole: (change = {}) =>
      aws.createRole({
        name: `role-${randomUUID()}`,
        trustPolicy: trustPolicy(change),
        policies: [
          { Version: '2012-10-17', Statement: change.statements ?? [{ Effect: 'Allow', Action: 's3:*', Resource: 'arn:aws:s3:::*' }] },
        ],
      }),
    async stop() {
      vi.unstubAllEnvs();
      await clouds.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Makes a managed identity that Entra ID gives tokens for `audience`, an application of its own. */
export function registerOther(clouds: Clouds, audience: string): { readonly clientId: string; readonly principalId: string } {
  const other = { clientId: randomUUID(), principalId: randomUUID() };
  clouds.entra.registerManagedIdentity(other);
  clouds.entra.registerApplication({ clientId: randomUUID(), servicePrincipalId: randomUUID(), identifierUris: [audience] });
  return other;
}

/** Another App ID URI of the same tenant. */
export const OTHER_AUDIENCE = `api://${TENANT_ID}/other`;
