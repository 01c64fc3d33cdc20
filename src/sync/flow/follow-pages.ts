import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { StoreError } from '../store/store-error.ts';

/** A page of a listing that cannot be taken as it is: it was cut short, or is not understood. Its message holds nothing of the page itself. */
export class BrokenPageError extends Error {
  override readonly name = 'BrokenPageError';
  /** Whether the end is missing, which may pass: else the service has said something that we do not understand. */
  readonly isCutShort: boolean;

  constructor(message: string, { isCutShort }: { readonly isCutShort: boolean }) {
    super(message);
    this.isCutShort = isCutShort;
  }
}

/** For what is missing from the end of a page. */
export function cutShort(message: string): BrokenPageError {
  return new BrokenPageError(message, { isCutShort: true });
}

/** For what a page says and should not. */
export function notUnderstood(message: string): BrokenPageError {
  return new BrokenPageError(message, { isCutShort: false });
}

/** One page, and where the next one begins; `next` is `undefined` only where the service says that this is the last one. */
export interface ListedPage<T, M> {
  readonly entries: readonly T[];
  readonly next: M | undefined;
}

interface Listing<T, M> {
  /** Name of the listing, for messages. */
  readonly url: string;
  /** Requests the page at `marker`. Throws BrokenPageErrors for what is to be requested again, and anything else for what is not. */
  request(marker: M | undefined): Promise<ListedPage<T, M>>;
  readonly signal?: AbortSignal | undefined;
  /** Scope of a failure: the whole store unless given. */
  readonly of?: 'store' | 'object';
}

/** Before a page that cannot be taken is requested again. */
const PAUSES_IN_MS = [200, 600, 1_800];

/** A service may send a few pages without entries, where it has passed what is deleted. One that sends nothing else has no end. */
const MAX_EMPTY_PAGES = 1_000;

/**
 * Pages of a listing up to the one that the service itself calls the last. Throws a StoreError for a page that stays broken,
 * for a marker that does not move, and for pages without entries that do not end: what was listed until then is not all there is.
 */
export async function* followPages<T, M>(listing: Listing<T, M>): AsyncGenerator<readonly T[]> {
  let emptyPages = 0;
  let marker: M | undefined;
  do {
    const { entries, next } = await wholePage(listing, marker);
    emptyPages = entries.length === 0 ? emptyPages + 1 : 0;
    if (emptyPages > MAX_EMPTY_PAGES) throw endless(listing);
    yield entries;
    marker = next;
  } while (marker !== undefined);
}

/** Requests a page until it comes whole, a few times. */
export async function wholePage<T, M>(listing: Listing<T, M>, marker?: M): Promise<ListedPage<T, M>> {
  const { signal } = listing;
  for (let tries = 0; ; tries++) {
    try {
      const page = await listing.request(marker);
      if (page.next === undefined || !isDeepStrictEqual(page.next, marker)) return page;
      throw notUnderstood('the next page would begin where this one does');
    } catch (error) {
      if (!(error instanceof BrokenPageError)) throw error;
      const pauseInMs = PAUSES_IN_MS[tries];
      if (pauseInMs === undefined) throw incomplete(listing, error, tries + 1);
      await sleep(pauseInMs, undefined, signal === undefined ? {} : { signal });
    }
  }
}

type About = Pick<Listing<unknown, unknown>, 'url' | 'of'>;

function incomplete({ url, of = 'store' }: About, cause: BrokenPageError, tries: number): StoreError {
  const what = cause.isCutShort ? 'was cut short' : 'was not understood';
  const message = `The listing of ${url} is not complete: a page of it ${what}, ${tries} times: ${cause.message}. Check what is between the bridge and the service (a proxy, an endpoint of its own), and start the run again.`;
  return new StoreError(cause.isCutShort ? 'unavailable' : 'rejected', message, { cause, isWholeStore: of === 'store' });
}

function endless({ url, of = 'store' }: About): StoreError {
  const message = `The listing of ${url} does not end: the service sent ${MAX_EMPTY_PAGES} pages without an entry, one after the other. Check what kind of server it is, and start the run again.`;
  return new StoreError('rejected', message, { isWholeStore: of === 'store' });
}
