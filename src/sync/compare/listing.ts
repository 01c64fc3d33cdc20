import { compareKeys } from '../store/key-order.ts';
import type { ObjectEntry } from '../store/objects.ts';
import type { ListOptions, Store } from '../store/store.ts';
import { StoreError } from '../store/store-error.ts';

type Pages = AsyncIterable<readonly ObjectEntry[]>;

/**
 * The store's listing, fetched one page ahead of the reader and checked: a key that does not follow the one before it ends the listing
 * with a {@link StoreError}, since a comparison over a disordered listing would be wrong.
 */
export function listInOrder(store: Store, options: ListOptions): Pages {
  return pageAhead(checked(store.list(options), store.url));
}

async function* checked(pages: Pages, url: string): AsyncGenerator<readonly ObjectEntry[]> {
  let last: string | undefined;
  for await (const page of pages) {
    for (const { key } of page) {
      if (last !== undefined && compareKeys(last, key) >= 0) throw disorder(url, last, key);
      last = key;
    }
    yield page;
  }
}

function disorder(url: string, last: string, key: string): StoreError {
  const message = `The listing of ${url} is not in key order: ${JSON.stringify(key)} came after ${JSON.stringify(last)}. Nothing can be compared safely; check what kind of store it is.`;
  return new StoreError('rejected', message, { isWholeStore: true });
}

async function* pageAhead(pages: AsyncGenerator<readonly ObjectEntry[]>): AsyncGenerator<readonly ObjectEntry[]> {
  let next = requestPage(pages);
  try {
    for (let page = await next; page.done !== true; page = await next) {
      next = requestPage(pages);
      yield page.value;
    }
  } finally {
    await pages.return(undefined);
  }
}

function requestPage(pages: AsyncGenerator<readonly ObjectEntry[]>): Promise<IteratorResult<readonly ObjectEntry[]>> {
  const page = pages.next();
  // The reader may never come for this page; its failure must not count as unhandled then.
  page.catch(() => undefined);
  return page;
}
