import { randomBytes } from 'node:crypto';
import type { Store, UploadedPart } from '../../../src/sync/store/store.ts';
import { createMemoryStore } from '../../support/stores/memory-store.ts';

/** As long as what a network read gives. */
const CHUNK_BYTES = 64 * 1_024;

/** Has one object, whose bytes come as they are read. They take no memory, so that a measurement tells of the copier's alone. */
export function createSyntheticSource(sizeBytes: number, etag: string): Store {
  const pattern = randomBytes(CHUNK_BYTES);
  const properties = { metadata: {} };
  return {
    ...createMemoryStore('synthetic://source/'),
    head: async () => ({ sizeBytes, etag, lastModified: new Date(0), properties }),
    async read(_, { range = { startByte: 0, endByte: sizeBytes - 1 } } = {}) {
      const contentLengthBytes = range.endByte - range.startByte + 1;
      const contentRange = { startByte: range.startByte, totalBytes: sizeBytes };
      return { etag, contentLengthBytes, contentRange, properties, body: chunksOf(pattern, contentLengthBytes) };
    },
  };
}

async function* chunksOf(pattern: Uint8Array, lengthBytes: number): AsyncGenerator<Uint8Array> {
  for (let left = lengthBytes; left > 0; left -= CHUNK_BYTES) yield pattern.subarray(0, left);
}

/** Keeps of each part that it has come, and nothing of its bytes. */
export function createDiscardingStore(): Store {
  const parts = new Map<number, UploadedPart>();
  return {
    ...createMemoryStore('synthetic://nowhere/'),
    async uploadPart(_, number, body, { crc64 }) {
      const part = { number, sizeBytes: body.length, crc64 };
      parts.set(number, part);
      return part;
    },
    async listParts(_, { fromNumber = 1, toNumber = Number.POSITIVE_INFINITY } = {}) {
      const listed = [...parts.values()].filter(({ number }) => number >= fromNumber && number <= toNumber);
      return listed.sort((one, other) => one.number - other.number);
    },
    commit: async () => ({ etag: '"committed"', verified: 'crc64' }),
  };
}
