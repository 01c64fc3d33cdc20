import { compareKeys } from '../../../sync/store/key-order.ts';
import { StoreError } from '../../../sync/store/store-error.ts';
import { differsAbove, isAbove, isSurrogate, pairIn, placesAbove } from './code-units.ts';
import { type Cursor, createCursors } from './listing-cursor.ts';

/**
 * Azure lists by UTF-16 code units, we promise UTF-8 bytes. The two differ in one thing: surrogate pairs (emoji, rare CJK) come before
 * U+E000 to U+FFFF in UTF-16 and after them in UTF-8. Everything here follows from that. Names that begin alike and go on with one or the
 * other are a branch; what they begin with is its stem.
 */
const FIRST_PAIR = '\u{10000}';
const FIRST_ABOVE = '\ue000';

/** A branch of so many entries is put in order in memory, where it takes some 5 MB; a longer one is listed in two parts. */
const MAX_SORTED = 10_000;

/** A listing that can begin anywhere. */
export interface OrderedListing<T> {
  /** Pages from the first name on that is no less than `start` as the service orders them; there may be others before it. */
  open(start: string, size: 'pages' | 'one entry'): AsyncGenerator<readonly T[]>;
  /** The name that the service sorts the entry by. */
  nameOf(entry: T): string;
  /** Whether an entry whose name is less than `start` may all the same be among those that were asked for. */
  isLate?(entry: T, start: string): boolean;
}

/** Thrown where a listing turns out to be in UTF-8 order already. */
class AlreadyOrdered extends Error {}

/**
 * All entries whose names are greater than `startAfter`, in UTF-8 order, of a service that lists in UTF-16 order, or in UTF-8 order
 * already. It may give others as well, in no order. Memory does not grow with the listing: of a long branch, what is above the surrogates
 * is listed first, by a second listing, and then the pairs. Where no branch is long it makes no request that the listing would not make.
 */
export async function* inUtf8Order<T>(
  listing: OrderedListing<T>,
  startAfter = '',
  maxSorted: number = MAX_SORTED,
): AsyncGenerator<readonly T[]> {
  const { open, nameOf } = listing;
  let last = startAfter;
  try {
    for await (const page of fromUtf16(listing, startAfter, maxSorted)) {
      yield page;
      const entry = page.at(-1);
      if (entry !== undefined && compareKeys(nameOf(entry), last) > 0) last = nameOf(entry);
    }
  } catch (error) {
    if (!(error instanceof AlreadyOrdered)) throw error;
    // The entries yielded until here are right all the same.
    for await (const page of open(last, 'pages')) {
      yield inUtf8(
        page.filter((entry) => compareKeys(nameOf(entry), last) > 0),
        nameOf,
      );
    }
  }
}

async function* fromUtf16<T>(listing: OrderedListing<T>, startAfter: string, maxSorted: number): AsyncGenerator<readonly T[]> {
  const { cursorFrom, nameAt, take, holds, reopen } = createCursors(listing, checkUtf16);

  /** Everything at the cursor that begins with `scope`. Up to `from` it has been dealt with; `above` means that no pair can be there. */
  async function* within(cursor: Cursor<T>, scope: string, from: number, part: 'all' | 'above'): AsyncGenerator<readonly T[]> {
    const isPlain = (name: string) => name.startsWith(scope) && pairIn(name, from) < 0;
    for (let name = await nameAt(cursor); name?.startsWith(scope); name = await nameAt(cursor)) {
      const plain = take(cursor, isPlain);
      const at = pairIn(name, from);
      if (plain.length > 0) yield plain;
      else if (part === 'above' && at === from) throw new AlreadyOrdered();
      else yield* branch(cursor, name.slice(0, at));
    }
  }

  async function* branch(cursor: Cursor<T>, stem: string): AsyncGenerator<readonly T[]> {
    const at = stem.length;
    // In UTF-16 these would still be to come.
    if (cursor.last.startsWith(stem) && isAbove(cursor.last, at)) throw new AlreadyOrdered();
    if (await holds(cursor, stem, maxSorted)) {
      const all = take(cursor, (name) => name.startsWith(stem));
      yield inUtf8(all, listing.nameOf);
    } else if (startAfter.startsWith(stem) && isSurrogate(startAfter, at)) {
      // Everything above them comes before the start.
      yield* pairsOf(cursor, stem);
    } else {
      const after = yield* aboveOf(stem);
      yield* pairsOf(cursor, stem);
      if ((await nameAt(cursor)) !== after) await reopen(cursor, after);
    }
  }

  /** Entries that begin with `stem` and continue above the surrogates. Returns the first name after all that begin with `stem`. */
  async function* aboveOf(stem: string): AsyncGenerator<readonly T[], string | undefined> {
    const start = stem + FIRST_ABOVE;
    const probe = cursorFrom(start, { size: 'one entry' });
    const first = await nameAt(probe);
    await probe.pages.return(undefined);
    if (!first?.startsWith(stem)) return first;
    const above = cursorFrom(start);
    yield* within(above, stem, stem.length, 'above');
    const after = await nameAt(above);
    await above.pages.return(undefined);
    return after;
  }

  async function* pairsOf(cursor: Cursor<T>, stem: string): AsyncGenerator<readonly T[]> {
    const at = stem.length;
    for (let name = await nameAt(cursor); name?.startsWith(stem) && isSurrogate(name, at); name = await nameAt(cursor)) {
      yield* within(cursor, name.slice(0, at + 2), at + 2, 'all');
    }
  }

  const { isLate } = listing;
  const main = cursorFrom(startAfter, isLate === undefined ? {} : { isLate: (entry) => isLate(entry, startAfter) });
  try {
    // From a start above surrogates, the pairs that UTF-16 has before it are still to come, those with the longest stem first.
    for (const at of placesAbove(startAfter).reverse()) {
      const stem = startAfter.slice(0, at);
      yield* within(main, stem, at, 'above');
      const pairs = cursorFrom(stem + FIRST_PAIR);
      yield* pairsOf(pairs, stem);
      await pairs.pages.return(undefined);
    }
    yield* within(main, '', 0, 'all');
  } finally {
    await main.pages.return(undefined);
  }
}

/** Throws where `name` can only follow `before` in UTF-8 order. */
function checkUtf16(before: string, name: string): void {
  if (differsAbove(before, name)) throw new AlreadyOrdered();
}

function inUtf8<T>(entries: readonly T[], nameOf: (entry: T) => string): readonly T[] {
  return entries.toSorted((a, b) => compareKeys(nameOf(a), nameOf(b)));
}

/** For a listing in an order that is none of those that the service is known to have. */
export function outOfOrder(url: string, last: string, key: string): StoreError {
  const message = `Azure listed ${url} in an unknown order: ${JSON.stringify(key)} came after ${JSON.stringify(last)}. Keys might be missed, so nothing was compared: report it with the kind of the account.`;
  return new StoreError('rejected', message, { isWholeStore: true });
}
