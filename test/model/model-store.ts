import { createHash } from 'node:crypto';
import { crc64 } from '../../src/sync/store/crc64.ts';
import { compareKeys } from '../../src/sync/store/key-order.ts';
import type { ObjectEntry, Provenance } from '../../src/sync/store/objects.ts';
import { present } from '../../src/sync/store/present.ts';
import type { Condition, Store } from '../../src/sync/store/store.ts';
import { StoreError } from '../../src/sync/store/store-error.ts';
import { createMemoryStore } from '../support/stores/memory-store.ts';

/** An object as a service keeps it. `header` stands for all that travels beside the bytes. */
export interface ModelObject {
  readonly content: string;
  readonly header: string;
  readonly etag: string;
  /** Seconds since 1970. */
  readonly modifiedAt: number;
  readonly mark?: Provenance;
  /** MD5 as the writer of a blob says it. */
  readonly claimedMd5?: string;
}

export type Cloud = 'blob' | 's3';

export interface ModelStore extends Store {
  readonly cloud: Cloud;
  readonly objects: Map<string, ModelObject>;
  /** Keys that the bridge wrote, and that no run has compared since. */
  readonly uncompared: Set<string>;
  /** Writes as another client does. */
  put(key: string, content: string, header: string, more?: Partial<ModelObject>): void;
}

interface ModelOptions {
  /** Whole seconds, as both services keep times. */
  readonly now: () => number;
  /** Called before each request: throws when the worker is to die. */
  readonly onRequest: () => void;
}

/** A store with the ETags, times, checksums and listings of one of the clouds. */
export function createModelStore(cloud: Cloud, { now, onRequest }: ModelOptions): ModelStore {
  const objects = new Map<string, ModelObject>();
  const uncompared = new Set<string>();
  const url = `${cloud}://model/`;
  let versions = 0;

  /** S3's is the MD5 of the bytes; Azure's is new with every write. Objects of some sizes are uploaded in parts. */
  function etagOf(content: string): string {
    if (cloud === 'blob') return `"0x${(++versions).toString(16)}"`;
    return isInParts(content) ? `"${md5(content)}-2"` : `"${md5(content)}"`;
  }

  function put(key: string, content: string, header: string, more: Partial<ModelObject> = {}): void {
    objects.set(key, { content, header, etag: etagOf(content), modifiedAt: now(), ...more });
  }

  function check(key: string, condition: Condition | undefined): void {
    const current = objects.get(key);
    if (condition === undefined) return;
    const holds = condition === 'if-absent' ? current === undefined : current?.etag === condition.ifMatch;
    if (!holds) throw new StoreError('precondition-failed', `${url}${key} is not as expected.`);
  }

  function serviceMd5(object: ModelObject): { readonly md5?: string; readonly claimedMd5?: string } {
    if (cloud === 'blob') return object.claimedMd5 === undefined ? {} : { claimedMd5: object.claimedMd5 };
    return isInParts(object.content) ? {} : { md5: md5(object.content) };
  }

  function entryOf(key: string, object: ModelObject): ObjectEntry {
    const { content, etag, modifiedAt, mark } = object;
    return {
      ...{ key, etag, sizeBytes: content.length, lastModified: new Date(modifiedAt * 1_000) },
      ...serviceMd5(object),
      ...(cloud === 'blob' && mark !== undefined && { sourceEtag: mark.sourceEtag }),
    };
  }

  function describe(object: ModelObject) {
    return {
      etag: object.etag,
      properties: { metadata: { header: object.header } },
      ...serviceMd5(object),
      ...(cloud === 's3' && { crc64: crcOf(object.content) }),
      ...(object.mark !== undefined && { provenance: object.mark }),
    };
  }

  return {
    ...createMemoryStore(url),
    ...{ cloud, objects, uncompared, put },
    async *list({ startAfter, endBefore } = {}) {
      onRequest();
      const keys = [...objects.keys()].filter((key) => startAfter === undefined || compareKeys(key, startAfter) > 0);
      const wanted = keys.filter((key) => endBefore === undefined || compareKeys(key, endBefore) < 0).sort(compareKeys);
      yield wanted.map((key) => entryOf(key, present(objects.get(key), key)));
    },
    async head(key) {
      onRequest();
      const object = objects.get(key);
      return object && { ...entryOf(key, object), ...describe(object) };
    },
    async read(key, { ifMatch, range } = {}) {
      onRequest();
      const object = objects.get(key);
      if (object === undefined) throw new StoreError('not-found', `${url}${key} is not there.`);
      check(key, ifMatch === undefined ? undefined : { ifMatch });
      const bytes = Buffer.from(object.content);
      const part = range === undefined ? bytes : bytes.subarray(range.startByte, range.endByte + 1);
      const contentRange = range && { startByte: range.startByte, totalBytes: bytes.length };
      return { ...describe(object), contentLengthBytes: part.length, ...(contentRange && { contentRange }), body: each(part) };
    },
    async write(key, body, { condition, properties, provenance }) {
      onRequest();
      check(key, condition);
      const content = Buffer.from(body).toString();
      const isMarkWhole = cloud === 'blob' || !isInParts(content);
      const mark = provenance && { ...provenance, ...(isMarkWhole && { crc64: crcOf(content) }) };
      put(key, content, properties.metadata['header'] ?? '', {
        ...(mark && { mark }),
        ...(cloud === 'blob' && { claimedMd5: md5(content) }),
      });
      uncompared.add(key);
      const { etag, modifiedAt } = present(objects.get(key), key);
      return { etag, verified: 'crc64', ...(cloud === 'blob' && { modifiedAt }) };
    },
    async delete(key, { ifMatch } = {}) {
      onRequest();
      if (ifMatch !== undefined && objects.has(key)) check(key, { ifMatch });
      objects.delete(key);
      return {};
    },
  };
}

/** The store does not keep objects of three bytes whole. */
function isInParts(content: string): boolean {
  return content.length === 3;
}

export function md5(content: string): string {
  return createHash('md5').update(content).digest('hex');
}

export function crcOf(content: string): bigint {
  return crc64(Buffer.from(content));
}

async function* each(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
