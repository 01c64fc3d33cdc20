import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commonFloor, inUtf8Order, isListingDone, listingStart } from '../../src/azure/key-order.ts';
import { compareKeys } from '../../src/sync/key-order.ts';
import type { ObjectEntry } from '../../src/sync/objects.ts';

const url = 'https://account.blob.core.windows.net/container/';
const part = fc.constantFrom('a', 'b', '/', '\ud7ff', '\ue000', '\uf8ff', '\uffff', '😀', '😁', '\u{10ffff}');
const key = fc.array(part, { maxLength: 5 }).map((parts) => parts.join(''));
const keys = fc.uniqueArray(key, { maxLength: 60 });

const entry = (k: string): ObjectEntry => ({ key: k, sizeBytes: 0, etag: '"1"', lastModified: new Date(0) });

/** As Azure lists: by UTF-16 code units, in pages. */
async function* azureListing(all: readonly string[], pageSize: number): AsyncGenerator<readonly ObjectEntry[]> {
  const sorted = all.toSorted();
  for (let at = 0; at < sorted.length; at += pageSize) yield sorted.slice(at, at + pageSize).map(entry);
}

async function order(all: readonly string[], pageSize: number): Promise<string[]> {
  return (await Array.fromAsync(inUtf8Order(azureListing(all, pageSize), url))).flat().map((e) => e.key);
}

describe('putting an Azure listing in UTF-8 order', () => {
  it('gives every key once, by its UTF-8 bytes, whatever the pages are', async () => {
    await fc.assert(
      fc.asyncProperty(keys, fc.integer({ min: 1, max: 20 }), async (all, pageSize) => {
        const ordered = await order(all, pageSize);

        expect(ordered).toEqual(all.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
      }),
      { numRuns: 500 },
    );
  });

  it('holds no entry back where all keys are in the same order both ways', async () => {
    const pages = await Array.fromAsync(inUtf8Order(azureListing(['a', 'b', '\uffff'], 1), url));

    expect(pages.map((page) => page.map((e) => e.key))).toEqual([['a'], ['b'], ['\uffff'], []]);
  });

  it('refuses to hold back more than 20,000 entries', async () => {
    const many = Array.from({ length: 20_001 }, (_, n) => `dir/😀${n}`);

    await expect(order(many, 5_000)).rejects.toMatchObject({
      code: 'rejected',
      isWholeStore: true,
      message: expect.stringContaining('"dir/"'),
    });
  });

  it('holds back no more than one branch at a time', async () => {
    const many = Array.from({ length: 30 }, (_, dir) => Array.from({ length: 1_000 }, (_, n) => `dir${dir}/😀${n}`)).flat();

    expect(await order(many, 5_000)).toEqual(many.toSorted(compareKeys));
  });
});

describe('cutting an Azure listing', () => {
  it('starts where no key after the start in UTF-8 order is missed', () => {
    fc.assert(
      fc.property(keys, key, (all, startAfter) => {
        const wanted = all.filter((k) => compareKeys(k, startAfter) > 0);

        expect(wanted.filter((k) => k < listingStart(startAfter))).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('ends only where no key before the end in UTF-8 order is left', () => {
    fc.assert(
      fc.property(keys, key, (all, endBefore) => {
        const sorted = all.toSorted();
        const lastRead = sorted.findIndex((k) => isListingDone(k, endBefore));
        const unread = lastRead < 0 ? [] : sorted.slice(lastRead);

        expect(unread.filter((k) => compareKeys(k, endBefore) < 0)).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('ends as soon as the keys have left the range', () => {
    expect(isListingDone('b', 'a😀')).toBe(true);
    expect(isListingDone('a\uffff', 'a😀')).toBe(false);
    expect(isListingDone('b', 'b')).toBe(true);
    expect(isListingDone('a', 'b')).toBe(false);
  });
});

describe('the floor that both orders agree on', () => {
  it('is passed by every key that follows in either order, and by none that comes before', () => {
    fc.assert(
      fc.property(key, key, (from, next) => {
        const isAfter = next > from || compareKeys(next, from) > 0;
        const floor = commonFloor(from);

        expect(floor <= from && compareKeys(floor, from) <= 0).toBe(true);
        if (isAfter) expect(next > floor && compareKeys(next, floor) > 0).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is the key itself where the orders are one', () => {
    expect(['', 'a-b', 'é', 'a😀b', 'a\ufffd'].map(commonFloor)).toEqual(['', 'a-b', 'é', 'a\ud7ff', 'a\ud7ff']);
  });
});
