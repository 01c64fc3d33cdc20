import { mapInOrder } from '../../../sync/flow/map-in-order.ts';
import type { ObjectEntry } from '../../../sync/store/objects.ts';
import type { BlobRequests } from '../blob-requests.ts';
import { listDirectory } from './directory-listing.ts';
import type { Child } from './directory-pages.ts';
import type { BlobListOptions } from './flat-listing.ts';

/** While one directory is walked, the first pages of the next ones are fetched: four at once, and eight at most that wait for their turn. */
const AHEAD = { concurrency: 4, window: 8 };

/** A run of objects, or the name of a directory that comes between them. */
type Step = readonly ObjectEntry[] | string;

/** A directory whose first page has arrived. */
interface Opened {
  readonly directory: string;
  readonly pages: AsyncIterable<readonly Child[]>;
  readonly options: BlobListOptions;
}

/**
 * The blobs between `startAfter` and `endBefore`, in UTF-8 order, of an account with a hierarchical namespace: it is walked directory by
 * directory, since the service lists what is in `A/` before `A-B`, whose key is less. Takes a request for each directory, or more for long ones.
 */
export async function* hierarchicalPages(requests: BlobRequests, options: BlobListOptions): AsyncGenerator<readonly ObjectEntry[]> {
  const open = async (directory: string, within: BlobListOptions): Promise<Opened> => {
    const pages = listDirectory(requests, directory, within);
    const first = await pages.next();
    return { directory, pages: startingWith(first, pages), options: within };
  };

  async function* walk({ directory, pages, options: within }: Opened): AsyncGenerator<readonly ObjectEntry[]> {
    for await (const children of pages) {
      const steps = mapInOrder<Step, readonly ObjectEntry[] | Opened>(stepsThrough(children), AHEAD, (step) =>
        typeof step === 'string' ? open(directory + step, below(step, within)) : step,
      );
      for await (const step of steps) {
        if ('pages' in step) yield* walk(step);
        else yield step;
      }
    }
  }

  yield* walk(await open('', options));
}

async function* stepsThrough(children: readonly Child[]): AsyncGenerator<Step> {
  let run: ObjectEntry[] = [];
  for (const { name, entry } of children) {
    if (entry !== undefined) {
      run.push(entry);
      continue;
    }
    if (run.length > 0) yield run;
    run = [];
    yield name;
  }
  if (run.length > 0) yield run;
}

/** The options for a directory: of the bounds, those that fall into it. */
function below(directory: string, { startAfter, endBefore, ...others }: BlobListOptions): BlobListOptions {
  return {
    ...others,
    ...(startAfter?.startsWith(directory) ? { startAfter: startAfter.slice(directory.length) } : {}),
    ...(endBefore?.startsWith(directory) ? { endBefore: endBefore.slice(directory.length) } : {}),
  };
}

async function* startingWith<T>(first: IteratorResult<T>, rest: AsyncGenerator<T>): AsyncGenerator<T> {
  for (let next = first; next.done !== true; next = await rest.next()) yield next.value;
}
