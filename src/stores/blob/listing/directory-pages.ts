import { RestError } from '@azure/storage-blob';
import type { ObjectEntry } from '../../../sync/store/objects.ts';
import { isDirectory } from '../account-namespace.ts';
import type { BlobRequests } from '../blob-requests.ts';
import { toEntry } from './blob-entry.ts';
import type { Listed } from './listing-page.ts';
import { listingPages } from './listing-pages.ts';

/** An object, or a directory, whose name ends with a slash. Names are relative to the directory that they are in. */
export interface Child {
  readonly name: string;
  readonly entry?: ObjectEntry;
}

interface PageOptions {
  /** Left out: no name that is less, as the service orders them. '' for all. */
  readonly start: string;
  readonly pageSize: number;
}

/** The listing requests about what is in one directory of the store. */
export interface DirectoryPages {
  /** In the order of the service from page to page, and within a page in UTF-16 order. May give names before `start` as well. */
  from(options: PageOptions): AsyncGenerator<readonly Child[]>;
  /** Tells whether there is a directory of this name, which ends with a slash. */
  hasDirectory(name: string): Promise<boolean>;
}

export function createDirectoryPages(
  { container, prefix, urlOf }: BlobRequests,
  directory: string,
  signal: AbortSignal | undefined,
): DirectoryPages {
  const path = prefix + directory;
  const url = urlOf(directory);
  const request = (pathStart: string, { start, pageSize }: PageOptions) =>
    listingPages(container, {
      ...{ prefix: pathStart, delimiter: '/', maxResults: pageSize, url, signal },
      ...(start !== '' && { startFrom: path + start }),
    });

  function childOf(listed: Listed): Child {
    if (typeof listed === 'string') return { name: listed.slice(path.length) };
    return { name: listed.name.slice(path.length), entry: toEntry(listed, prefix) };
  }

  const childrenOf = (page: readonly Listed[]) =>
    inUtf16Order(page.filter((listed) => typeof listed === 'string' || !isDirectory(listed)).map(childOf));

  async function* pagesOf(options: PageOptions): AsyncGenerator<readonly Child[]> {
    for await (const page of request(path, options)) yield childrenOf(page);
  }

  return {
    async *from(options) {
      let isStarting = options.start !== '';
      try {
        for await (const page of pagesOf(options)) {
          isStarting = false;
          yield page;
        }
      } catch (error) {
        // The documentation is vague about starts of listings by directory. Without one the listing takes longer, and is as right.
        if (!isStarting || !(error instanceof RestError && error.statusCode === 400)) throw error;
        yield* pagesOf({ ...options, start: '' });
      }
    },

    async hasDirectory(name) {
      // It is the first of all that begin like it. A page may be empty though others follow.
      for await (const page of request(path + name.slice(0, -1), { start: '', pageSize: 1 })) {
        const children = childrenOf(page);
        if (children.length > 0) return children.some((child) => child.name === name);
      }
      return false;
    },
  };
}

/** The name by which the service orders a directory, which is the one without its slash. */
export function bareNameOf({ name, entry }: Child): string {
  return entry === undefined ? name.slice(0, -1) : name;
}

/** Within a page only: some servers put its directories behind its blobs. */
function inUtf16Order(children: readonly Child[]): readonly Child[] {
  return children.toSorted((a, b) => compareUtf16(bareNameOf(a), bareNameOf(b)));
}

function compareUtf16(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
