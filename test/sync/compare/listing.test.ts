import { describe, expect, it } from 'vitest';
import { listInOrder } from '../../../src/sync/compare/listing.ts';
import { createMemoryStore } from '../../support/stores/memory-store.ts';

const entry = (key: string) => ({ key, sizeBytes: 1, etag: '"e"', lastModified: new Date(0) });

describe('a listing', () => {
  it.each([
    ['goes back', [['b', 'a']]],
    ['goes back at a page border', [['a', 'c'], ['b']]],
    ['repeats a key', [['a'], ['a']]],
    ['is in UTF-16 order', [['\u{1F600}', '\uFFFD']]],
  ])('is refused when it %s', async (_, pages) => {
    const store = createMemoryStore();
    store.list = async function* () {
      for (const page of pages) yield page.map(entry);
    };

    const reading = Array.fromAsync(listInOrder(store, {}));

    await expect(reading).rejects.toMatchObject({
      code: 'rejected',
      isWholeStore: true,
      message: expect.stringContaining('not in key order'),
    });
  });

  it('is fetched one page ahead of its reader, and no further', async () => {
    const store = createMemoryStore();
    let fetched = 0;
    store.list = async function* () {
      for (const key of 'abcdef') {
        fetched++;
        yield [entry(key)];
      }
    };

    for await (const _ of listInOrder(store, {})) break;

    expect(fetched).toBe(2);
  });
});
