import { expect } from 'vitest';
import { crc64 } from '../../../src/sync/store/crc64.ts';
import type { Tags } from '../../../src/sync/store/objects.ts';
import type { Store } from '../../../src/sync/store/store.ts';
import { failureOf, uploadPart, write } from './objects.ts';
import type { Behaviour } from './store-contract.ts';

const TAGS: Tags = { project: 'Keyless Bridge', 'cost-center': '4711', 'path/to': 'a:b=c+d.e_f', empty: '' };

/** As long, and as many, as both services allow. */
const MOST: Tags = Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`${n}`.padEnd(128, 'k'), 'v'.repeat(256)]));

const writeTagged = (store: Store, tags: Tags) => write(store, 'a', 'x', { properties: { metadata: {}, tags } });

export function tagsContract(behaviour: Behaviour): void {
  behaviour('keeps the tags that an object is written with', async (location) => {
    const store = location.open();

    await writeTagged(store, TAGS);

    expect(await store.readTags('a')).toEqual(TAGS);
  });

  behaviour('keeps the tags that an upload in parts is begun with', async (location) => {
    const store = location.open();
    const upload = await store.beginUpload({ key: 'a', sizeBytes: 1, properties: { metadata: {}, tags: TAGS } });

    await store.commit(upload, [await uploadPart(store, upload, 1, Buffer.from('x'))], { crc64: crc64(Buffer.from('x')) });

    expect(await store.readTags('a')).toEqual(TAGS);
  });

  behaviour('drops the tags of an object that is written again without', async (location) => {
    const store = location.open();
    await writeTagged(store, TAGS);

    await writeTagged(store, {});

    expect(await store.readTags('a')).toEqual({});
  });

  behaviour('keeps ten tags of the greatest length, and finds nothing wrong with them', async (location) => {
    const store = location.open();

    await writeTagged(store, MOST);

    expect(store.findMisfits({ metadata: {}, tags: MOST })).toEqual([]);
    expect(await store.readTags('a')).toEqual(MOST);
  });

  behaviour('finds the tags that it cannot hold', async (location) => {
    const store = location.open();
    const tags = { '': 'x', ['n'.repeat(129)]: 'x', long: 'v'.repeat(257), lines: 'two\nlines', 'a?': 'x', fine: 'x' };

    const misfits = store.findMisfits({ metadata: {}, tags });

    expect(misfits.map(({ kind, name }) => [kind, name])).toEqual(
      ['', 'n'.repeat(129), 'long', 'lines', 'a?'].map((name) => ['tag', name]),
    );
  });

  behaviour('says that an object whose tags are asked for is absent', async (location) => {
    const failure = await failureOf(location.open().readTags('absent'));

    expect(failure).toMatchObject({ code: 'not-found', isWholeStore: false });
  });

  behaviour('says that tags may not be read', async (location) => {
    await write(location.open(), 'a', 'x');

    const failure = await failureOf(location.openDenied().readTags('a'));

    expect(failure.code).toBe('permission-denied');
  });

  behaviour('says for the whole store that tags may not be written', async (location) => {
    const failure = await failureOf(writeTagged(location.openDenied(), TAGS));

    expect(failure).toMatchObject({ code: 'permission-denied', isWholeStore: true });
  });
}
