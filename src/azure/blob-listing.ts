import type { BlobItem } from '@azure/storage-blob';
import { compareKeys } from '../sync/key-order.ts';
import { present } from '../sync/present.ts';
import type { ListOptions, ObjectEntry } from '../sync/store.ts';
import { abortable, type BlobRequests } from './blob-requests.ts';
import { toStoreError } from './errors.ts';
import { inUtf8Order, isListingDone, listingStart } from './key-order.ts';

/** Half of what the service allows: a page is parsed whole, and two of them are in memory. */
const PAGE_SIZE = 2_500;

interface BlobListOptions extends ListOptions {
  /** Blobs in a page; 2,500 when it is not given. */
  readonly pageSize: number | undefined;
}

/** Pages of the blobs between `startAfter` and `endBefore`, in UTF-8 order. Snapshots, versions and uncommitted blobs are not listed. */
export async function* listBlobs(requests: BlobRequests, options: BlobListOptions): AsyncGenerator<readonly ObjectEntry[]> {
  const url = requests.urlOf('');
  try {
    yield* inUtf8Order(withinBounds(requests, options), url);
  } catch (error) {
    throw toStoreError(error, { action: 'list', url, signal: options.signal });
  }
}

async function* withinBounds(
  { container, prefix }: BlobRequests,
  { startAfter, endBefore, pageSize = PAGE_SIZE, signal }: BlobListOptions,
): AsyncGenerator<readonly ObjectEntry[]> {
  const blobs = container.listBlobsFlat({
    ...abortable(signal),
    includeMetadata: true,
    ...(prefix === '' ? {} : { prefix }),
    ...(startAfter ? { startFrom: prefix + listingStart(startAfter) } : {}),
  });
  const isWanted = ({ key }: ObjectEntry) =>
    (startAfter === undefined || compareKeys(key, startAfter) > 0) && (endBefore === undefined || compareKeys(key, endBefore) < 0);
  for await (const { segment } of blobs.byPage({ maxPageSize: pageSize })) {
    const entries = segment.blobItems.map((blob) => toEntry(blob, prefix));
    yield entries.filter(isWanted);
    const last = entries.at(-1);
    if (last !== undefined && endBefore !== undefined && isListingDone(last.key, endBefore)) return;
  }
}

function toEntry({ name, metadata, properties }: BlobItem, prefix: string): ObjectEntry {
  const sourceEtag = metadata?.['source_etag'];
  return {
    key: name.slice(prefix.length),
    sizeBytes: present(properties.contentLength, `the size of ${name}`),
    etag: quoted(properties.etag),
    lastModified: properties.lastModified,
    // A blob without an MD5 is listed with an empty one.
    ...(properties.contentMD5?.length ? { md5: Buffer.from(properties.contentMD5).toString('hex') } : {}),
    ...(sourceEtag === undefined ? {} : { sourceEtag }),
    ...(properties.accessTier === 'Archive' ? { isArchived: true } : {}),
  };
}

// The service quotes an ETag in a header, but not in a listing.
function quoted(etag: string): string {
  return etag.startsWith('"') ? etag : `"${etag}"`;
}
