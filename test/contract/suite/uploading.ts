import { expect } from 'vitest';
import { crc64 } from '../../../src/sync/store/crc64.ts';
import type { UploadRequest } from '../../../src/sync/store/store.ts';
import { breakingOff, failureOf, keysOf, NO_PROPERTIES, piecesOf, readBytes, readText, someBytes, uploadPart, write } from './objects.ts';
import type { Behaviour } from './store-contract.ts';

const PART_BYTES = 5 * 1024 * 1024;

const requestFor = (key: string, sizeBytes: number): UploadRequest => ({ key, sizeBytes, properties: NO_PROPERTIES });

export function uploadingContract(behaviour: Behaviour): void {
  behaviour('makes one object of its parts, whatever order they came in', async (location) => {
    const store = location.open();
    const bytes = someBytes(2 * PART_BYTES + 1);
    const pieces = [bytes.subarray(0, PART_BYTES), bytes.subarray(PART_BYTES, 2 * PART_BYTES), bytes.subarray(2 * PART_BYTES)];
    const upload = await store.beginUpload(requestFor('big', bytes.length));

    const backwards = await Promise.all([3, 2, 1].map((n) => uploadPart(store, upload, n, pieces[n - 1] ?? new Uint8Array())));
    const invisible = await keysOf(store);
    const written = await store.commit(upload, backwards.toReversed(), { crc64: crc64(bytes) });

    expect(invisible).toEqual([]);
    expect(written).toMatchObject({ etag: (await store.head('big'))?.etag, verified: 'crc64' });
    expect(crc64(await readBytes(store, 'big'))).toBe(crc64(bytes));
  });

  behaviour('can be taken up by another process, which sees the parts that are there', async (location) => {
    const bytes = someBytes(PART_BYTES + 10);
    const begun = await location.open().beginUpload(requestFor('big', bytes.length));
    await uploadPart(location.open(), begun, 2, bytes.subarray(PART_BYTES));

    const store = location.open();
    const upload = JSON.parse(JSON.stringify(begun));
    const found = await store.listParts(upload);
    await uploadPart(store, upload, 1, bytes.subarray(0, PART_BYTES));
    await store.commit(upload, await store.listParts(upload), { crc64: crc64(bytes) });

    expect(found).toMatchObject([{ number: 2, sizeBytes: 10 }]);
    expect(crc64(await readBytes(store, 'big'))).toBe(crc64(bytes));
  });

  behaviour('has no parts before the first one', async (location) => {
    const store = location.open();
    const upload = await store.beginUpload(requestFor('big', 10));

    expect(await store.listParts(upload)).toEqual([]);
  });

  behaviour('lists the checksum of each part, and of a range of parts when asked', async (location) => {
    const store = location.open();
    const upload = await store.beginUpload(requestFor('a', 20));
    const bodies = [1, 2, 3, 4].map((seed) => someBytes(seed, seed));
    const parts = await Promise.all(bodies.map((body, index) => uploadPart(store, upload, index + 1, body)));

    const listed = {
      all: await store.listParts(upload),
      from: await store.listParts(upload, { fromNumber: 3 }),
      to: await store.listParts(upload, { toNumber: 2 }),
      between: await store.listParts(upload, { fromNumber: 2, toNumber: 3 }),
      none: await store.listParts(upload, { fromNumber: 5, toNumber: 9 }),
    };

    expect(listed.all).toEqual(parts);
    expect(listed.all.map((part) => part.crc64)).toEqual(bodies.map(crc64));
    expect(listed).toMatchObject({ from: parts.slice(2), to: parts.slice(0, 2), between: parts.slice(1, 3), none: [] });
  });

  behaviour('takes a part with the last number that it promises', async (location) => {
    const store = location.open();
    const upload = await store.beginUpload(requestFor('a', 2));
    const { maxParts } = store.uploadLimits;

    const parts = [await uploadPart(store, upload, 1, Buffer.from('a')), await uploadPart(store, upload, maxParts, Buffer.from('z'))];

    expect(await store.listParts(upload)).toEqual(parts);
    expect(await store.listParts(upload, { fromNumber: 2 })).toEqual(parts.slice(1));
  });

  behaviour('replaces a part that comes again', async (location) => {
    const store = location.open();
    const upload = await store.beginUpload(requestFor('a', 6));
    await uploadPart(store, upload, 1, Buffer.from('first, and longer'));

    const part = await uploadPart(store, upload, 1, Buffer.from('second'));
    await store.commit(upload, [part], { crc64: crc64(Buffer.from('second')) });

    expect(await readText(store, 'a')).toBe('second');
  });

  behaviour('refuses a part that does not have the promised checksum', async (location) => {
    const store = location.open();
    const upload = await store.beginUpload(requestFor('a', 7));

    const failure = await failureOf(store.uploadPart(upload, 1, Buffer.from('damaged'), { crc64: crc64(Buffer.from('intact')) }));

    expect(failure.code).toBe('checksum-mismatch');
    expect(await store.listParts(upload)).toEqual([]);
  });

  behaviour('takes a part as a stream, among others, and answers with the checksum of what arrived', async (location) => {
    const store = location.open();
    const bytes = someBytes(PART_BYTES + 10);
    const pieces = [0, 1, 1_000, 2_000_000].map((start, index, starts) => bytes.subarray(start, starts[index + 1] ?? PART_BYTES));
    const upload = await store.beginUpload(requestFor('big', bytes.length));

    const streamed = await store.uploadStreamedPart(upload, 1, piecesOf(...pieces), { sizeBytes: PART_BYTES });
    const parts = [streamed, await uploadPart(store, upload, 2, bytes.subarray(PART_BYTES))];
    const listed = await store.listParts(upload);
    await store.commit(upload, parts, { crc64: crc64(bytes) });

    expect(streamed).toMatchObject({ number: 1, sizeBytes: PART_BYTES, crc64: crc64(bytes.subarray(0, PART_BYTES)) });
    expect(listed).toMatchObject(parts.map(({ number, sizeBytes, etag }) => ({ number, sizeBytes, etag })));
    expect(crc64(await readBytes(store, 'big'))).toBe(crc64(bytes));
  });

  behaviour('takes an empty part as a stream', async (location) => {
    const store = location.open();
    const upload = await store.beginUpload(requestFor('empty', 0));

    const part = await store.uploadStreamedPart(upload, 1, piecesOf(), { sizeBytes: 0 });
    await store.commit(upload, [part], { crc64: 0n });

    expect(await readText(store, 'empty')).toBe('');
  });

  behaviour('lists once a part that came as a stream and again in one piece', async (location) => {
    const store = location.open();
    const upload = await store.beginUpload(requestFor('a', 6));
    await store.uploadStreamedPart(upload, 1, piecesOf(Buffer.from('first, and longer')), { sizeBytes: 17 });

    const part = await uploadPart(store, upload, 1, Buffer.from('second'));
    const listed = await store.listParts(upload);
    await store.commit(upload, listed, { crc64: crc64(Buffer.from('second')) });

    expect(listed).toEqual([part]);
    expect(await readText(store, 'a')).toBe('second');
  });

  for (const [what, sizeBytes] of [
    ['fewer', 900_001],
    ['more', 899_999],
  ] as const) {
    behaviour(`refuses a streamed part of ${what} bytes than were promised, and keeps nothing of it`, async (location) => {
      const store = location.open();
      const upload = await store.beginUpload(requestFor('a', sizeBytes));
      const body = piecesOf(someBytes(400_000), someBytes(500_000), new Uint8Array());

      const failure = await failureOf(store.uploadStreamedPart(upload, 1, body, { sizeBytes }));

      expect(failure.code).toBe('rejected');
      expect(await store.listParts(upload)).toEqual([]);
    });
  }

  behaviour('keeps nothing of a streamed part whose body fails, and says why it did', async (location) => {
    const store = location.open();
    const upload = await store.beginUpload(requestFor('a', 9_000_000));

    const failure = await failureOf(store.uploadStreamedPart(upload, 1, breakingOff(someBytes(8_000_000)), { sizeBytes: 9_000_000 }));

    expect(failure.cause).toMatchObject({ message: 'The body broke off.' });
    expect(await store.listParts(upload)).toEqual([]);
  });

  behaviour('refuses a commit with a part that is not there', async (location) => {
    const store = location.open();
    const upload = await store.beginUpload(requestFor('a', 12));
    const other = await store.beginUpload(requestFor('b', 12));
    const part = await uploadPart(store, upload, 1, someBytes(PART_BYTES));
    const foreign = await uploadPart(store, other, 2, someBytes(1));

    const commit = store.commit(upload, [part, foreign], { crc64: 0n });

    expect(['rejected', 'not-found']).toContain((await failureOf(commit)).code);
    expect(await keysOf(store)).toEqual([]);
  });

  behaviour('commits under the same conditions as a write', async (location) => {
    const store = location.open();
    const { etag } = await write(store, 'a', 'old');
    const commitIf = async (text: string, condition: 'if-absent' | { ifMatch: string }) => {
      const upload = await store.beginUpload(requestFor('a', text.length));
      const parts = [await uploadPart(store, upload, 1, Buffer.from(text))];
      return store.commit(upload, parts, { crc64: crc64(Buffer.from(text)), condition });
    };

    const exists = await failureOf(commitIf('new', 'if-absent'));
    await commitIf('newer', { ifMatch: etag });
    const changed = await failureOf(commitIf('newest', { ifMatch: etag }));

    expect([exists.code, changed.code]).toEqual(['precondition-failed', 'precondition-failed']);
    expect(await readText(store, 'a')).toBe('newer');
  });

  behaviour('does no harm when a commit comes twice', async (location) => {
    const store = location.open();
    const upload = await store.beginUpload(requestFor('a', 4));
    const parts = [await uploadPart(store, upload, 1, Buffer.from('text'))];
    const options = { crc64: crc64(Buffer.from('text')), condition: 'if-absent' as const };
    const { etag } = await store.commit(upload, parts, options);

    const again = await failureOf(store.commit(upload, parts, options));

    expect(['not-found', 'precondition-failed']).toContain(again.code);
    expect(again.isWholeStore).toBe(false);
    expect((await store.head('a'))?.etag).toBe(etag);
  });

  behaviour('makes one whole object of two uploads that race', async (location) => {
    const store = location.open();
    const bodies = [someBytes(PART_BYTES + 1, 1), someBytes(PART_BYTES + 1, 2)];

    const outcomes = await Promise.allSettled(
      bodies.map(async (body) => {
        const upload = await store.beginUpload(requestFor('a', body.length));
        const first = await uploadPart(store, upload, 1, body.subarray(0, PART_BYTES));
        const last = await uploadPart(store, upload, 2, body.subarray(PART_BYTES));
        await store.commit(upload, [first, last], { crc64: crc64(body) });
      }),
    );

    // On Azure the first commit drops the blocks of the other upload.
    const written = bodies.filter((_, n) => outcomes[n]?.status === 'fulfilled').map(crc64);
    expect(written).toContain(crc64(await readBytes(store, 'a')));
  });

  behaviour('leaves no object when it is aborted, once or twice', async (location) => {
    const store = location.open();
    const upload = await store.beginUpload(requestFor('a', 4));
    await uploadPart(store, upload, 1, Buffer.from('text'));

    await store.abort(upload);
    await store.abort(upload);

    expect(await keysOf(store)).toEqual([]);
    expect(await store.head('a')).toBeUndefined();
  });

  behaviour('has no parts left, and cannot be committed, once it is aborted', async (location) => {
    const store = location.open();
    const upload = await store.beginUpload(requestFor('a', 4));
    const part = await uploadPart(store, upload, 1, Buffer.from('text'));
    await store.abort(upload);

    const failure = await failureOf(store.commit(upload, [part], { crc64: crc64(Buffer.from('text')) }));

    expect(failure.code).toBe('not-found');
    expect(await store.listParts(upload).catch(() => [])).toEqual([]);
  });
}
