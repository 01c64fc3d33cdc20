import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { vi } from 'vitest';
import { startAzurite } from '../../local/azurite.ts';
import { startLocalHost } from '../../local/host/in-process.ts';
import type { RunView } from '../../src/runs/view/run-view.ts';
import { createS3Store } from '../../src/stores/s3/s3-store.ts';
import type { Store } from '../../src/sync/store/store.ts';
import { AUDIENCE, type Tenant } from '../federation/tenant.ts';
import { startTrust } from './trust.ts';

const ROOT = join(import.meta.dirname, '../..');
const CONTAINER = 'test';

/** The app in this process between Azurite and radosgw. */
export interface RadosgwBridge {
  readonly container: ContainerClient;
  /** The location below a prefix of the container. */
  blob(prefix: string): string;
  /** The location below a prefix of the one bucket that the app's role may use. */
  s3(prefix: string): string;
  /** What is there, as another session of the app's role sees it. */
  openS3(prefix: string): Store;
  /** A location that the settings allow, in a bucket that the role may not use. */
  readonly deniedS3: string;
  /** Starts an ad hoc run, waits for its end, and answers it. */
  sync(source: string, destination: string): Promise<RunView>;
  stop(): Promise<void>;
}

export async function startRadosgwBridge(): Promise<RadosgwBridge> {
  const dataDir = await mkdtemp(join(tmpdir(), 'radosgw-bridge-'));
  const [azurite, trust] = await Promise.all([startAzurite({ dataDir }), startTrust()]);
  const { account, tenant } = trust;
  const [bucket, otherBucket] = [await account.createBucket(), await account.createBucket()];
  const roleArn = await trust.createRole([tenant.appPrincipalId], statementsFor(bucket));
  const { client } = trust.connect({ roleArn });
  const host = await startLocalHost({
    appDir: ROOT,
    env: {
      AzureWebJobsStorage: azurite.connectionString,
      ...identityEnvironment(tenant),
      AWS_ROLE_ARN: roleArn,
      AWS_REGION: account.region,
      AWS_ENDPOINT_URL_S3: account.endpoint,
      AWS_ENDPOINT_URL_STS: account.endpoint,
      BRIDGE_S3_FORCE_PATH_STYLE: 'true',
      BRIDGE_S3_CHECKSUMS: 'when-required',
      BRIDGE_ALLOWED_LOCATIONS: `s3://${bucket} s3://${otherBucket} ${azurite.blobUrl}/${CONTAINER}`,
    },
    log: () => undefined,
    register: () => {
      vi.resetModules();
      return import('../../src/main.ts');
    },
  });
  const container = BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient(CONTAINER);
  await container.create();
  return {
    container,
    blob: (prefix) => `${azurite.blobUrl}/${CONTAINER}/${prefix}`,
    s3: (prefix) => `s3://${bucket}/${prefix}`,
    openS3: (prefix) => createS3Store({ client, bucket, prefix }),
    deniedS3: `s3://${otherBucket}/`,
    async sync(source, destination) {
      const body = JSON.stringify({ source, destination });
      const answer = await fetch(`${host.url}/api/sync?wait=200`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      const text = await answer.text();
      if (answer.status !== 200) throw new Error(`The sync was answered ${answer.status}: ${text}`);
      return JSON.parse(text) as RunView;
    },
    async stop() {
      await host.stop();
      await Promise.all([azurite.stop(), trust.stop()]);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** An app registration that trusts the managed identity: the way with the most links. */
function identityEnvironment({ choices, entra }: Tenant): Record<string, string> {
  const choice = choices['federated-app'];
  if (choice.mode !== 'federated-app') throw new Error('The tenant has no app registration with a federated credential.');
  return {
    BRIDGE_IDENTITY: choice.mode,
    BRIDGE_AUDIENCE: AUDIENCE,
    BRIDGE_MANAGED_IDENTITY_CLIENT_ID: choice.managedIdentityClientId,
    BRIDGE_DISABLE_INSTANCE_DISCOVERY: 'true',
    AZURE_TENANT_ID: choice.tenantId,
    AZURE_CLIENT_ID: choice.clientId,
    AZURE_AUTHORITY_HOST: entra.authorityHost,
  };
}

/** What a role needs in both directions. */
function statementsFor(bucket: string): readonly object[] {
  return [
    { Effect: 'Allow', Action: ['s3:ListBucket', 's3:ListBucketMultipartUploads'], Resource: `arn:aws:s3:::${bucket}` },
    {
      Effect: 'Allow',
      Action: ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
      Resource: `arn:aws:s3:::${bucket}/*`,
    },
  ];
}
