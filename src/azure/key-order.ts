import { compareKeys } from '../sync/key-order.ts';
import type { ObjectEntry } from '../sync/store.ts';
import { StoreError } from '../sync/store-error.ts';

/**
 * Azure lists by UTF-16 code units, we promise UTF-8 bytes. The two differ in one thing: surrogate pairs (emoji, rare CJK) come before
 * U+E000 to U+FFFF in UTF-16 and after them in UTF-8. Everything here follows from that.
 */
const FIRST_PAIR = '\u{10000}';
const SURROGATE = /[\ud800-\udfff]/;
const ABOVE_SURROGATES = /[\ue000-\uffff]/;

/** So many entries wait for their turn at most; they take some 10 MB. */
const MAX_HELD = 20_000;

/** Where a UTF-16 listing must start (inclusive) to give every key that follows `key` in UTF-8 order. It gives others, too. */
export function listingStart(key: string): string {
  const at = key.search(ABOVE_SURROGATES);
  return at < 0 ? key : key.slice(0, at) + FIRST_PAIR;
}

/** Whether a UTF-16 listing that has come to `key` can hold no more keys before `endBefore` in UTF-8 order. */
export function isListingDone(key: string, endBefore: string): boolean {
  const branch = beforeSurrogate(endBefore);
  return key >= endBefore && (branch === undefined || !key.startsWith(branch));
}

/**
 * Puts a listing in UTF-16 order into UTF-8 order. From the first key with a surrogate pair, entries are held back until the listing
 * leaves the keys that begin like it; with more than 20,000 of those it throws, since memory must not grow with the listing.
 */
export async function* inUtf8Order(pages: AsyncIterable<readonly ObjectEntry[]>, url: string): AsyncGenerator<readonly ObjectEntry[]> {
  let branch: string | undefined;
  const held: ObjectEntry[] = [];
  const release = () => held.splice(0).sort((a, b) => compareKeys(a.key, b.key));

  for await (const page of pages) {
    const ordered: ObjectEntry[] = [];
    for (const entry of page) {
      if (branch !== undefined && !entry.key.startsWith(branch)) {
        ordered.push(...release());
        branch = undefined;
      }
      branch ??= beforeSurrogate(entry.key);
      if (branch === undefined) ordered.push(entry);
      else held.push(entry);
    }
    if (held.length > MAX_HELD) throw tooManyHeld(url, branch);
    yield ordered;
  }
  yield release();
}

function beforeSurrogate(key: string): string | undefined {
  const at = key.search(SURROGATE);
  return at < 0 ? undefined : key.slice(0, at);
}

function tooManyHeld(url: string, branch: string | undefined): StoreError {
  const message = `The listing of ${url} cannot be put in order: more than ${MAX_HELD} keys begin with ${JSON.stringify(branch)} and an emoji or a character after U+E000. Sync the prefixes below it one by one.`;
  return new StoreError('rejected', message, { isWholeStore: true });
}
