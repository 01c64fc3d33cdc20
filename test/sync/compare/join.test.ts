import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinByKey } from '../../../src/sync/compare/join.ts';
import { compareKeys } from '../../../src/sync/store/key-order.ts';
import type { ObjectEntry } from '../../../src/sync/store/objects.ts';

const keys = fc.uniqueArray(fc.string({ unit: 'grapheme', maxLength: 3 }), { maxLength: 20 });

function entryOf(key: string): ObjectEntry {
  return { key, sizeBytes: 1, etag: `"${key}"`, lastModified: new Date(0) };
}

async function* pages(listed: readonly string[], pageSize: number): AsyncGenerator<ObjectEntry[]> {
  const sorted = listed.toSorted(compareKeys).map(entryOf);
  for (let from = 0; from < sorted.length; from += pageSize) {
    yield sorted.slice(from, from + pageSize);
    yield [];
  }
}

describe('joining two listings', () => {
  it('pairs each key with what both sides say of it, in key order', async () => {
    await fc.assert(
      fc.asyncProperty(keys, keys, fc.integer({ min: 1, max: 5 }), async (sources, destinations, pageSize) => {
        const joined = await Array.fromAsync(joinByKey(pages(sources, pageSize), pages(destinations, pageSize)));

        const all = [...new Set([...sources, ...destinations])].toSorted(compareKeys);
        const seen = joined.map(({ source, destination }) => [
          source?.key ?? destination?.key,
          source !== undefined,
          destination !== undefined,
        ]);
        expect(seen).toEqual(all.map((key) => [key, sources.includes(key), destinations.includes(key)]));
      }),
    );
  });

  it('closes both listings when the reader stops early', async () => {
    const closed: string[] = [];
    async function* listing(name: string): AsyncGenerator<ObjectEntry[]> {
      try {
        for (let i = 0; ; i++) yield [entryOf(String(i).padStart(9, '0'))];
      } finally {
        closed.push(name);
      }
    }

    for await (const _ of joinByKey(listing('source'), listing('destination'))) break;

    expect(closed.toSorted()).toEqual(['destination', 'source']);
  });
});
