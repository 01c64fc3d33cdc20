import { createHash } from 'node:crypto';
import { crc64 } from '../../../src/sync/store/crc64.ts';
import { keyEscape } from '../../../src/sync/store/escape.ts';
import { compareKeys } from '../../../src/sync/store/key-order.ts';
import type { ObjectDescription, ObjectEntry, ObjectProperties, Provenance, Tags } from '../../../src/sync/store/objects.ts';
import { present } from '../../../src/sync/store/present.ts';
import type { Condition, ListOptions, Store, UploadedPart } from '../../../src/sync/store/store.ts';
import { StoreError } from '../../../src/sync/store/store-error.ts';

interface StoredObject {
  readonly bytes: Uint8Array;
  readonly etag: string;
  readonly lastModified: Date;
  readonly properties: ObjectProperties;
  readonly provenance?: Provenance;
  readonly tier?: string;
  readonly tags?: Tags;
}

export interface MemoryStore extends Store {
  readonly objects: Map<string, StoredObject>;
  put(
    key: string,
    text: string,
    more?: Partial<Pick<StoredObject, 'lastModified' | 'properties' | 'provenance' | 'tier' | 'tags'>>,
  ): StoredObject;
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

  function partsOf(id: string): Map<number, Uint8Array> {
    const parts = uploads.get(id);
    if (parts === undefined) throw new StoreError('not-found', `There is no upload ${id}.`);
    return parts;
  }

  function entries({ startAfter, endBefore }: ListOptions): ObjectEntry[] {
    return [...objects]
      .map(([key, { bytes, etag, lastModified, tier }]) => ({ key, sizeBytes: bytes.length, etag, lastModified, ...(tier && { tier }) }))
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
      const { pageSize = PAGE } = options;
      for (let from = 0; from < all.length; from += pageSize) yield all.slice(from, from + pageSize);
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
        ...(range && { contentRange: { startByte: range.startByte, totalBytes: object.bytes.length } }),
        properties: object.properties,
        ...(object.provenance && { provenance: object.provenance }),
        md5: createHash('md5').update(object.bytes).digest('hex'),
        body: (async function* () {
          yield bytes;
        })(),
      };
    },
    async readTags(key) {
      const object = objects.get(key);
      if (object === undefined) throw new StoreError('not-found', `${url}${key} is not there.`);
      return object.tags ?? {};
    },
    async write(key, body, { condition, ...description }) {
      check(key, condition);
      return { etag: store(key, body, asStored(description, body)).etag, verified: 'crc64' };
    },
    async delete(key, { ifMatch } = {}) {
      if (ifMatch !== undefined && objects.has(key)) check(key, { ifMatch });
      objects.delete(key);
      return {};
    },
    requestRestore: async () => 'requested',
    uploadLimits: { maxParts: 10_000, maxPartBytes: 5 * 1024 ** 3 },
    async beginUpload(request) {
      const id = `upload-${++versions}`;
      uploads.set(id, new Map());
      return { ...request, id };
    },
    async uploadPart({ id }, number, body) {
      partsOf(id).set(number, Uint8Array.from(body));
      return partOf(number, body);
    },
    async uploadStreamedPart({ id }, number, body, { sizeBytes }) {
      const bytes = Buffer.concat(await Array.fromAsync(body));
      if (bytes.length !== sizeBytes) throw new StoreError('rejected', `The part has ${bytes.length} bytes, not ${sizeBytes}.`);
      partsOf(id).set(number, bytes);
      return partOf(number, bytes);
    },
    async listParts({ id }, { fromNumber = 1, toNumber = Infinity } = {}) {
      const parts = [...(uploads.get(id) ?? [])].map(([number, body]) => partOf(number, body));
      return parts.filter(({ number }) => number >= fromNumber && number <= toNumber).sort((a, b) => a.number - b.number);
    },
    async commit({ id, key, ...description }, parts, { condition }) {
      const kept = partsOf(id);
      check(key, condition);
      const body = Buffer.concat(parts.map(({ number }) => bytesOf(kept, number)));
      uploads.delete(id);
      return { etag: store(key, body, asStored(description, body)).etag, verified: 'crc64' };
    },
    async abort({ id }) {
      uploads.delete(id);
    },
    folderForm: 'slash',
    refuseKey: () => undefined,
    escapeKey: (key) => keyEscape.escape(key, /\.$/),
    findMisfits: () => [],
  };
}

/** No HEAD or read shows tags. The mark of a copy has the checksum of its bytes. */
function asStored({ properties: { tags, ...properties }, provenance, tier }: ObjectDescription, body: Uint8Array): Partial<StoredObject> {
  return {
    properties,
    ...(provenance && { provenance: { ...provenance, crc64: crc64(body) } }),
    ...(tier && { tier }),
    ...(tags && { tags }),
  };
}

function partOf(number: number, body: Uint8Array): UploadedPart {
  const crc = crc64(body);
  return { number, sizeBytes: body.length, etag: `"${crc.toString(16)}"`, crc64: crc };
}

function bytesOf(parts: ReadonlyMap<number, Uint8Array>, number: number): Uint8Array {
  const bytes = parts.get(number);
  if (bytes === undefined) throw new StoreError('not-found', `There is no part ${number}.`);
  return bytes;
}
