import { expect } from 'vitest';
import { failureOf, keysOf, readText, write } from './objects.ts';
import type { Behaviour } from './store-contract.ts';

/** Each has broken some tool or other. A store that cannot hold one says so. */
const ODD_KEYS = [
  'with space',
  ' leading space',
  'trailing space ',
  'plus+plus',
  'percent%20',
  'slash%2Fencoded',
  '100%',
  'hash#tag',
  'question?mark=1&more',
  'quotes"\'`',
  '<angle>&amp;',
  'back\\slash',
  'double//slash',
  '/leading slash',
  'trailing slash/',
  '//',
  'dot.',
  'dots..',
  '.hidden',
  'dir./file',
  './file',
  'dir/./file',
  'dir/../file',
  '..',
  'tab\there',
  'line\nbreak',
  'carriage\rreturn',
  'bell\u0007',
  'delete\u007f',
  'nonchar\ufffe',
  'é NFC',
  'e\u0301 NFD',
  '日本語/ファイル',
  'emoji 😀 👩‍👩‍👧',
  '*|:;,@$!~()[]{}^=',
  'a'.repeat(1_024),
  '日'.repeat(341),
  'soap',
];

export function keysContract(behaviour: Behaviour): void {
  behaviour('holds every odd key as it is, or refuses it and says why', async (location) => {
    const store = location.open();
    const [held, refused] = [ODD_KEYS.filter((key) => !store.refuseKey(key)), ODD_KEYS.filter((key) => store.refuseKey(key))];

    for (const key of held) await write(store, key, `content of ${key}`);
    const failures = await Promise.all(refused.map((key) => failureOf(write(store, key, 'x'))));

    for (const key of held) expect(await readText(store, key)).toBe(`content of ${key}`);
    expect((await keysOf(store)).sort()).toEqual(held.toSorted());
    expect(new Set(failures.map(({ code }) => code))).toEqual(new Set(refused.length === 0 ? [] : ['invalid-key']));
  });

  behaviour('finds and deletes every odd key that it holds', async (location) => {
    const store = location.open();
    const held = ODD_KEYS.filter((key) => !store.refuseKey(key));
    for (const key of held) await write(store, key, 'x');

    const sizes = await Promise.all(held.map(async (key) => (await store.head(key))?.sizeBytes));
    for (const key of held) await store.delete(key);

    expect(new Set(sizes)).toEqual(new Set([1]));
    expect(await keysOf(store)).toEqual([]);
  });

  behaviour('refuses half a character, and the empty key in a store without prefix', async (location) => {
    const store = location.open();

    expect(store.refuseKey('half \ud83d')).toContain('Unicode');
    expect(store.refuseKey('')).toContain('empty');
    expect(location.open({ prefix: 'dir/' }).refuseKey('')).toBeUndefined();
  });

  behaviour('counts the prefix into the length of a key', async (location) => {
    const key = 'a'.repeat(1_024);

    expect(location.open().refuseKey(key)).toBeUndefined();
    expect(location.open({ prefix: 'p/' }).refuseKey(key)).toContain('1024');
  });
}
