import type { TokenCredential } from '@azure/identity';
import { type BlobLocation, type Location, parseLocation } from '../config/locations.ts';
import type { SyncOptions } from '../config/options/sync-options.ts';
import type { AwsSettings, StateStorageSettings } from '../config/settings.ts';
import type { FederatedCredentials } from '../federation/credentials.ts';
import { type RunRecord, type RunRequest, sessionNameOf } from '../runs/record.ts';
import type { KnownNamespaces } from '../stores/blob/account-namespace.ts';
import { type BlobAccount, createBlobServiceClient } from '../stores/blob/blob-clients.ts';
import { createBlobStore } from '../stores/blob/blob-store.ts';
import { createS3Leftovers } from '../stores/s3/listing/s3-leftovers.ts';
import { createS3Client } from '../stores/s3/s3-client.ts';
import { createS3Store } from '../stores/s3/s3-store.ts';
import { createGovernors, type Governor } from '../sync/flow/governor.ts';
import type { LeftoverUploads } from '../sync/store/leftovers.ts';
import type { Store, StreamTarget } from '../sync/store/store.ts';
import type { Federation } from './create-federation.ts';
import { grantsOf } from './run-grants.ts';

type OpenedStore = Store & StreamTarget;
type S3Client = ReturnType<typeof createS3Client>;

const JANITOR_SESSION = 'keyless-bridge-clean-up';
const CHECK_SESSION = 'keyless-bridge-check';

/** Clients of this many runs are kept for their next slices. */
const MAX_KEPT_CLIENTS = 16;

/** Opens what runs need; on AWS with a session that is narrowed to what it is for. Asks no service yet. */
export interface OpenStores {
  /** A location of a run, for the run itself. */
  store(run: RunRecord, location: string, options?: WritingOptions): OpenedStore;
  /** Throws {@link FederationError} `invalid-session-policy` when the session of such a run would have a policy that is too long for STS. */
  check(request: RunRequest): void;
  /** The uploads below a run's destination, for the janitor; `undefined` on Azure, which drops by itself what is not committed. */
  leftovers(run: RunRecord): LeftoverUploads | undefined;
}

/** How what is written to a location is kept there. */
interface WritingOptions {
  readonly encryption?: SyncOptions['encryption'] | undefined;
  /** Canned ACL for writes to S3. */
  readonly acl?: SyncOptions['acl'] | undefined;
}

interface OpenStoresOptions {
  readonly aws: AwsSettings;
  readonly federation: Federation;
  readonly stateStorage: StateStorageSettings;
}

export function createOpenStores({ aws, federation, stateStorage }: OpenStoresOptions): OpenStores {
  const { storageCredential } = federation.identity;
  const namespaces: KnownNamespaces = new Map();
  const governorOf = createGovernors();
  const governedClient = (credentials: FederatedCredentials, { requesterPays }: SyncOptions) =>
    createS3ClientOf(aws, credentials, { requesterPays, governorOf: (bucket) => governorOf(`s3://${bucket}`) });
  const clientOf = createClientKeeper((run) => governedClient(federation.openSession(sessionNameOf(run), grantsOf(run)), run.options));
  return {
    store: (run, location, writing = {}) =>
      openLocation(parseLocation(location), {
        ...writing,
        storageCredential,
        stateStorage,
        namespaces,
        governorOf,
        s3Client: () => clientOf(run),
      }),
    check(request) {
      // The policy is written when a session is opened, before any service is asked.
      federation.openSession(CHECK_SESSION, grantsOf(request));
    },
    leftovers({ destination, options }) {
      const location = parseLocation(destination);
      if (location.kind !== 's3') return undefined;
      const { bucket, prefix } = location;
      const grant = { bucket, prefix, access: 'write', mayListUploads: true } as const;
      return createS3Leftovers({ client: governedClient(federation.openSession(JANITOR_SESSION, [grant]), options), bucket, prefix });
    },
  };
}

/** How to reach what is at a location. */
export interface Access extends WritingOptions {
  readonly storageCredential: TokenCredential;
  readonly stateStorage: StateStorageSettings;
  readonly s3Client: () => S3Client;
  /** Findings about the accounts so far. */
  readonly namespaces?: KnownNamespaces;
  /** The governor of an account's requests; without one they are as many as are asked for. */
  readonly governorOf?: (accountUrl: string) => Governor;
  /** Tries of each request to Blob Storage; the default of the client unless given. */
  readonly maxTries?: number;
}

/** Opens a location. Asks no service yet. */
export function openLocation(location: Location, access: Access): OpenedStore {
  if (location.kind === 'blob') return openBlob(location, access);
  const { bucket, prefix } = location;
  const { s3Client, encryption, acl } = access;
  return createS3Store({ client: s3Client(), bucket, prefix, encryption, acl });
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
export function createS3ClientOf(
  aws: AwsSettings,
  credentials: FederatedCredentials,
  options: { readonly requesterPays?: boolean | undefined; readonly governorOf?: (bucket: string) => Governor } = {},
): S3Client {
  return createS3Client({
    region: aws.region,
    credentials,
    forcePathStyle: aws.forcePathStyle,
    checksums: aws.checksums,
    ...(aws.s3Endpoint && { endpoint: aws.s3Endpoint }),
    ...options,
  });
}

function openBlob(location: BlobLocation, access: Access): OpenedStore {
  const { storageCredential, stateStorage, namespaces = new Map(), governorOf, maxTries, encryption } = access;
  const account = accountOf(location, storageCredential, stateStorage);
  const container = createBlobServiceClient(account, governorOf?.(location.accountUrl), maxTries).getContainerClient(location.container);
  const scope = encryption?.scope;
  return createBlobStore({
    container,
    prefix: location.prefix,
    namespaces,
    ...(scope !== undefined && { encryption: { encryptionScope: scope } }),
  });
}

/** A location in the host's own account is reached as the host reaches it, which is how Azurite works without Entra ID. */
function accountOf({ accountUrl }: BlobLocation, credential: TokenCredential, stateStorage: StateStorageSettings): BlobAccount {
  if ('connectionString' in stateStorage && createBlobServiceClient(stateStorage).url.replace(/\/$/, '') === accountUrl)
    return stateStorage;
  return { url: accountUrl, credential };
}
