import { compareKeys } from '../sync/key-order.ts';
import type { ObjectEntry } from '../sync/objects.ts';
import type { ListOptions } from '../sync/store.ts';
import { type Namespace, namespaceOf } from './account-namespace.ts';
import { toEntry } from './blob-entry.ts';
import { abortable, type BlobRequests } from './blob-requests.ts';
import { isListingDone, listingStart, outOfOrder } from './key-order.ts';

export interface BlobListOptions extends ListOptions {
  /** No more blobs, and at most 5,000, are asked for at once. */
  readonly pageSize: number;
}

/**
 * The blobs between `startAfter` and `endBefore` as a flat account lists them: by UTF-16 code units. Tells what kind of account it is with each
 * page; at one of a hierarchical namespace, whose order is another, the pages end. Throws a StoreError at any other disorder.
 */
export async function* flatPages(
  requests: BlobRequests,
  options: BlobListOptions,
  learn: (namespace: Namespace) => void,
): AsyncGenerator<readonly ObjectEntry[]> {
  const { startAfter, endBefore } = options;
  const isWanted = ({ key }: ObjectEntry) =>
    (startAfter === undefined || compareKeys(key, startAfter) > 0) && (endBefore === undefined || compareKeys(key, endBefore) < 0);
  const start = startAfter ? listingStart(startAfter) : '';
  let last = start;
  for await (const { segment } of requestPages(requests, start, options)) {
    const [first] = segment.blobItems;
    if (first === undefined) continue;
    learn(namespaceOf(first));
    if (namespaceOf(first) === 'hierarchical') return;
    const entries = segment.blobItems.map((blob) => toEntry(blob, requests.prefix));
    last = checkOrder(entries, last, requests.urlOf(''));
    yield entries.filter(isWanted);
    if (endBefore !== undefined && isListingDone(last, endBefore)) return;
  }
}

function requestPages({ container, prefix }: BlobRequests, start: string, { pageSize, signal }: BlobListOptions) {
  const blobs = container.listBlobsFlat({
    ...abortable(signal),
    includeMetadata: true,
    ...(prefix === '' ? {} : { prefix }),
    ...(start === '' ? {} : { startFrom: prefix + start }),
  });
  return blobs.byPage({ maxPageSize: pageSize });
}

/** Gives the last key. Whether the service goes by UTF-16 or UTF-8 makes no difference here. */
function checkOrder(entries: readonly ObjectEntry[], before: string, url: string): string {
  let last = before;
  for (const { key } of entries) {
    if (key < last && compareKeys(key, last) < 0) throw outOfOrder(url, last, key);
    last = key;
  }
  return last;
}
