import { compareKeys } from '../sync/key-order.ts';
import type { ObjectEntry } from '../sync/objects.ts';
import { StoreError } from '../sync/store-error.ts';

/**
 * Azure lists by UTF-16 code units, we promise UTF-8 bytes. The two differ in one thing: surrogate pairs (emoji, rare CJK) come before
 * U+E000 to U+FFFF in UTF-16 and after them in UTF-8. Everything here follows from that.
 */
const FIRST_PAIR = '\u{10000}';
const SURROGATE = /[\ud800-\udfff]/;
const ABOVE_SURROGATES = /[\ue000-\uffff]/;
const NOT_BELOW_SURROGATES = /[\ud800-\uffff]/;
const LAST_BELOW_SURROGATES = '\ud7ff';

/** So many entries wait for their turn at most; they take some 10 MB. */
const MAX_HELD = 20_000;

/** Where a UTF-16 listing must start (inclusive) to give every key that follows `key` in UTF-8 order. It gives others, too. */
export function listingStart(key: string): string {
  const at = key.search(ABOVE_SURROGATES);
  return at < 0 ? key : key.slice(0, at) + FIRST_PAIR;
}

/** Where both orders agree: this text is no greater than `key`, and every text that follows `key` in one of them follows this in both. */
export function commonFloor(key: string): string {
  const at = key.search(NOT_BELOW_SURROGATES);
  return at < 0 ? key : key.slice(0, at) + LAST_BELOW_SURROGATES;
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
    checkHeld(held.length, url, branch ?? '');
    yield ordered;
  }
  yield release();
}

function beforeSurrogate(key: string): string | undefined {
  const at = key.search(SURROGATE);
  return at < 0 ? undefined : key.slice(0, at);
}

/** Throws when more than 20,000 entries, which all begin with `branch`, wait for their turn. */
export function checkHeld(count: number, url: string, branch: string): void {
  if (count <= MAX_HELD) return;
  const message = `The listing of ${url} cannot be put in order: more than ${MAX_HELD} keys begin with ${JSON.stringify(branch)} and an emoji or a character after U+E000. Sync the prefixes below it one by one.`;
  throw new StoreError('rejected', message, { isWholeStore: true });
}

/** For a listing in an order that is none of those that the service is known to have. */
export function outOfOrder(url: string, last: string, key: string): StoreError {
  const message = `Azure listed ${url} in an unknown order: ${JSON.stringify(key)} came after ${JSON.stringify(last)}. Keys might be missed, so nothing was compared: report it with the kind of the account.`;
  return new StoreError('rejected', message, { isWholeStore: true });
}
