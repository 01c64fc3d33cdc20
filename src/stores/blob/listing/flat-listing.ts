import { compareKeys } from '../../../sync/store/key-order.ts';
import type { ObjectEntry } from '../../../sync/store/objects.ts';
import type { ListOptions } from '../../../sync/store/store.ts';
import { type Namespace, namespaceOf } from '../account-namespace.ts';
import type { BlobRequests } from '../blob-requests.ts';
import { toEntry } from './blob-entry.ts';
import type { Listed } from './listing-page.ts';
import { listingPages } from './listing-pages.ts';
import { inUtf8Order, outOfOrder } from './utf16-order.ts';

export interface BlobListOptions extends ListOptions {
  /** No more blobs, and at most 5,000, are asked for at once. */
  readonly pageSize: number;
}

/**
 * The blobs between `startAfter` and `endBefore` as a flat account lists them, which is by UTF-16 code units, in UTF-8 order. Tells what kind of
 * account it is with each page; at one of a hierarchical namespace, whose order is another, the pages end. Throws a StoreError at any other disorder.
 */
export async function* flatPages(
  requests: BlobRequests,
  { startAfter, endBefore, pageSize, signal }: BlobListOptions,
  learn: (namespace: Namespace) => void,
): AsyncGenerator<readonly ObjectEntry[]> {
  const { container, prefix } = requests;
  const url = requests.urlOf('');

  async function* open(start: string, size: 'pages' | 'one entry'): AsyncGenerator<readonly ObjectEntry[]> {
    const maxResults = size === 'pages' ? pageSize : 1;
    const pages = listingPages(container, { prefix, maxResults, url, signal, ...(start !== '' && { startFrom: prefix + start }) });
    let last = start;
    for await (const page of pages) {
      const [first] = page;
      if (first === undefined) continue;
      learn(namespaceOf(first));
      if (namespaceOf(first) === 'hierarchical') return;
      const entries = page.filter(isBlob).map((blob) => toEntry(blob, prefix));
      last = checkOrder(entries, last, url);
      yield entries;
    }
  }

  let last: string | undefined = startAfter;
  for await (const page of inUtf8Order({ open, nameOf: ({ key }) => key }, startAfter)) {
    const entries = startAfter === undefined ? page : page.filter(({ key }) => compareKeys(key, startAfter) > 0);
    for (const { key } of entries) {
      if (last !== undefined && compareKeys(key, last) <= 0) throw outOfOrder(url, last, key);
      last = key;
    }
    const end = endBefore === undefined ? -1 : entries.findIndex(({ key }) => compareKeys(key, endBefore) >= 0);
    yield end < 0 ? entries : entries.slice(0, end);
    if (end >= 0) return;
  }
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

function isBlob(listed: Listed): listed is Exclude<Listed, string> {
  return typeof listed !== 'string';
}
