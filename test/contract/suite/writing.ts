import { expect } from 'vitest';
import { crc64 } from '../../../src/sync/store/crc64.ts';
import { breakingOff, entriesOf, failureOf, keysOf, piecesOf, readBytes, readText, someBytes, write } from './objects.ts';
import type { Behaviour } from './store-contract.ts';

export function writingContract(behaviour: Behaviour): void {
  behaviour('stores the empty object', async (location) => {
    const store = location.open();

    await write(store, 'empty', '');

    expect(await readText(store, 'empty')).toBe('');
    expect((await entriesOf(store))[0]?.sizeBytes).toBe(0);
  });

  behaviour('stores 8 MiB and one byte in one piece, verified by checksum', async (location) => {
    const store = location.open();
    const bytes = someBytes(8 * 1024 * 1024 + 1);

    const written = await write(store, 'large', bytes);

    expect(written.verified).toBe('crc64');
    expect(crc64(await readBytes(store, 'large'))).toBe(crc64(bytes));
  });

  behaviour('answers with the ETag that head and list give', async (location) => {
    const store = location.open();

    const { etag } = await write(store, 'a', 'text');

    expect(etag).toMatch(/^".+"$/);
    expect((await store.head('a'))?.etag).toBe(etag);
    expect((await entriesOf(store))[0]?.etag).toBe(etag);
  });

  behaviour('replaces an object, its properties included', async (location) => {
    const store = location.open();
    await write(store, 'a', 'old', { properties: { contentType: 'text/old', cacheControl: 'no-store', metadata: { old: 'yes' } } });

    await write(store, 'a', 'new', { properties: { contentType: 'text/new', metadata: {} } });

    expect(await readText(store, 'a')).toBe('new');
    expect((await store.head('a'))?.properties).toEqual({ contentType: 'text/new', metadata: {} });
  });

  behaviour('shows a reader the old object or the new one, never a mixture', async (location) => {
    const store = location.open();
    const versions = ['a', 'b'].map((letter) => letter.repeat(300_000));
    await write(store, 'key', versions[0] ?? '');

    const writes = [1, 0, 1, 0, 1].reduce(
      (last, n) => last.then(() => write(store, 'key', versions[n] ?? '')),
      Promise.resolve<unknown>(0),
    );
    const seen = await Promise.all(Array.from({ length: 20 }, () => readText(store, 'key')));
    await writes;

    expect(seen.filter((text) => !versions.includes(text))).toEqual([]);
  });

  behaviour('creates only where nothing is, when asked to', async (location) => {
    const store = location.open();
    await write(store, 'a', 'first', { condition: 'if-absent' });

    const failure = await failureOf(write(store, 'a', 'second', { condition: 'if-absent' }));

    expect(failure.code).toBe('precondition-failed');
    expect(await readText(store, 'a')).toBe('first');
  });

  behaviour('replaces only the version that was named, when asked to', async (location) => {
    const store = location.open();
    const { etag } = await write(store, 'a', 'first');
    const { etag: newer } = await write(store, 'a', 'second', { condition: { ifMatch: etag } });

    const failure = await failureOf(write(store, 'a', 'third', { condition: { ifMatch: etag } }));

    expect(failure.code).toBe('precondition-failed');
    expect(await readText(store, 'a')).toBe('second');
    expect((await store.head('a'))?.etag).toBe(newer);
  });

  behaviour('does not create an object when asked to replace one', async (location) => {
    const store = location.open();
    const { etag } = await write(store, 'a', 'x');
    await store.delete('a');

    const failure = await failureOf(write(store, 'a', 'y', { condition: { ifMatch: etag } }));

    expect(['precondition-failed', 'not-found']).toContain(failure.code);
    expect(await keysOf(store)).toEqual([]);
  });

  behaviour('lets exactly one of several creators win', async (location) => {
    const store = location.open();
    const texts = Array.from({ length: 8 }, (_, n) => `creator ${n}`);

    const outcomes = await Promise.allSettled(texts.map((text) => write(store, 'a', text, { condition: 'if-absent' })));

    const winners = texts.filter((_, n) => outcomes[n]?.status === 'fulfilled');
    expect(winners).toEqual([await readText(store, 'a')]);
  });

  behaviour('refuses bytes that do not have the promised checksum, and keeps the old object', async (location) => {
    const store = location.open();
    await write(store, 'a', 'old');

    const failure = await failureOf(write(store, 'a', 'damaged', { crc64: crc64(Buffer.from('intact')) }));

    expect(failure.code).toBe('checksum-mismatch');
    expect(await readText(store, 'a')).toBe('old');
  });

  behaviour('stores a stream of unknown length', async (location) => {
    const store = location.open();
    const pieces = Array.from({ length: 40 }, (_, n) => someBytes(500_000, n + 1));

    await store.writeStream('report', piecesOf(...pieces), { contentType: 'text/csv' });

    expect(crc64(await readBytes(store, 'report'))).toBe(crc64(Buffer.concat(pieces)));
    expect((await store.head('report'))?.properties.contentType).toBe('text/csv');
  });

  behaviour('stores an empty stream', async (location) => {
    const store = location.open();

    await store.writeStream('report', piecesOf(), { contentType: 'text/csv' });

    expect(await readText(store, 'report')).toBe('');
  });

  behaviour('stores nothing of a stream that fails', async (location) => {
    const store = location.open();

    const failure = await failureOf(store.writeStream('report', breakingOff(someBytes(9_000_000)), { contentType: 'text/csv' }));

    expect(failure.cause).toMatchObject({ message: 'The body broke off.' });
    expect(await keysOf(store)).toEqual([]);
  });
}
