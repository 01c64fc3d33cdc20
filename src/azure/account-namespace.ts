import type { BlobItem, ContainerClient } from '@azure/storage-blob';
import { abortable, type BlobRequests } from './blob-requests.ts';

/** How an account keeps its blobs, which decides the order of its listings. */
export type Namespace = 'flat' | 'hierarchical';

/** What listings have shown so far, by the account's URL. One for a process: a flat account may become hierarchical, but hardly ever does. */
export type KnownNamespaces = Map<string, Namespace>;

/** The URL of the account that `container` is in, without a query. */
export function accountOf(container: ContainerClient): string {
  return new URL('.', container.url).href;
}

/** Tells a flat account from a hierarchical one by any blob of a listing, which no role but that of listing is needed for. */
export function namespaceOf(blob: BlobItem): Namespace {
  return resourceTypeOf(blob) === undefined ? 'flat' : 'hierarchical';
}

/** Tells whether this is a directory of a hierarchical account, which is listed among the blobs, but is no object. */
export function isDirectory(blob: BlobItem): boolean {
  return resourceTypeOf(blob) === 'directory';
}

/** Asks for one blob below the prefix; `undefined` when there is none. */
export async function askNamespace({ container, prefix }: BlobRequests, signal: AbortSignal | undefined): Promise<Namespace | undefined> {
  const blobs = container.listBlobsFlat({ ...abortable(signal), ...(prefix === '' ? {} : { prefix }) });
  // A page may be empty though others follow.
  for await (const { segment } of blobs.byPage({ maxPageSize: 1 })) {
    const [blob] = segment.blobItems;
    if (blob !== undefined) return namespaceOf(blob);
  }
  return undefined;
}

/**
 * `file` or `directory`, only in an account with a hierarchical namespace (List Blobs, service version 2020-10-02 and later). The SDK passes it
 * on under the service's name, but has no type for it.
 */
function resourceTypeOf({ properties }: BlobItem): unknown {
  return 'ResourceType' in properties ? properties.ResourceType : undefined;
}
