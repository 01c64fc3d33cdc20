import { compareKeys } from '../sync/key-order.ts';
import type { BlobRequests } from './blob-requests.ts';
import { type Child, createDirectoryPages, type DirectoryPages } from './directory-pages.ts';
import type { BlobListOptions } from './flat-listing.ts';
import { checkHeld, commonFloor, outOfOrder } from './key-order.ts';

/**
 * What is in `directory` between the bounds, which are relative to it, ascending by the UTF-8 bytes of the names. The service lists a directory
 * as if its name had no slash, `A/` before `A-B`: it is held back until the listing has come to a name that is no less than its own. That is right
 * for a service that goes by the names with their slashes, too, and by UTF-16 as well as by UTF-8.
 */
export async function* listDirectory(
  requests: BlobRequests,
  directory: string,
  { startAfter, endBefore, pageSize, signal }: BlobListOptions,
): AsyncGenerator<readonly Child[]> {
  const pages = createDirectoryPages(requests, directory, signal);
  const url = requests.urlOf(directory);
  const isWanted = ({ name, entry }: Child) =>
    (startAfter === undefined || compareKeys(name, startAfter) > 0 || (entry === undefined && startAfter.startsWith(name))) &&
    (endBefore === undefined || compareKeys(name, endBefore) < 0);

  const start = commonFloor(firstSegment(startAfter ?? ''));
  const held = new Map<string, Child>();
  for (const child of await passedBy(pages, start)) held.set(child.name, child);
  let floor = '';
  for await (const page of pages.from({ start, pageSize })) {
    for (const child of page) {
      if (compareKeys(child.name, floor) < 0) throw outOfOrder(url, floor, child.name);
      held.set(child.name, child);
    }
    floor = floorAfter(page, floor);
    yield release(held, (name) => compareKeys(name, floor) <= 0).filter(isWanted);
    // Many wait only for names that differ behind an emoji or the like, where the floor ends with a last character of its own.
    checkHeld(held.size, url, floor.slice(0, -1));
    if (endBefore !== undefined && compareKeys(floor, endBefore) >= 0) return;
  }
  yield release(held, () => true).filter(isWanted);
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

/** No name on a later page is less than this. */
function floorAfter(page: readonly Child[], floor: string): string {
  const floors = page.map(({ name }) => commonFloor(withoutSlash(name)));
  return floors.reduce((greatest, next) => (compareKeys(next, greatest) > 0 ? next : greatest), floor);
}

function release(held: Map<string, Child>, isDue: (name: string) => boolean): Child[] {
  const due = [...held.values()].filter(({ name }) => isDue(name));
  for (const { name } of due) held.delete(name);
  return due.sort((a, b) => compareKeys(a.name, b.name));
}

function firstSegment(key: string): string {
  const end = key.indexOf('/');
  return end < 0 ? key : key.slice(0, end);
}

function withoutSlash(name: string): string {
  return name.endsWith('/') ? name.slice(0, -1) : name;
}
