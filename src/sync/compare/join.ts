import type { ProvedPair } from '../pairs/proved-pair.ts';
import { compareKeys } from '../store/key-order.ts';
import type { DestinationName } from '../store/object-version.ts';
import type { ObjectEntry } from '../store/objects.ts';

type Pages = AsyncIterable<readonly ObjectEntry[]>;

/** An object of the source, with its counterpart. */
export interface SourcePair {
  readonly source: ObjectEntry & Partial<DestinationName>;
  readonly destination?: ObjectEntry;
  /** The versions that were last proved equal. */
  readonly proved?: ProvedPair;
}

/** The same key on both sides, or what one side has alone. */
export type KeyPair = SourcePair | { readonly source?: undefined; readonly destination: ObjectEntry; readonly proved?: ProvedPair };

/** Joins two listings in key order, lazily. Both must be ascending and without duplicates. */
export async function* joinByKey(sourcePages: Pages, destinationPages: Pages): AsyncGenerator<KeyPair> {
  const sources = cursor(sourcePages);
  const destinations = cursor(destinationPages);
  try {
    let source = await sources.next();
    let destination = await destinations.next();
    for (let pair = pairOf(source, destination); pair !== undefined; pair = pairOf(source, destination)) {
      yield pair;
      if (pair.source !== undefined) source = await sources.next();
      if (pair.destination !== undefined) destination = await destinations.next();
    }
  } finally {
    await Promise.all([sources.close(), destinations.close()]);
  }
}

/** The pair of the lesser key; `undefined` when both sides are exhausted. */
function pairOf(source: ObjectEntry | undefined, destination: ObjectEntry | undefined): KeyPair | undefined {
  if (source === undefined) return destination && { destination };
  if (destination === undefined) return { source };
  const order = compareKeys(source.key, destination.key);
  if (order < 0) return { source };
  return order > 0 ? { destination } : { source, destination };
}

/** Walks pages entry by entry; does not wait while the page in hand lasts. */
function cursor(pages: Pages) {
  const iterator = pages[Symbol.asyncIterator]();
  let page: readonly ObjectEntry[] = [];
  let position = 0;

  async function nextPage(): Promise<ObjectEntry | undefined> {
    do {
      const result = await iterator.next();
      if (result.done === true) return undefined;
      page = result.value;
      position = 0;
    } while (page.length === 0);
    return page[position++];
  }

  return {
    next: () => (position < page.length ? page[position++] : nextPage()),
    close: async () => void (await iterator.return?.()),
  };
}
