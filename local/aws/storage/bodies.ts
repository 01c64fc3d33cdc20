import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Segment } from './stored-object.ts';

/** A body that is being written. It is nobody's until its segment is in a record. */
export interface BodyWriter {
  write(chunk: Uint8Array): Promise<void>;
  /** Closes it and says what was written. */
  finish(): Promise<Segment>;
  /** Throws away what was written. */
  discard(): Promise<void>;
}

/** Bytes `startByte` to `endByte` of a body, both included. */
export interface BodyRange {
  readonly startByte: number;
  readonly endByte: number;
}

export type Bodies = Awaited<ReturnType<typeof openBodies>>;

const READ_BYTES = 256 * 1024;

/** Keeps bodies in `directory`, one file each, written once and never changed. */
export async function openBodies(directory: string) {
  await mkdir(directory, { recursive: true });
  const pathOf = (id: string) => join(directory, id);
  const readers = new Map<string, number>();
  const removedWhileRead = new Set<string>();

  function hold(id: string): void {
    readers.set(id, (readers.get(id) ?? 0) + 1);
  }

  function release(id: string): void {
    const left = (readers.get(id) ?? 1) - 1;
    if (left > 0) {
      readers.set(id, left);
      return;
    }
    readers.delete(id);
    // Should this fail, the next start sweeps it up.
    if (removedWhileRead.delete(id)) rm(pathOf(id), { force: true }).catch(() => undefined);
  }

  async function* readSegments(segments: readonly Segment[], range: BodyRange): AsyncGenerator<Uint8Array> {
    let segmentStart = 0;
    for (const { id, sizeBytes } of segments) {
      const startByte = Math.max(range.startByte - segmentStart, 0);
      const endByte = Math.min(range.endByte - segmentStart, sizeBytes - 1);
      if (startByte <= endByte) yield* readFileRange(pathOf(id), { startByte, endByte });
      segmentStart += sizeBytes;
    }
  }

  return {
    async create(): Promise<BodyWriter> {
      const id = randomUUID();
      const file = await open(pathOf(id), 'wx');
      let sizeBytes = 0;
      return {
        async write(chunk) {
          await file.writeFile(chunk);
          sizeBytes += chunk.length;
        },
        async finish() {
          await file.close();
          return { id, sizeBytes };
        },
        async discard() {
          await file.close();
          await rm(pathOf(id), { force: true });
        },
      };
    },

    /** Reads lazily. Segments that are removed meanwhile stay readable until the stream is consumed or destroyed. */
    read(segments: readonly Segment[], range: BodyRange): Readable {
      for (const { id } of segments) hold(id);
      return Readable.from(readSegments(segments, range), { objectMode: false }).once('close', () => {
        for (const { id } of segments) release(id);
      });
    },

    async remove(segments: readonly Segment[]): Promise<void> {
      for (const { id } of segments) {
        if (readers.has(id)) removedWhileRead.add(id);
        else await rm(pathOf(id), { force: true });
      }
    },

    /** Deletes what no record names: bodies whose writer was killed. */
    async sweep(isKept: (id: string) => boolean): Promise<void> {
      for (const id of await readdir(directory)) if (!isKept(id)) await rm(pathOf(id), { force: true });
    },
  };
}

async function* readFileRange(path: string, range: BodyRange): AsyncGenerator<Uint8Array> {
  await using file = await open(path);
  for (let position = range.startByte; position <= range.endByte; ) {
    const buffer = Buffer.allocUnsafe(Math.min(READ_BYTES, range.endByte + 1 - position));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) throw new Error(`The body ${path} ends before byte ${range.endByte}.`);
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
