import { createHash } from 'node:crypto';
import { PutObjectCommand, UploadPartCommand } from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import { crc64 } from '../../src/sync/store/crc64.ts';
import type { ObjectProperties } from '../../src/sync/store/objects.ts';
import type { UploadRequest } from '../../src/sync/store/store.ts';
import {
  entriesOf,
  failureOf,
  keysOf,
  NO_PROPERTIES,
  piecesOf,
  readBytes,
  readText,
  someBytes,
  uploadPart,
  write,
} from '../contract/suite/objects.ts';
import type { ContractSubject, StoreLocation } from '../contract/suite/store-contract.ts';
import { openAccount } from './account.ts';

const PART_BYTES = 5 * 1024 * 1024;
const NO_CRC64 = 'radosgw 16.2 keeps no CRC-64, so that MD5 must do';
const NO_CONDITIONS = 'radosgw 16.2 knows no conditions on a commit';

const requestFor = (key: string, sizeBytes: number): UploadRequest => ({ key, sizeBytes, properties: NO_PROPERTIES });
const md5Of = (bytes: Uint8Array, encoding: 'hex' | 'base64') => createHash('md5').update(bytes).digest(encoding);

/** What radosgw 16.2 does otherwise than S3, each with what that means for us. */
export const RADOSGW_DEVIATIONS: NonNullable<ContractSubject['deviations']> = {
  'stores 8 MiB and one byte in one piece, verified by checksum': {
    reason: NO_CRC64,
    async instead(location) {
      const store = location.open();
      const bytes = someBytes(8 * 1024 * 1024 + 1);

      const written = await write(store, 'large', bytes);

      expect(written.verified).toBe('md5');
      expect(crc64(await readBytes(store, 'large'))).toBe(crc64(bytes));
    },
  },

  'refuses bytes that do not have the promised checksum, and keeps the old object': {
    reason: NO_CRC64,
    async instead(location) {
      const store = location.open();
      await write(store, 'a', 'old');
      const damaged = { Body: 'damaged', ContentMD5: md5Of(Buffer.from('intact'), 'base64') };

      const sent = openAccount().owner.send(new PutObjectCommand({ Bucket: bucketOf(location), Key: 'a', ...damaged }));

      await expect(sent).rejects.toMatchObject({ name: 'BadDigest' });
      expect(await readText(store, 'a')).toBe('old');
    },
  },

  'gives the whole object with its ETag, length and checksum': {
    reason: NO_CRC64,
    async instead(location) {
      const store = location.open();
      const { etag } = await write(store, 'a', 'some text');

      const read = await store.read('a');

      expect(read).toMatchObject({ etag, contentLengthBytes: 9, md5: md5Of(Buffer.from('some text'), 'hex') });
      expect(read).not.toHaveProperty('crc64');
      expect(Buffer.concat(await Array.fromAsync(read.body)).toString()).toBe('some text');
    },
  },

  'says by head how large and how old an object is, and its checksum': {
    reason: NO_CRC64,
    async instead(location) {
      const store = location.open();
      const { etag } = await write(store, 'a', 'some text');

      const head = await store.head('a');

      expect(head).toMatchObject({ etag, sizeBytes: 9, md5: md5Of(Buffer.from('some text'), 'hex') });
      expect(head).not.toHaveProperty('crc64');
      expect(Math.abs(Date.now() - (head?.lastModified.getTime() ?? 0))).toBeLessThan(60_000);
    },
  },

  'gives size, ETag, time of writing and MD5': {
    reason: 'radosgw lists times with milliseconds, but heads have whole seconds',
    async instead(location) {
      const store = location.open();
      const { etag } = await write(store, 'a', 'some text');

      const entries = await entriesOf(store);

      expect(entries).toMatchObject([{ key: 'a', sizeBytes: 9, etag, md5: md5Of(Buffer.from('some text'), 'hex') }]);
      expect(wholeSeconds(entries[0]?.lastModified)).toBe(wholeSeconds((await store.head('a'))?.lastModified));
    },
  },

  'brings back content headers and metadata, by head and by read': {
    reason: 'radosgw makes each "_" in a name of metadata a "-"',
    async instead(location) {
      const store = location.open();
      await write(store, 'page', 'x', { properties: properties('with_underscore') });

      const head = await store.head('page');
      const read = await store.read('page');
      await Array.fromAsync(read.body);

      expect(head?.properties).toEqual(properties('with-underscore'));
      expect(read.properties).toEqual(properties('with-underscore'));
    },
  },

  'brings them back from an upload in parts': {
    reason: 'radosgw makes each "_" in a name of metadata a "-", and keeps no CRC-64',
    async instead(location) {
      const store = location.open();
      const request = { key: 'page', sizeBytes: 1, properties: properties('with_underscore'), provenance: { sourceEtag: '"s"' } };
      const upload = await store.beginUpload(request);

      await store.commit(upload, [await uploadPart(store, upload, 1, Buffer.from('x'))], { crc64: crc64(Buffer.from('x')) });

      expect(await store.head('page')).toMatchObject({ properties: properties('with-underscore'), provenance: { sourceEtag: '"s"' } });
    },
  },

  'keeps metadata whose names its clients lose or refuse, and lists the object': {
    reason: 'radosgw makes each "_" in a name of metadata a "-"',
    async instead(location) {
      const store = location.open();
      const metadata = { prototype: '1', constructor: '2', tostring: '3', hasownproperty: '4' };
      await write(store, 'a', 'x', { properties: { metadata } });

      expect((await store.head('a'))?.properties.metadata).toEqual(metadata);
      expect(await keysOf(store)).toEqual(['a']);
    },
  },

  'deletes the version that was named and keeps any other': {
    reason: 'radosgw 16.2 knows no conditions on a deletion',
    async instead(location) {
      const store = location.open();
      const { etag } = await write(store, 'a', 'first');
      await write(store, 'a', 'second');

      await store.delete('a', { ifMatch: etag });

      expect(await keysOf(store)).toEqual([]);
    },
  },

  'makes one object of its parts, whatever order they came in': {
    reason: NO_CRC64,
    async instead(location) {
      const store = location.open();
      const bytes = someBytes(2 * PART_BYTES + 1);
      const pieces = [bytes.subarray(0, PART_BYTES), bytes.subarray(PART_BYTES, 2 * PART_BYTES), bytes.subarray(2 * PART_BYTES)];
      const upload = await store.beginUpload(requestFor('big', bytes.length));

      const backwards = await Promise.all([3, 2, 1].map((n) => uploadPart(store, upload, n, pieces[n - 1] ?? new Uint8Array())));
      const invisible = await keysOf(store);
      const written = await store.commit(upload, backwards.toReversed(), { crc64: crc64(bytes) });

      expect(invisible).toEqual([]);
      expect(written).toEqual({ etag: (await store.head('big'))?.etag, verified: 'md5' });
      expect(crc64(await readBytes(store, 'big'))).toBe(crc64(bytes));
    },
  },

  'lists the checksum of each part, and of a range of parts when asked': {
    reason: NO_CRC64,
    async instead(location) {
      const store = location.open();
      const upload = await store.beginUpload(requestFor('a', 10));
      const parts = await Promise.all([1, 2, 3].map((number) => uploadPart(store, upload, number, someBytes(number))));

      const [all, between] = [await store.listParts(upload), await store.listParts(upload, { fromNumber: 2, toNumber: 2 })];

      expect(all).toEqual(parts);
      expect(between).toEqual(parts.slice(1, 2));
      expect(parts.map((part) => part.crc64)).toEqual([undefined, undefined, undefined]);
    },
  },

  'takes a part as a stream, among others, and answers with the checksum of what arrived': {
    reason: NO_CRC64,
    async instead(location) {
      const store = location.open();
      const bytes = someBytes(PART_BYTES + 10);
      const pieces = [bytes.subarray(0, 1_000), bytes.subarray(1_000, PART_BYTES)];
      const upload = await store.beginUpload(requestFor('big', bytes.length));

      const streamed = await store.uploadStreamedPart(upload, 1, piecesOf(...pieces), { sizeBytes: PART_BYTES });
      const parts = [streamed, await uploadPart(store, upload, 2, bytes.subarray(PART_BYTES))];
      await store.commit(upload, parts, { crc64: crc64(bytes) });

      expect(streamed).toEqual({ number: 1, sizeBytes: PART_BYTES, etag: expect.any(String) });
      expect(crc64(await readBytes(store, 'big'))).toBe(crc64(bytes));
    },
  },

  'refuses a part that does not have the promised checksum': {
    reason: NO_CRC64,
    async instead(location) {
      const store = location.open();
      const upload = await store.beginUpload(requestFor('a', 7));
      const target = { Bucket: bucketOf(location), Key: 'a', UploadId: upload.id, PartNumber: 1 };
      const damaged = { Body: 'damaged', ContentMD5: md5Of(Buffer.from('intact'), 'base64') };

      const sent = openAccount().owner.send(new UploadPartCommand({ ...target, ...damaged }));

      await expect(sent).rejects.toMatchObject({ name: 'BadDigest' });
      expect(await store.listParts(upload)).toEqual([]);
    },
  },

  'commits under the same conditions as a write': {
    reason: NO_CONDITIONS,
    async instead(location) {
      const store = location.open();
      await write(store, 'a', 'old');
      const upload = await store.beginUpload(requestFor('a', 3));
      const parts = [await uploadPart(store, upload, 1, Buffer.from('new'))];

      await store.commit(upload, parts, { crc64: crc64(Buffer.from('new')), condition: 'if-absent' });

      expect(await readText(store, 'a')).toBe('new');
    },
  },

  'does no harm when a commit comes twice': {
    reason: NO_CONDITIONS,
    async instead(location) {
      const store = location.open();
      const upload = await store.beginUpload(requestFor('a', 4));
      const parts = [await uploadPart(store, upload, 1, Buffer.from('text'))];
      const options = { crc64: crc64(Buffer.from('text')), condition: 'if-absent' as const };
      const first = await store.commit(upload, parts, options);

      const again = await store.commit(upload, parts, options);

      expect(again).toEqual(first);
      expect(await readText(store, 'a')).toBe('text');
    },
  },

  'writes an object in the tier that it is given, and tells it by list and by head': {
    reason: 'radosgw 16.2 has the storage classes that its operator has made, and here that is STANDARD alone',
    async instead(location) {
      const store = location.open();
      await write(store, 'a', 'x', { tier: 'STANDARD' });

      const failure = await failureOf(write(store, 'b', 'x', { tier: location.otherTier }));

      expect(failure).toMatchObject({ code: 'rejected', isWholeStore: false });
      expect((await entriesOf(store)).map(({ key, tier }) => [key, tier])).toEqual([['a', 'STANDARD']]);
    },
  },

  'keeps the tags that an upload in parts is begun with': {
    reason: 'radosgw 16.2 drops them, so that large objects arrive there without',
    async instead(location) {
      const store = location.open();
      const upload = await store.beginUpload({ ...requestFor('a', 1), properties: { metadata: {}, tags: { a: 'b' } } });

      await store.commit(upload, [await uploadPart(store, upload, 1, Buffer.from('x'))], { crc64: crc64(Buffer.from('x')) });

      expect(await store.readTags('a')).toEqual({});
    },
  },

  'has no parts left, and cannot be committed, once it is aborted': {
    reason: 'radosgw 16.2 takes the upload for one that is being completed',
    async instead(location) {
      const store = location.open();
      const upload = await store.beginUpload(requestFor('a', 4));
      const part = await uploadPart(store, upload, 1, Buffer.from('text'));
      await store.abort(upload);

      const failure = await failureOf(store.commit(upload, [part], { crc64: crc64(Buffer.from('text')) }));

      expect(failure.code).toBe('unavailable');
      expect(await store.listParts(upload).catch(() => [])).toEqual([]);
      expect(await keysOf(store)).toEqual([]);
    },
  },
};

function properties(underscored: string): ObjectProperties {
  return {
    contentType: 'text/html; charset=utf-8',
    cacheControl: 'public, max-age=3600',
    contentDisposition: 'attachment; filename="page one.html"',
    contentLanguage: 'de, en',
    metadata: { owner: 'jo', 'with-dash': '1', [underscored]: '2', '3rd': 'digit first', city: 'Zürich 😀', blank: '' },
  };
}

function bucketOf(location: StoreLocation): string {
  return new URL(location.open().url).host;
}

function wholeSeconds(date: Date | undefined): number {
  return Math.floor((date?.getTime() ?? 0) / 1_000);
}
