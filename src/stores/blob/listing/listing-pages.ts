import type { ContainerClient } from '@azure/storage-blob';
import { followPages, notUnderstood } from '../../../sync/flow/follow-pages.ts';
import { type Listed, type ListingPage, readListingPage } from './listing-page.ts';
import { type ListingQuery, PageTooLargeError, requestListing } from './listing-request.ts';

interface PagesOptions extends Omit<ListingQuery, 'marker' | 'startFrom'> {
  /** Inclusive, with the prefix; the beginning unless given. */
  readonly startFrom?: string;
  /** For messages. */
  readonly url: string;
  readonly signal?: AbortSignal | undefined;
}

/** Pages of blobs with their metadata, and of directories where there is a delimiter, in the order of the service, up to its last one. */
export function listingPages(
  container: ContainerClient,
  { url, signal, maxResults, startFrom = '', ...query }: PagesOptions,
): AsyncGenerator<readonly Listed[]> {
  let pageSize = maxResults;

  async function readPage(marker: string): Promise<ListingPage> {
    for (;;) {
      try {
        const page = readListingPage(await requestListing(container, { ...query, startFrom, marker, maxResults: pageSize }, signal));
        checkPrefix(page, query.prefix);
        return page;
      } catch (error) {
        if (!(error instanceof PageTooLargeError)) throw error;
        if (pageSize === 1) throw notUnderstood('one blob takes more than a page');
        pageSize = Math.ceil(pageSize / 4);
      }
    }
  }

  return followPages<Listed, string>({
    url,
    signal,
    async request(marker = '') {
      const { entries, nextMarker } = await readPage(marker);
      return { entries, next: nextMarker === '' ? undefined : nextMarker };
    },
  });
}

/** Without what was asked for at its beginning, a name would be cut at the wrong place. */
function checkPrefix({ entries }: ListingPage, prefix: string): void {
  if (entries.some((entry) => !nameOf(entry).startsWith(prefix))) throw notUnderstood('it has names that do not begin with the prefix');
}

function nameOf(entry: Listed): string {
  return typeof entry === 'string' ? entry : entry.name;
}
