import type { TokenCredential } from '@azure/identity';
import { createS3Client } from './aws/s3-client.ts';
import { createS3Store } from './aws/s3-store.ts';
import { type BlobAccount, createBlobServiceClient } from './azure/blob-clients.ts';
import { createBlobStore } from './azure/blob-store.ts';
import type { Federation } from './create-federation.ts';
import type { FederatedCredentials } from './federation/credentials.ts';
import type { Grant } from './federation/session-policy.ts';
import { type BlobLocation, type Location, parseLocation } from './locations.ts';
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
  readonly federation: Federation;
  readonly stateStorage: StateStorageSettings;
}

export function createOpenStore({ aws, federation, stateStorage }: OpenStoreOptions): OpenStore {
  const { storageCredential } = federation.identity;
  const clientOf = createClientKeeper((run) => createS3ClientOf(aws, federation.openSession(`keyless-bridge-${run.id}`, grantsOf(run))));
  return (run, location) => openLocation(parseLocation(location), { storageCredential, stateStorage, s3Client: () => clientOf(run) });
}

/** How to reach what is at a location. */
export interface Access {
  readonly storageCredential: TokenCredential;
  readonly stateStorage: StateStorageSettings;
  readonly s3Client: () => S3Client;
}

/** Opens a location. Asks no service yet. */
export function openLocation(location: Location, { storageCredential, stateStorage, s3Client }: Access): OpenedStore {
  return location.kind === 's3'
    ? createS3Store({ client: s3Client(), bucket: location.bucket, prefix: location.prefix })
    : openBlob(location, storageCredential, stateStorage);
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

/** A client of S3 as the settings describe it. */
export function createS3ClientOf(aws: AwsSettings, credentials: FederatedCredentials): S3Client {
  return createS3Client({
    region: aws.region,
    credentials,
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
