import { randomUUID } from 'node:crypto';
import type { State } from '../../../src/runs/state.ts';

/** The app's records in memory, for tests that make many runs. `blobs` can be copied and put back. */
export function createMemoryState(): State & { readonly blobs: Map<string, { readonly bytes: Buffer; readonly etag: string }> } {
  const blobs = new Map<string, { readonly bytes: Buffer; readonly etag: string }>();

  function put(path: string, bytes: Buffer): string {
    const etag = randomUUID();
    blobs.set(path, { bytes, etag });
    return etag;
  }

  return {
    blobs,
    async read<T>(path: string) {
      const blob = blobs.get(path);
      return blob && { value: JSON.parse(blob.bytes.toString()) as T, etag: blob.etag };
    },
    async write(path, value, guard) {
      const current = blobs.get(path)?.etag;
      const holds = guard === undefined || (guard === 'if-absent' ? current === undefined : current === guard.ifMatch);
      return holds ? put(path, Buffer.from(JSON.stringify(value))) : undefined;
    },
    async remove(path, guard) {
      const current = blobs.get(path)?.etag;
      return current !== undefined && (guard === undefined || guard.ifMatch === current) && blobs.delete(path);
    },
    async *list(prefix) {
      yield* [...blobs.keys()].filter((path) => path.startsWith(prefix)).sort();
    },
    async createLog(path) {
      put(path, Buffer.alloc(0));
    },
    async append(path, text, position) {
      const before = blobs.get(path)?.bytes ?? Buffer.alloc(0);
      if (before.length !== position) throw new Error(`The log ${path} has a second writer.`);
      put(path, Buffer.concat([before, Buffer.from(text)]));
      return position + Buffer.byteLength(text);
    },
    async stream(path, offset = 0) {
      const blob = blobs.get(path);
      return blob && { body: each(blob.bytes.subarray(offset)), totalBytes: blob.bytes.length };
    },
    async writeStream(path, body) {
      put(path, Buffer.concat(await Array.fromAsync(body)));
    },
  };
}

async function* each(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes;
}
