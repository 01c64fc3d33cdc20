import type { ObjectEntry } from '../../../sync/store/objects.ts';
import { accountOf, askNamespace, type KnownNamespaces } from '../account-namespace.ts';
import { toStoreError } from '../blob-errors.ts';
import type { BlobRequests } from '../blob-requests.ts';
import { type BlobListOptions, flatPages } from './flat-listing.ts';
import { hierarchicalPages } from './hierarchical-listing.ts';

/**
 * Pages of the blobs between `startAfter` and `endBefore`, in UTF-8 order. Snapshots, versions and uncommitted blobs are not listed, nor
 * are the directories of an account with a hierarchical namespace. The first blob that is listed shows which kind the account is; `namespaces` keeps it.
 */
export async function* listBlobs(
  requests: BlobRequests,
  namespaces: KnownNamespaces,
  options: BlobListOptions,
): AsyncGenerator<readonly ObjectEntry[]> {
  const url = requests.urlOf('');
  try {
    for await (const page of inKeyOrder(requests, namespaces, options)) yield* cut(page, options.pageSize);
  } catch (error) {
    throw toStoreError(error, { action: 'list', url, signal: options.signal });
  }
}

async function* inKeyOrder(
  requests: BlobRequests,
  namespaces: KnownNamespaces,
  options: BlobListOptions,
): AsyncGenerator<readonly ObjectEntry[]> {
  const account = accountOf(requests.container);
  if (options.startAfter && !namespaces.has(account)) {
    // From a start, a hierarchical account would leave out keys, and might so look empty.
    const namespace = await askNamespace(requests, options.signal);
    if (namespace === undefined) return;
    namespaces.set(account, namespace);
  }
  if (namespaces.get(account) !== 'hierarchical') {
    yield* flatPages(requests, options, (namespace) => namespaces.set(account, namespace));
  }
  if (namespaces.get(account) === 'hierarchical') yield* hierarchicalPages(requests, options);
}

function* cut(page: readonly ObjectEntry[], size: number): Generator<readonly ObjectEntry[]> {
  if (page.length <= size) yield page;
  else for (let at = 0; at < page.length; at += size) yield page.slice(at, at + size);
}
