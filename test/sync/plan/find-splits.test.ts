import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findSplits } from '../../../src/sync/plan/find-splits.ts';
import { compareKeys } from '../../../src/sync/store/key-order.ts';
import { type KeyRange, listOptionsOf } from '../../../src/sync/store/key-range.ts';
import type { ListOptions, Store } from '../../../src/sync/store/store.ts';
import { createMemoryStore } from '../../support/stores/memory-store.ts';

const NEVER = new AbortController().signal;
const WHOLE: KeyRange = {};

/** Lists sorted keys, and counts how often it is asked. */
function storeOf(unsorted: readonly string[]): Store & { readonly requests: () => number } {
  const keys = [...new Set(unsorted)].sort(compareKeys);
  let requests = 0;
  async function* list({ startAfter, endBefore, pageSize = 1_000 }: ListOptions = {}) {
    const within = keys.filter(
      (key) =>
        (startAfter === undefined || compareKeys(key, startAfter) > 0) && (endBefore === undefined || compareKeys(key, endBefore) < 0),
    );
    for (let from = 0; from === 0 || from < within.length; from += pageSize) {
      requests++;
      yield within.slice(from, from + pageSize).map((key) => ({ key, sizeBytes: 1, etag: '"1"', lastModified: new Date(0) }));
    }
  }
  return { ...createMemoryStore(), list, requests: () => requests };
}

const EMPTY = storeOf([]);

function split(source: Store, wanted: number, options: { range?: KeyRange; destination?: Store; maxProbes?: number } = {}) {
  return findSplits({ source, destination: EMPTY, range: WHOLE, wanted, maxProbes: 256, smallKeys: 200, signal: NEVER, ...options });
}

/** How many of `keys` are in each range that the splits make. */
function sizes(keys: readonly string[], splits: readonly string[]): number[] {
  const ends = [...splits, undefined];
  return ends.map(
    (end, index) =>
      keys.filter((key) => {
        const start = splits[index - 1];
        return (start === undefined || compareKeys(key, start) > 0) && (end === undefined || compareKeys(key, end) <= 0);
      }).length,
  );
}

const numbered = (count: number, prefix = '') => Array.from({ length: count }, (_, n) => `${prefix}${String(n).padStart(8, '0')}`);
const hex = (count: number) => Array.from({ length: count }, (_, n) => ((n * 2_654_435_761) % 2 ** 32).toString(16).padStart(8, '0'));

describe('finding keys to split at', () => {
  const dates = Array.from({ length: 24_000 }, (_, n) => `logs/2026/${String(1 + (n % 12)).padStart(2, '0')}/${n}.json`);

  it.each([
    ['numbers in sequence', numbered(20_000), 2],
    ['numbers below a deep prefix', numbered(20_000, 'a/rather/deep/folder/of/its/own/'), 2],
    ['hashes', hex(20_000), 2],
    ['dates', dates, 2],
    ['one hot prefix', [...numbered(500, 'a/'), ...numbered(20_000, 'hot/'), ...numbered(500, 'z/')], 2.2],
    ['keys that differ in the last characters only', numbered(5_000, 'x'.repeat(1_000)), 2],
    ['emoji beside what UTF-16 sorts behind them', [...numbered(2_000, '\u{1f600}'), ...numbered(2_000, '\ufffd')], 2.5],
  ] as const)('makes about equal parts of %s', async (_, keys, tolerance) => {
    const source = storeOf(keys);

    const splits = await split(source, 8);

    expect(splits).toEqual(splits.toSorted(compareKeys));
    expect(splits.length).toBeGreaterThanOrEqual(4);
    expect(Math.max(...sizes(keys, splits))).toBeLessThanOrEqual((tolerance * keys.length) / 8);
  });

  it('finds none for few keys, with one request to a side', async () => {
    const source = storeOf(numbered(199));

    expect(await split(source, 8)).toEqual([]);
    expect(source.requests()).toBe(1);
  });

  it('finds none where one range is enough', async () => {
    const source = storeOf(numbered(10_000));

    expect(await split(source, 1)).toEqual([]);
    expect(source.requests()).toBe(0);
  });

  it('goes by the keys of both sides', async () => {
    const splits = await split(EMPTY, 4, { destination: storeOf(numbered(10_000)) });

    expect(splits.length).toBeGreaterThan(1);
  });

  it('splits within a range only', async () => {
    const range = { after: '00002000', through: '00007000' };
    const keys = numbered(10_000);

    const splits = await split(storeOf(keys), 4, { range });

    expect(splits.length).toBeGreaterThan(1);
    expect(splits.every((key) => compareKeys(key, range.after) > 0 && compareKeys(key, range.through) < 0)).toBe(true);
  });

  it.each([1, 5, 30])('makes no more than %d requests to a side', async (maxProbes) => {
    const source = storeOf(hex(20_000));

    await split(source, 64, { maxProbes });

    expect(source.requests()).toBeLessThanOrEqual(maxProbes);
  });

  it('asks the services only with keys that they can hold', async () => {
    const asked: (string | undefined)[] = [];
    const source = storeOf(numbered(5_000, 'a\ud7ff'));
    const { list } = source;
    const watched = {
      ...source,
      refuseKey: (key: string) => (/[\u{10000}-\u{10ffff}]/u.test(key) ? 'too high' : undefined),
      list: (options?: ListOptions) => {
        asked.push(options?.startAfter);
        return list(options);
      },
    };

    const splits = await split(watched, 8);

    expect(splits.length).toBeGreaterThan(1);
    expect(asked.filter((key) => key !== undefined && watched.refuseKey(key) !== undefined)).toEqual([]);
  });

  it('leaves no range empty and no key out, for any keys', { timeout: 60_000 }, async () => {
    const key = fc.string({ unit: fc.constantFrom('a', 'b', '/', '.', '0', 'é', '\ufffd', '\u{1f600}'), minLength: 1, maxLength: 12 });
    const many = fc.uniqueArray(key, { minLength: 150, maxLength: 600 });

    await fc.assert(
      fc.asyncProperty(many, many, fc.integer({ min: 2, max: 16 }), async (left, right, wanted) => {
        const splits = await split(storeOf(left), wanted, { destination: storeOf(right) });

        const all = [...new Set([...left, ...right])];
        const counts = sizes(all, splits);
        expect(splits.length).toBeLessThan(wanted);
        expect(splits).toEqual(splits.toSorted(compareKeys));
        expect(counts.every((count) => count > 0)).toBe(true);
        expect(counts.reduce((sum, count) => sum + count)).toBe(all.length);
      }),
      { numRuns: 60 },
    );
  });

  it('means by a range the keys behind its start, and its end', async () => {
    const store = createMemoryStore();
    for (const name of ['a', 'b', 'b\u0000', 'b ', 'c']) store.put(name, '');

    const pages = await Array.fromAsync(store.list(listOptionsOf({ after: 'a', through: 'b' })));

    expect(pages.flat().map((entry) => entry.key)).toEqual(['b']);
  });
});
