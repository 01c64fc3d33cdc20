import type { ContainerClient } from '@azure/storage-blob';
import type { Store, StreamTarget } from '../sync/store.ts';
import { listBlobs } from './blob-listing.ts';
import { createBlobObjects } from './blob-objects.ts';
import { createBlobRequests } from './blob-requests.ts';
import { createBlobUploads } from './blob-uploads.ts';
import { createBlobStreamTarget } from './stream-target.ts';

interface BlobStoreOptions {
  readonly container: ContainerClient;
  /** Cut from the names of blobs when reading and put in front when writing; '' for the whole container. */
  readonly prefix: string;
  /** Blobs in a page of the listing; 2,500 unless given. */
  readonly pageSize?: number;
}

/** The store of a container of Azure Blob Storage, narrowed to a prefix. It reads any type of blob and writes block blobs. */
export function createBlobStore({ container, prefix, pageSize }: BlobStoreOptions): Store & StreamTarget {
  const requests = createBlobRequests(container, prefix);
  return {
    url: requests.urlOf(''),
    refuseKey: requests.refuseKey,
    list: (options = {}) => listBlobs(requests, { ...options, pageSize }),
    ...createBlobObjects(requests),
    ...createBlobUploads(requests),
    ...createBlobStreamTarget(requests),
  };
}
