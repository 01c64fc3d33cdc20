import { type ContainerListBlobHierarchySegmentResponse, RestError } from '@azure/storage-blob';
import type { ObjectEntry } from '../sync/objects.ts';
import { isDirectory } from './account-namespace.ts';
import { toEntry } from './blob-entry.ts';
import { abortable, type BlobRequests } from './blob-requests.ts';

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
  /** In the order of the service. May give names before `start` as well. */
  from(options: PageOptions): AsyncIterable<readonly Child[]>;
  /** Tells whether there is a directory of this name, which ends with a slash. */
  hasDirectory(name: string): Promise<boolean>;
}

export function createDirectoryPages(
  { container, prefix }: BlobRequests,
  directory: string,
  signal: AbortSignal | undefined,
): DirectoryPages {
  const path = prefix + directory;
  const request = (pathStart: string, { start, pageSize }: PageOptions) =>
    container
      .listBlobsByHierarchy('/', {
        ...abortable(signal),
        includeMetadata: true,
        ...(pathStart === '' ? {} : { prefix: pathStart }),
        ...(start === '' ? {} : { startFrom: path + start }),
      })
      .byPage({ maxPageSize: pageSize });

  function childrenOf({ segment }: ContainerListBlobHierarchySegmentResponse): readonly Child[] {
    const directories = (segment.blobPrefixes ?? []).map(({ name }) => ({ name: name.slice(path.length) }));
    const blobs = segment.blobItems.filter((blob) => !isDirectory(blob));
    return [...directories, ...blobs.map((blob) => ({ name: blob.name.slice(path.length), entry: toEntry(blob, prefix) }))];
  }

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
        // What a start may be when listing by directory is documented loosely. Without one the listing takes longer, and is as right.
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
