import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KeyPair } from '../../../src/sync/compare/join.ts';
import { attachToKeys, attachToPairs } from '../../../src/sync/pairs/attach-pairs.ts';
import type { ProvedPair } from '../../../src/sync/pairs/proved-pair.ts';
import { compareKeys } from '../../../src/sync/store/key-order.ts';

const proved = (key: string): ProvedPair => ({ key, source: { print: `s-${key}` }, destination: { print: `d-${key}` } });
const found = (key: string): KeyPair => ({ destination: { key, sizeBytes: 1, etag: '"e"', lastModified: new Date(0) } });

async function* each<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}

const arbitraryKeys = fc.uniqueArray(fc.string({ unit: 'binary', maxLength: 3 })).map((keys) => keys.toSorted(compareKeys));

describe('adding proved pairs to what is compared', () => {
  it('gives each key once, in order, with its pair, and the keys that no listing shows', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryKeys, arbitraryKeys, async (listed, known) => {
        const items = await Array.fromAsync(attachToPairs(each(listed.map(found)), each(known.map(proved))));

        const all = [...new Set([...listed, ...known])].sort(compareKeys);
        const expected = all.map((key) => {
          if (!listed.includes(key)) return { gone: key };
          return { ...found(key), ...(known.includes(key) && { proved: proved(key) }) };
        });
        expect(items).toEqual(expected);
      }),
    );
  });

  it('gives the keys of a list, and no others', async () => {
    const items = await Array.fromAsync(attachToKeys(each(['b', 'd']), each(['a', 'b', 'c', 'e'].map(proved))));

    expect(items).toEqual([{ listed: 'b', proved: proved('b') }, { listed: 'd' }]);
  });

  it('calls no key gone that lies behind the last one that was read', async () => {
    const seen: string[] = [];
    for await (const item of attachToPairs(each(['b', 'y'].map(found)), each(['a', 'c', 'x', 'z'].map(proved)))) {
      seen.push('gone' in item ? `gone ${item.gone}` : (item.source ?? item.destination).key);
      if (seen.length === 2) break;
    }

    expect(seen).toEqual(['gone a', 'b']);
  });
});
