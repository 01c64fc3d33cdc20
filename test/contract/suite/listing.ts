import fc from 'fast-check';
import { expect } from 'vitest';
import { compareKeys } from '../../../src/sync/store/key-order.ts';
import { entriesOf, keysOf, write } from './objects.ts';
import type { Behaviour, ContractStore } from './store-contract.ts';

const UTF16_FIRST = 'emoji 😀';
const UTF8_FIRST = 'emoji \ufffd';

export function listingContract(behaviour: Behaviour): void {
  behaviour('is empty for an empty store', async (location) => {
    expect(await keysOf(location.open())).toEqual([]);
  });

  behaviour('gives size, ETag, time of writing and MD5', async (location) => {
    const store = location.open();
    const { etag } = await write(store, 'a', 'some text');

    const entries = await entriesOf(store);

    expect(entries).toMatchObject([{ key: 'a', sizeBytes: 9, etag }]);
    // By S3's own word, or as the Content-MD5 of a blob.
    expect(entries[0]?.md5 ?? entries[0]?.claimedMd5).toBe('552e21cd4cd9918678e3c1a0df491bc3');
    expect(entries[0]?.lastModified).toEqual((await store.head('a'))?.lastModified);
  });

  behaviour('goes by the UTF-8 bytes of the keys', async (location) => {
    const store = location.open();
    const keys = [
      'B',
      'a',
      'a b',
      'a!',
      'a-b',
      'a/b',
      'a0',
      'ab',
      'é',
      '日本',
      '\ue000',
      UTF8_FIRST,
      '｡',
      UTF16_FIRST,
      '𠮷',
      `${UTF16_FIRST}/x`,
    ];
    await fill(store, keys);

    expect(await keysOf(store)).toEqual(keys.sort(compareKeys));
    expect(compareKeys(UTF8_FIRST, UTF16_FIRST)).toBeLessThan(0);
  });

  behaviour('gives each of 2,500 keys once, over pages', async (location) => {
    const store = location.open({ pageSize: 1_000 });
    const keys = Array.from({ length: 2_500 }, (_, n) => `dir${n % 7}/${n.toString(36)}`);
    await fill(store, keys);

    const pages = await Array.fromAsync(store.list());

    expect(pages.flat().map(({ key }) => key)).toEqual(keys.sort(compareKeys));
    expect(pages.length).toBeGreaterThanOrEqual(3);
  });

  behaviour('tells case pairs, and a key from keys that begin with it', async (location) => {
    const store = location.open({ pageSize: 1 });
    const keys = ['Foo', 'foo', 'foo/', 'foo/bar', 'foo2'];
    await fill(store, keys);

    expect(await keysOf(store)).toEqual(keys);
  });

  behaviour('sees only what is below its prefix, and cuts the prefix off', async (location) => {
    const all = location.open();
    await fill(all, ['a', 'logs', 'logs/', 'logs/1', 'logs/sub/2', 'logs2']);

    const below = location.open({ prefix: 'logs/' });
    await write(below, '3', 'x');

    expect(await keysOf(below)).toEqual(['', '1', '3', 'sub/2']);
    expect(await keysOf(below, { startAfter: '1', endBefore: 'sub/2' })).toEqual(['3']);
    expect(await keysOf(all)).toContain('logs/3');
    expect((await below.head('sub/2'))?.sizeBytes).toBe(1);
  });

  behaviour('starts after a key, whether it exists or not, and ends before one', async (location) => {
    const store = location.open();
    await fill(store, ['a', 'b', 'c', 'd']);

    expect(await keysOf(store, { startAfter: 'b' })).toEqual(['c', 'd']);
    expect(await keysOf(store, { startAfter: 'bb' })).toEqual(['c', 'd']);
    expect(await keysOf(store, { startAfter: '' })).toEqual(['a', 'b', 'c', 'd']);
    expect(await keysOf(store, { endBefore: 'c' })).toEqual(['a', 'b']);
    expect(await keysOf(store, { endBefore: 'cc' })).toEqual(['a', 'b', 'c']);
    expect(await keysOf(store, { startAfter: 'a', endBefore: 'b' })).toEqual([]);
    expect(await keysOf(store, { startAfter: 'd' })).toEqual([]);
  });

  behaviour('has no more entries in a page than were asked for', async (location) => {
    const store = location.open({ pageSize: 4 });
    await fill(store, ['a', 'b', 'c', 'd', 'e']);

    const pages = await Array.fromAsync(store.list({ pageSize: 2 }));

    expect(Math.max(...pages.map(({ length }) => length))).toBe(2);
    expect(pages.flat().map(({ key }) => key)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  behaviour('is the same in any cut, with any keys and any page size', async (location) => {
    const part = fc.constantFrom('a', 'b', '/', ' ', 'é', '\ud7ff', '\ue000', '｡', '😀', '𠮷');
    const key = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''));
    const [keys = []] = fc.sample(fc.uniqueArray(key, { minLength: 80, maxLength: 80 }), { numRuns: 1, seed: 7 });
    await fill(location.open(), keys);

    await fc.assert(
      fc.asyncProperty(fc.option(key), fc.option(key), fc.integer({ min: 1, max: 90 }), async (startAfter, endBefore, pageSize) => {
        const options = { ...(startAfter === null ? {} : { startAfter }), ...(endBefore === null ? {} : { endBefore }) };
        const isWithin = (k: string) =>
          (startAfter === null || compareKeys(k, startAfter) > 0) && (endBefore === null || compareKeys(k, endBefore) < 0);

        expect(await keysOf(location.open({ pageSize }), options)).toEqual(keys.filter(isWithin).sort(compareKeys));
      }),
      { numRuns: 60 },
    );
  });
}

async function fill(store: ContractStore, keys: readonly string[]): Promise<void> {
  for (let at = 0; at < keys.length; at += 50) {
    await Promise.all(keys.slice(at, at + 50).map((key) => write(store, key, 'x')));
  }
}
