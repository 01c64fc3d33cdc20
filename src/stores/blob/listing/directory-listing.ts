import { compareKeys } from '../../../sync/store/key-order.ts';
import type { BlobRequests } from '../blob-requests.ts';
import { bareNameOf, type Child, createDirectoryPages, type DirectoryPages } from './directory-pages.ts';
import type { BlobListOptions } from './flat-listing.ts';
import { inUtf8Order, outOfOrder } from './utf16-order.ts';

/**
 * Entries of `directory` between the bounds, which are relative to it, ascending by the UTF-8 bytes of the names. The service lists a
 * directory as if its name had no slash, `A/` before `A-B`: it is held back until the listing has come to a name that is no less than its
 * own. Only those are held whose names the listing's last one begins with.
 */
export async function* listDirectory(
  requests: BlobRequests,
  directory: string,
  { startAfter, endBefore, pageSize, signal }: BlobListOptions,
): AsyncGenerator<readonly Child[]> {
  const pages = createDirectoryPages(requests, directory, signal);
  const url = requests.urlOf(directory);
  const isAfterStart = ({ name, entry }: Child) =>
    startAfter === undefined || compareKeys(name, startAfter) > 0 || (entry === undefined && startAfter.startsWith(name));
  const isBeforeEnd = ({ name }: Child) => endBefore === undefined || compareKeys(name, endBefore) < 0;
  const open = (start: string, size: 'pages' | 'one entry') =>
    checked(pages.from({ start, pageSize: size === 'pages' ? pageSize : 1 }), url);

  const start = firstSegment(startAfter ?? '');
  const shelf = createShelf(await passedBy(pages, start));
  const inOrder = ascending(url);
  const isOver = (child: Child) => endBefore !== undefined && compareKeys(bareNameOf(child), endBefore) >= 0;
  // A server that goes by the names with their slashes lists those of `passedBy` itself.
  const isLate = ({ name }: Child, from: string) => name >= from;
  for await (const page of inUtf8Order({ open, nameOf: bareNameOf, isLate }, start)) {
    const end = page.findIndex(isOver);
    const children = (end < 0 ? page : page.slice(0, end + 1)).filter(isAfterStart);
    yield inOrder(children.flatMap(shelf.exchange)).filter(isBeforeEnd);
    if (end >= 0) break;
  }
  yield inOrder(shelf.clear()).filter(isBeforeEnd);
}

/** Holds directories back until their turn comes: each begins like the one before, and so comes before it. */
function createShelf(passed: readonly Child[]) {
  const held = [...passed];
  const known = new Set(passed.map(({ name }) => name));
  return {
    /** Takes a directory, or gives the object back, and before it those whose turn it is. */
    exchange(child: Child): readonly Child[] {
      if (known.has(child.name)) return [];
      const first = held.findLastIndex(({ name }) => compareKeys(name, child.name) > 0) + 1;
      const due = held.splice(first).reverse();
      if (child.entry !== undefined) return [...due, child];
      held.push(child);
      return due;
    },
    clear: () => held.splice(0).reverse(),
  };
}

/** Throws where the names go down both with and without the slashes of directories, in UTF-16 and in UTF-8: no service orders so. */
async function* checked(pages: AsyncGenerator<readonly Child[]>, url: string): AsyncGenerator<readonly Child[]> {
  let last: Child | undefined;
  for await (const page of pages) {
    for (const child of page) {
      if (last !== undefined && descends(last.name, child.name) && descends(bareNameOf(last), bareNameOf(child)))
        throw outOfOrder(url, last.name, child.name);
      last = child;
    }
    yield page;
  }
}

function descends(before: string, name: string): boolean {
  return name < before && compareKeys(name, before) < 0;
}

/** Throws where a name is not greater than the one before, over all calls. */
function ascending(url: string): (children: readonly Child[]) => readonly Child[] {
  let last: string | undefined;
  return (children) => {
    for (const { name } of children) {
      if (last !== undefined && compareKeys(name, last) <= 0) throw outOfOrder(url, last, name);
      last = name;
    }
    return children;
  };
}

/** Directories that the service lists before `start` although their keys come after it: `A/`, when the listing starts from `A-B`. */
async function passedBy(pages: DirectoryPages, start: string): Promise<readonly Child[]> {
  const passed: Child[] = [];
  for (let at = 1; at < start.length; at++) {
    const name = `${start.slice(0, at)}/`;
    if (start.charAt(at) < '/' && (await pages.hasDirectory(name))) passed.push({ name });
  }
  return passed;
}

function firstSegment(key: string): string {
  const end = key.indexOf('/');
  return end < 0 ? key : key.slice(0, end);
}
