import { createHash } from 'node:crypto';
import { crc64 } from '../../src/sync/crc64.ts';
import { compareKeys } from '../../src/sync/key-order.ts';
import { present } from '../../src/sync/present.ts';
import type { Condition, ListOptions, ObjectEntry, ObjectProperties, Provenance, Store, UploadedPart } from '../../src/sync/store.ts';
import { StoreError } from '../../src/sync/store-error.ts';

interface StoredObject {
  readonly bytes: Uint8Array;
  readonly etag: string;
  readonly lastModified: Date;
  readonly properties: ObjectProperties;
  readonly provenance?: Provenance;
}

export interface MemoryStore extends Store {
  readonly objects: Map<string, StoredObject>;
  put(key: string, text: string, more?: Partial<Pick<StoredObject, 'lastModified' | 'properties'>>): StoredObject;
  textOf(key: string): string | undefined;
  keys(): string[];
}

const PAGE = 100;

/** The plainest store that keeps the port's promises: for tests of the core. Tests replace single methods to make trouble. */
export function createMemoryStore(url = 'memory://store/'): MemoryStore {
  const objects = new Map<string, StoredObject>();
  const uploads = new Map<string, Map<number, Uint8Array>>();
  let versions = 0;

  function store(key: string, bytes: Uint8Array, more: Partial<StoredObject>): StoredObject {
    const defaults = { properties: { metadata: {} }, lastModified: new Date() };
    const object = { ...defaults, ...more, bytes: Uint8Array.from(bytes), etag: `"${url}${++versions}"` };
    objects.set(key, object);
    return object;
  }

  function check(key: string, condition: Condition | undefined): void {
    const current = objects.get(key);
    if (condition === undefined) return;
    const holds = condition === 'if-absent' ? current === undefined : current?.etag === condition.ifMatch;
    if (!holds) throw new StoreError('precondition-failed', `${url}${key} is not as expected.`);
  }

  function entries({ startAfter, endBefore }: ListOptions): ObjectEntry[] {
    return [...objects]
      .map(([key, object]) => ({ key, sizeBytes: object.bytes.length, etag: object.etag, lastModified: object.lastModified }))
      .filter(({ key }) => startAfter === undefined || compareKeys(key, startAfter) > 0)
      .filter(({ key }) => endBefore === undefined || compareKeys(key, endBefore) < 0)
      .sort((a, b) => compareKeys(a.key, b.key));
  }

  return {
    url,
    objects,
    put: (key, text, more = {}) => store(key, Buffer.from(text), more),
    textOf: (key) => (objects.has(key) ? Buffer.from(present(objects.get(key), key).bytes).toString() : undefined),
    keys: () => entries({}).map(({ key }) => key),
    async *list(options = {}) {
      const all = entries(options);
      for (let from = 0; from < all.length; from += PAGE) yield all.slice(from, from + PAGE);
    },
    async head(key) {
      const object = objects.get(key);
      return object && { ...object, sizeBytes: object.bytes.length, crc64: crc64(object.bytes) };
    },
    async read(key, { ifMatch, range } = {}) {
      const object = objects.get(key);
      if (object === undefined) throw new StoreError('not-found', `${url}${key} is not there.`);
      if (ifMatch !== undefined && ifMatch !== object.etag) throw new StoreError('precondition-failed', `${url}${key} has changed.`);
      const bytes = range ? object.bytes.subarray(range.startByte, range.endByte + 1) : object.bytes;
      return {
        etag: object.etag,
        contentLengthBytes: bytes.length,
        properties: object.properties,
        md5: createHash('md5').update(object.bytes).digest('hex'),
        body: (async function* () {
          yield bytes;
        })(),
      };
    },
    async write(key, body, { properties, provenance, condition }) {
      check(key, condition);
      return { etag: store(key, body, { properties, ...(provenance && { provenance }) }).etag, verified: 'crc64' };
    },
    async delete(key, { ifMatch } = {}) {
      if (ifMatch !== undefined) check(key, { ifMatch });
      objects.delete(key);
    },
    async beginUpload(request) {
      const id = `upload-${++versions}`;
      uploads.set(id, new Map());
      return { ...request, id };
    },
    async uploadPart({ id }, number, body) {
      present(uploads.get(id), id).set(number, Uint8Array.from(body));
      return { number, sizeBytes: body.length };
    },
    async listParts({ id }) {
      return [...(uploads.get(id) ?? [])].map(([number, { length }]): UploadedPart => ({ number, sizeBytes: length }));
    },
    async commit({ id, key, properties, provenance }, parts, { condition }) {
      const kept = present(uploads.get(id), id);
      check(key, condition);
      const body = Buffer.concat(parts.map(({ number }) => present(kept.get(number), `part ${number}`)));
      uploads.delete(id);
      return { etag: store(key, body, { properties, ...(provenance && { provenance }) }).etag, verified: 'crc64' };
    },
    async abort({ id }) {
      uploads.delete(id);
    },
    refuseKey: () => undefined,
  };
}
