import { gzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { crc64 } from '../../../src/sync/store/crc64.ts';
import type { ObjectProperties } from '../../../src/sync/store/objects.ts';
import { crc64In, entriesOf, failureOf, keysOf, NO_PROPERTIES, readBytes, readText, uploadPart, write } from './objects.ts';
import type { Behaviour } from './store-contract.ts';

const PROPERTIES: ObjectProperties = {
  contentType: 'text/html; charset=utf-8',
  cacheControl: 'public, max-age=3600',
  contentDisposition: 'attachment; filename="page one.html"',
  contentLanguage: 'de, en',
  metadata: { owner: 'jo', 'with-dash': '1', with_underscore: '2', '3rd': 'digit first', city: 'Zürich 😀', blank: '' },
};

export function propertiesContract(behaviour: Behaviour): void {
  behaviour('brings back content headers and metadata, by head and by read', async (location) => {
    const store = location.open();
    await write(store, 'page', 'x', { properties: PROPERTIES });

    const head = await store.head('page');
    const read = await store.read('page');
    await Array.fromAsync(read.body);

    expect(head?.properties).toEqual(PROPERTIES);
    expect(read.properties).toEqual(PROPERTIES);
  });

  behaviour('brings them back from an upload in parts', async (location) => {
    const store = location.open();
    const bytes = Buffer.from('x');
    const upload = await store.beginUpload({ key: 'page', sizeBytes: 1, properties: PROPERTIES, provenance: { sourceEtag: '"s"' } });

    await store.commit(upload, [await uploadPart(store, upload, 1, bytes)], { crc64: crc64(bytes) });

    const head = await store.head('page');
    expect(head).toMatchObject({ properties: PROPERTIES, provenance: { sourceEtag: '"s"' } });
    expect(crc64In(head)).toBe(crc64(bytes));
  });

  behaviour('keeps metadata whose names its clients lose or refuse, and lists the object', async (location) => {
    const store = location.open();
    const names = [
      '__proto__',
      'prototype',
      'constructor',
      '_',
      'tostring',
      'hasownproperty',
      'source-etag',
      'source_etag',
      'original_key',
    ];
    const metadata = Object.fromEntries(names.map((name) => [name, `value of ${name}`]));
    await write(store, 'a', 'x', { properties: { metadata }, provenance: { sourceEtag: '"s"' } });

    const head = await store.head('a');
    const read = await store.read('a');
    await Array.fromAsync(read.body);

    expect(Object.entries(head?.properties.metadata ?? {}).sort()).toEqual(Object.entries(metadata).sort());
    expect(Object.entries(read.properties.metadata).sort()).toEqual(Object.entries(metadata).sort());
    expect(head?.provenance?.sourceEtag).toBe('"s"');
    expect(await keysOf(store)).toEqual(['a']);
  });

  behaviour('keeps what only S3 has for headers, as they are', async (location) => {
    const store = location.open();
    const properties = { expires: 'never, or 2030', websiteRedirect: '/new/place', metadata: {} };
    const bytes = Buffer.from('x');

    await write(store, 'whole', 'x', { properties, provenance: { sourceEtag: '"s"' } });
    const upload = await store.beginUpload({ key: 'in parts', sizeBytes: 1, properties, provenance: { sourceEtag: '"s"' } });
    await store.commit(upload, [await uploadPart(store, upload, 1, bytes)], { crc64: crc64(bytes) });

    const heads = await Promise.all(['whole', 'in parts'].map((key) => store.head(key)));
    expect(heads.map((head) => head?.properties)).toMatchObject([properties, properties]);
  });

  behaviour('says when metadata leave no room for the mark of a copy', async (location) => {
    const metadata = { big: 'x'.repeat(location.maxMetadataBytes - 3) };

    const misfits = location.open().findMisfits({ metadata }, { sourceEtag: '"s"' });

    expect(misfits.map(({ kind }) => kind)).toEqual(['mark']);
    await write(location.open(), 'a', 'x', { properties: { metadata } });
    expect((await location.open().head('a'))?.properties.metadata).toEqual(metadata);
  });

  behaviour('keeps the source ETag apart from the metadata of the user', async (location) => {
    const store = location.open();
    const properties = { ...NO_PROPERTIES, contentType: 'text/plain', metadata: { owner: 'jo' } };

    await write(store, 'a', 'x', { properties, provenance: { sourceEtag: '"abc-2"' } });

    const head = await store.head('a');
    expect(head?.provenance).toEqual({ sourceEtag: '"abc-2"', crc64: crc64(Buffer.from('x')) });
    expect(head?.properties).toEqual(properties);
  });

  behaviour('keeps the key that an object had where it could have it, whatever is in that', async (location) => {
    const store = location.open();
    const provenance = { sourceEtag: '"s"', originalKey: 'back\\slash\nöäü 日本 😀 =?UTF-8?B?eA==?= .' };
    const bytes = Buffer.from('x');

    await write(store, 'whole', 'x', { provenance });
    const upload = await store.beginUpload({ key: 'in parts', sizeBytes: 1, properties: NO_PROPERTIES, provenance });
    await store.commit(upload, [await uploadPart(store, upload, 1, bytes)], { crc64: crc64(bytes) });

    const heads = await Promise.all(['whole', 'in parts'].map((key) => store.head(key)));
    expect(heads.map((head) => head?.provenance)).toMatchObject([provenance, provenance]);
    expect(heads.map((head) => head?.properties.metadata)).toEqual([{}, {}]);
  });

  behaviour('holds under an escaped key what it cannot hold under its own', async (location) => {
    const store = location.open();

    for (const key of ['a.', 'back\\slash', 'line\nbreak', 'a/../b', 'soap', 'plain']) {
      const held = store.refuseKey(key) === undefined ? key : store.escapeKey(key);
      await write(store, held, key);
      expect(await readText(store, held)).toBe(key);
    }

    expect(await keysOf(store)).toHaveLength(6);
  });

  behaviour('writes an object in the tier that it is given, and tells it by list and by head', async (location) => {
    const store = location.open();
    const tier = location.otherTier;
    const bytes = Buffer.from('x');
    await write(store, 'default', 'x');

    await write(store, 'whole', 'x', { tier });
    const upload = await store.beginUpload({ key: 'in parts', sizeBytes: 1, properties: NO_PROPERTIES, tier });
    await store.commit(upload, [await uploadPart(store, upload, 1, bytes)], { crc64: crc64(bytes) });

    const listed = new Map((await entriesOf(store)).map((entry) => [entry.key, entry.tier]));
    const heads = await Promise.all(['whole', 'in parts'].map((key) => store.head(key)));
    expect([listed.get('whole'), listed.get('in parts')]).toEqual([tier, tier]);
    expect(heads.map((head) => head?.tier)).toEqual([tier, tier]);
    expect((await store.head('default'))?.tier).toBe(listed.get('default'));
    expect(listed.get('default')).not.toBe(tier);
  });

  behaviour('leaves gzip content alone', async (location) => {
    const store = location.open();
    const zipped = gzipSync('some text '.repeat(1_000));

    await write(store, 'zipped', zipped, { properties: { contentEncoding: 'gzip', contentType: 'text/plain', metadata: {} } });

    expect(await readBytes(store, 'zipped')).toEqual(zipped);
    expect((await store.head('zipped'))?.properties.contentEncoding).toBe('gzip');
  });

  behaviour('refuses metadata that it cannot hold as soon as an upload begins', async (location) => {
    const tooMuch = { key: 'a', sizeBytes: 1, properties: { metadata: { big: 'x'.repeat(9_000) } } };

    const failure = await failureOf(location.open().beginUpload(tooMuch));

    expect(failure.code).toBe('invalid-metadata');
  });

  behaviour('finds nothing wrong with metadata that it holds under its own names', async (location) => {
    expect(location.open().findMisfits({ metadata: { owner: 'jo', with_underscore: '', city: 'Zürich' } })).toEqual([]);
  });

  behaviour('finds metadata that has a name of ours', async (location) => {
    const metadata = { 'source-etag': 'x', source_etag: 'x', fine: 'x' };

    const misfits = location.open().findMisfits({ metadata });

    expect(misfits).toContainEqual({ kind: 'metadata', name: expect.stringMatching(/^source[-_]etag$/), why: expect.any(String) });
  });

  behaviour('refuses metadata that it cannot hold, and stores nothing', async (location) => {
    const store = location.open();
    const tooMuch = { metadata: { big: 'x'.repeat(9_000) } };
    const notAscii = { contentDisposition: 'attachment; filename="über.txt"', metadata: {} };

    const failures = await Promise.all([tooMuch, notAscii].map((properties) => failureOf(write(store, 'a', 'x', { properties }))));

    expect(failures.map(({ code }) => code)).toEqual(['invalid-metadata', 'invalid-metadata']);
    expect(await keysOf(store)).toEqual([]);
  });
}
