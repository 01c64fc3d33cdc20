import { expect } from 'vitest';
import { crc64 } from '../../../src/sync/store/crc64.ts';
import { crc64In, failureOf, readBytes, readText, someBytes, write } from './objects.ts';
import type { Behaviour } from './store-contract.ts';

export function readingContract(behaviour: Behaviour): void {
  behaviour('gives the whole object with its ETag, length and checksum', async (location) => {
    const store = location.open();
    const { etag } = await write(store, 'a', 'some text', { provenance: { sourceEtag: '"s"' } });

    const read = await store.read('a');

    expect(read).toMatchObject({ etag, contentLengthBytes: 9 });
    expect(crc64In(read)).toBe(crc64(Buffer.from('some text')));
    expect(Buffer.concat(await Array.fromAsync(read.body)).toString()).toBe('some text');
  });

  behaviour('gives ranges: the first byte, the last one, a piece, and no more than there is', async (location) => {
    const store = location.open();
    await write(store, 'digits', '0123456789');
    const ranges = [
      { startByte: 0, endByte: 0 },
      { startByte: 9, endByte: 9 },
      { startByte: 2, endByte: 5 },
      { startByte: 7, endByte: 100 },
    ];

    const pieces = await Promise.all(ranges.map((range) => readText(store, 'digits', { range })));

    expect(pieces).toEqual(['0', '9', '2345', '789']);
  });

  behaviour('gives the checksum of the whole object, or none, with a range', async (location) => {
    const store = location.open();
    const bytes = Buffer.from('0123456789');
    await write(store, 'digits', bytes);

    const read = await store.read('digits', { range: { startByte: 2, endByte: 5 } });
    await Array.fromAsync(read.body);

    expect([undefined, crc64(bytes)]).toContain(crc64In(read));
    expect([undefined, '781e5e245d69b566979b86e28d23f2c7']).toContain(read.md5 ?? read.claimedMd5);
  });

  behaviour('refuses a range that begins behind the end', async (location) => {
    const store = location.open();
    await write(store, 'digits', '0123456789');

    const failure = await failureOf(readText(store, 'digits', { range: { startByte: 10, endByte: 20 } }));

    expect(failure.code).toBe('rejected');
  });

  behaviour('gives the version that was named and refuses when there is another', async (location) => {
    const store = location.open();
    const { etag } = await write(store, 'a', 'first');
    const pinned = await readText(store, 'a', { ifMatch: etag });
    await write(store, 'a', 'other');

    const failure = await failureOf(readText(store, 'a', { ifMatch: etag, range: { startByte: 1, endByte: 2 } }));

    expect(pinned).toBe('first');
    expect(failure.code).toBe('precondition-failed');
  });

  behaviour('says not-found for an object that is not there', async (location) => {
    const failure = await failureOf(location.open().read('nothing'));

    expect(failure).toMatchObject({ code: 'not-found', isWholeStore: false });
  });

  behaviour('never mixes two versions when the object is replaced in mid-read', async (location) => {
    const store = location.open();
    const [first, second] = [someBytes(6_000_000, 1), someBytes(6_000_000, 2)];
    await write(store, 'a', first);
    const { body } = await store.read('a');

    await write(store, 'a', second);
    const outcome = await Array.fromAsync(body).then(
      (chunks) => crc64(Buffer.concat(chunks)),
      () => 'failed' as const,
    );

    expect([crc64(first), 'failed']).toContain(outcome);
  });

  behaviour('lets the reader stop early', async (location) => {
    const store = location.open();
    const bytes = someBytes(6_000_000);
    await write(store, 'a', bytes);

    for (let n = 0; n < 20; n++) {
      const { body } = await store.read('a');
      for await (const chunk of body) if (chunk.length > 0) break;
    }

    expect(crc64(await readBytes(store, 'a'))).toBe(crc64(bytes));
  });

  behaviour('lets the reader leave without having read anything', async (location) => {
    const store = location.open();
    await write(store, 'a', someBytes(6_000_000));

    const { body } = await store.read('a');
    await body[Symbol.asyncIterator]().return?.();

    expect((await Array.fromAsync(body).catch(() => [])).length).toBe(0);
  });

  behaviour('says by head that an object is not there', async (location) => {
    expect(await location.open().head('nothing')).toBeUndefined();
  });

  behaviour('says by head how large and how old an object is, and its checksum', async (location) => {
    const store = location.open();
    const { etag } = await write(store, 'a', 'some text', { provenance: { sourceEtag: '"s"' } });

    const head = await store.head('a');

    expect(head).toMatchObject({ etag, sizeBytes: 9 });
    expect(crc64In(head)).toBe(crc64(Buffer.from('some text')));
    expect(Math.abs(Date.now() - (head?.lastModified.getTime() ?? 0))).toBeLessThan(60_000);
  });
}
