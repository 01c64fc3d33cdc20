import type { TokenCredential } from '@azure/identity';
import { createS3Client } from './aws/s3-client.ts';
import { createS3Store } from './aws/s3-store.ts';
import { type BlobAccount, createBlobServiceClient } from './azure/blob-clients.ts';
import { createBlobStore } from './azure/blob-store.ts';
import { createAssumeRole } from './federation/assume-role.ts';
import { createFederatedCredentials } from './federation/credentials.ts';
import type { Identity } from './federation/identity.ts';
import { type Grant, sessionPolicyFor } from './federation/session-policy.ts';
import { type BlobLocation, parseLocation, type S3Location } from './locations.ts';
import type { RunRecord } from './runs/record.ts';
import type { AwsSettings, StateStorageSettings } from './settings.ts';
import type { Store, StreamTarget } from './sync/store.ts';

type OpenedStore = Store & StreamTarget;
type S3Client = ReturnType<typeof createS3Client>;

/** Clients of this many runs are kept for their next slices. */
const MAX_KEPT_CLIENTS = 16;

/** Opens a location for a run; on AWS with a session that is narrowed to what the run may do. Asks no service yet. */
export type OpenStore = (run: RunRecord, location: string) => OpenedStore;

interface OpenStoreOptions {
  readonly aws: AwsSettings;
  readonly identity: Identity;
  readonly stateStorage: StateStorageSettings;
}

export function createOpenStore({ aws, identity, stateStorage }: OpenStoreOptions): OpenStore {
  const clientOf = createClientKeeper((run) => createRunClient(run, aws, identity));
  return (run, location) => {
    const parsed = parseLocation(location);
    return parsed.kind === 's3' ? openS3(parsed, clientOf(run)) : openBlob(parsed, identity.storageCredential, stateStorage);
  };
}

/** One client, and so one credentials provider, for all slices of a run in this process. */
function createClientKeeper(create: (run: RunRecord) => S3Client): (run: RunRecord) => S3Client {
  const kept = new Map<string, S3Client>();
  return (run) => {
    const client = kept.get(run.id) ?? create(run);
    kept.set(run.id, client);
    if (kept.size > MAX_KEPT_CLIENTS) kept.delete(kept.keys().next().value ?? '');
    return client;
  };
}

function createRunClient(run: RunRecord, aws: AwsSettings, identity: Identity): S3Client {
  const assumeRole = createAssumeRole({
    roleArn: aws.roleArn,
    region: aws.region,
    sessionName: `keyless-bridge-${run.id}`,
    durationSeconds: aws.sessionSeconds,
    policy: sessionPolicyFor(grantsOf(run), { partition: aws.roleArn.split(':')[1] ?? 'aws' }),
    ...(aws.stsEndpoint && { endpoint: aws.stsEndpoint }),
  });
  return createS3Client({
    region: aws.region,
    credentials: createFederatedCredentials({ getToken: identity.getToken, assumeRole }),
    forcePathStyle: aws.forcePathStyle,
    checksums: aws.checksums,
    ...(aws.s3Endpoint && { endpoint: aws.s3Endpoint }),
  });
}

/** What a run may do on S3. */
function grantsOf({ source, destination, reportTo }: RunRecord): readonly Grant[] {
  const grants = [
    { location: source, access: 'read' as const },
    { location: destination, access: 'write' as const },
    ...(reportTo === undefined ? [] : [{ location: reportTo, access: 'write' as const }]),
  ];
  return grants.flatMap(({ location, access }) => {
    const parsed = parseLocation(location);
    return parsed.kind === 's3' ? [{ bucket: parsed.bucket, prefix: parsed.prefix, access }] : [];
  });
}

function openS3({ bucket, prefix }: S3Location, client: S3Client): OpenedStore {
  return createS3Store({ client, bucket, prefix });
}

function openBlob(location: BlobLocation, credential: TokenCredential, stateStorage: StateStorageSettings): OpenedStore {
  const account = accountOf(location, credential, stateStorage);
  return createBlobStore({ container: createBlobServiceClient(account).getContainerClient(location.container), prefix: location.prefix });
}

/** A location in the host's own account is reached as the host reaches it, which is how Azurite works without Entra ID. */
function accountOf({ accountUrl }: BlobLocation, credential: TokenCredential, stateStorage: StateStorageSettings): BlobAccount {
  if ('connectionString' in stateStorage && createBlobServiceClient(stateStorage).url.replace(/\/$/, '') === accountUrl)
    return stateStorage;
  return { url: accountUrl, credential };
}
