import type { ContainerClient } from '@azure/storage-blob';
import type { BlobRequests } from './blob-requests.ts';
import type { Listed } from './listing/listing-page.ts';
import { listingPages } from './listing/listing-pages.ts';

/** How an account keeps its blobs, which decides the order of its listings. */
export type Namespace = 'flat' | 'hierarchical';

/** Findings of earlier listings, by the account's URL. One for a process: a flat account may become hierarchical, but hardly ever does. */
export type KnownNamespaces = Map<string, Namespace>;

/** The URL of the account that `container` is in, without a query. */
export function accountOf(container: ContainerClient): string {
  return new URL('.', container.url).href;
}

/** Tells a flat account from a hierarchical one by any blob of a listing, which no role but that of listing is needed for. */
export function namespaceOf(listed: Listed): Namespace {
  return typeof listed === 'string' || listed.resourceType === undefined ? 'flat' : 'hierarchical';
}

/** Tells whether this is a directory of a hierarchical account, which is listed among the blobs, but is no object. */
export function isDirectory(listed: Listed): boolean {
  return typeof listed === 'string' || listed.resourceType === 'directory';
}

/** Asks for one blob below the prefix; `undefined` when there is none. */
export async function askNamespace(
  { container, prefix, urlOf }: BlobRequests,
  signal: AbortSignal | undefined,
): Promise<Namespace | undefined> {
  // A page may be empty though others follow.
  for await (const [first] of listingPages(container, { prefix, maxResults: 1, url: urlOf(''), signal })) {
    if (first !== undefined) return namespaceOf(first);
  }
  return undefined;
}
