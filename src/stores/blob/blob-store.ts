import type { ContainerClient } from '@azure/storage-blob';
import type { Store, StreamTarget } from '../../sync/store/store.ts';
import type { KnownNamespaces } from './account-namespace.ts';
import { escapeBlobName } from './blob-keys.ts';
import { createBlobObjects } from './blob-objects.ts';
import { type BlobEncryption, createBlobRequests } from './blob-requests.ts';
import { createBlobRestore } from './blob-restore.ts';
import { createBlobTags } from './blob-tags.ts';
import { listBlobs } from './listing/blob-listing.ts';
import { createBlobStreamTarget } from './upload/blob-stream-target.ts';
import { createBlobUploads } from './upload/blob-uploads.ts';

/** Half of what the service allows: a page is parsed whole, and two of them are in memory. */
const PAGE_SIZE = 2_500;

interface BlobStoreOptions {
  readonly container: ContainerClient;
  /** Cut from the names of blobs when reading and put in front when writing; '' for the whole container. */
  readonly prefix: string;
  /** Blobs in a page of the listing; 2,500 unless given. */
  readonly pageSize?: number;
  /** Shared by the stores of a process, which then need not ask again what kind an account is. */
  readonly namespaces?: KnownNamespaces;
  /** Encryption scope for writes; the container's default unless given. */
  readonly encryption?: BlobEncryption;
}

/** The store of a container of Azure Blob Storage, narrowed to a prefix. It reads any type of blob and writes block blobs. */
export function createBlobStore({
  container,
  prefix,
  pageSize = PAGE_SIZE,
  namespaces = new Map(),
  encryption,
}: BlobStoreOptions): Store & StreamTarget {
  const requests = createBlobRequests(container, prefix, encryption);
  return {
    url: requests.urlOf(''),
    folderForm: 'stub',
    refuseKey: requests.refuseKey,
    escapeKey: escapeBlobName,
    list: (options) => listBlobs(requests, namespaces, { pageSize, ...options }),
    ...createBlobObjects(requests),
    ...createBlobUploads(requests),
    ...createBlobTags(requests),
    ...createBlobRestore(requests),
    ...createBlobStreamTarget(requests),
  };
}
