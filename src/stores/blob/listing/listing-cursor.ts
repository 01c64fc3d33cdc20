import type { OrderedListing } from './utf16-order.ts';

/** Where a listing has come to. */
export interface Cursor<T> {
  pages: AsyncGenerator<readonly T[]>;
  page: readonly T[];
  at: number;
  /** The name before; at first where the listing began. */
  last: string;
}

type IsLate<T> = (entry: T) => boolean;

interface CursorOptions<T> {
  readonly size?: 'pages' | 'one entry';
  readonly isLate?: IsLate<T>;
}

/** Steps through listings. `check` throws where two names of one listing are not in the expected order. */
export function createCursors<T>({ open, nameOf }: OrderedListing<T>, check: (before: string, name: string) => void) {
  /** A server that does not know how to start somewhere begins at the beginning: what comes before the start is left out. */
  async function* notBefore(start: string, size: 'pages' | 'one entry', isLate: IsLate<T>): AsyncGenerator<readonly T[]> {
    let hasBegun = start === '';
    let last = '';
    const follow = (entry: T | undefined) => {
      if (entry === undefined) return;
      check(last, nameOf(entry));
      last = nameOf(entry);
    };
    for await (const page of open(start, size)) {
      if (hasBegun) {
        follow(page[0]);
        last = nameOfLast(page) ?? last;
        yield page;
        continue;
      }
      for (const entry of page) follow(entry);
      hasBegun = page.some((entry) => nameOf(entry) >= start);
      yield page.filter((entry) => nameOf(entry) >= start || isLate(entry));
    }
  }

  function nameOfLast(page: readonly T[]): string | undefined {
    const entry = page.at(-1);
    return entry && nameOf(entry);
  }

  /** From `start` on; with what `isLate` says of what comes before it. */
  function cursorFrom(start: string, { size = 'pages', isLate = () => false }: CursorOptions<T> = {}): Cursor<T> {
    return { pages: notBefore(start, size, isLate), page: [], at: 0, last: start };
  }

  /** Loads what follows the entries in memory; nothing when there is nothing more. */
  async function load(cursor: Cursor<T>): Promise<boolean> {
    const rest = cursor.page.slice(cursor.at);
    for (let next = await cursor.pages.next(); next.done !== true; next = await cursor.pages.next()) {
      if (next.value.length === 0) continue;
      cursor.page = rest.length === 0 ? next.value : [...rest, ...next.value];
      cursor.at = 0;
      return true;
    }
    return false;
  }

  async function nameAt(cursor: Cursor<T>): Promise<string | undefined> {
    if (cursor.at >= cursor.page.length && !(await load(cursor))) return undefined;
    const entry = cursor.page[cursor.at];
    return entry && nameOf(entry);
  }

  /** The entries that come next and satisfy `isWanted`, of those in memory. */
  function take(cursor: Cursor<T>, isWanted: (name: string) => boolean): readonly T[] {
    const { page, at } = cursor;
    let end = at;
    for (let entry = page[end]; entry !== undefined && isWanted(nameOf(entry)); entry = page[end]) end++;
    const last = page[end - 1];
    if (end > at && last !== undefined) cursor.last = nameOf(last);
    cursor.at = end;
    return at === 0 && end === page.length ? page : page.slice(at, end);
  }

  /** Tells whether all that begins with `stem` is in memory, after loading up to `max` entries for that. */
  async function holds(cursor: Cursor<T>, stem: string, max: number): Promise<boolean> {
    let seen = cursor.at;
    for (;;) {
      seen = firstOther(cursor.page, stem, seen);
      if (seen < cursor.page.length) return true;
      const held = cursor.page.length - cursor.at;
      if (held > max) return false;
      if (!(await load(cursor))) return true;
      seen = held;
    }
  }

  function firstOther(page: readonly T[], stem: string, from: number): number {
    let at = from;
    for (let entry = page[at]; entry !== undefined && nameOf(entry).startsWith(stem); entry = page[at]) at++;
    return at;
  }

  /** Lets the cursor go on from `start`, or end. */
  async function reopen(cursor: Cursor<T>, start: string | undefined): Promise<void> {
    await cursor.pages.return(undefined);
    Object.assign(cursor, start === undefined ? { pages: nothing(), page: [], at: 0 } : cursorFrom(start));
  }

  return { cursorFrom, nameAt, take, holds, reopen };
}

async function* nothing(): AsyncGenerator<never> {}
