import { createHash } from 'node:crypto';
import { type Crc64, crc64 } from './crc64.ts';
import type { ByteRange, ObjectEntry, ObjectProperties, ObjectRead, Store, Verified } from './store.ts';
import { isStoreError, StoreError } from './store-error.ts';

/** The SDKs retry requests, not bodies: one that breaks off or arrives changed is read again, this many times in all. */
const MAX_READS = 4;

/** The source is no longer the version that was listed. */
export class SourceChangedError extends Error {
  override readonly name = 'SourceChangedError';
}

/** An object's bytes in the caller's buffer, and what is known about them. */
export interface VerifiedRead {
  /** A view of the caller's buffer. */
  readonly bytes: Uint8Array;
  readonly crc64: Crc64;
  readonly properties: ObjectProperties;
  /** What the source's own record proved; `length` where it keeps none. */
  readonly verified: Verified;
}

interface ReadRequest {
  readonly entry: ObjectEntry;
  /** At least as long as the object or the range. */
  readonly buffer: Uint8Array;
  readonly signal: AbortSignal;
}

/** Reads the listed version of a whole object and checks it against the source's own checksum. Throws {@link SourceChangedError}. */
export function readWhole(source: Store, { entry, buffer, signal }: ReadRequest): Promise<VerifiedRead> {
  const open = () => source.read(entry.key, { ifMatch: entry.etag, signal });
  return untilIntact(open, entry, async (read) => {
    const bytes = await fillBuffer(read, buffer, entry.sizeBytes, source.url);
    const crc = crc64(bytes);
    return { bytes, crc64: crc, properties: read.properties, verified: compareWithRecord(read, bytes, crc, entry) };
  });
}

/** Reads a range of the listed version. A store keeps no checksum of a range, so it proves its length only. */
export function readRange(source: Store, { entry, buffer, signal }: ReadRequest, range: ByteRange): Promise<Uint8Array> {
  const open = () => source.read(entry.key, { ifMatch: entry.etag, range, signal });
  return untilIntact(open, entry, (read) => fillBuffer(read, buffer, range.endByte - range.startByte + 1, source.url));
}

async function untilIntact<T>(open: () => Promise<ObjectRead>, entry: ObjectEntry, take: (read: ObjectRead) => Promise<T>): Promise<T> {
  for (let reads = 1; ; reads++) {
    const read = await pinned(open(), entry);
    try {
      return await take(read);
    } catch (error) {
      if (reads >= MAX_READS || !isStoreError(error, 'unavailable', 'checksum-mismatch')) throw error;
    }
  }
}

/** Turns the refusal of a pinned read into {@link SourceChangedError}. */
export async function pinned<T>(request: Promise<T>, { key }: ObjectEntry): Promise<T> {
  try {
    return await request;
  } catch (error) {
    const isChanged = isStoreError(error, 'precondition-failed') || (isStoreError(error, 'not-found') && !error.isWholeStore);
    throw isChanged
      ? new SourceChangedError(`The source object ${JSON.stringify(key)} changed after it was listed.`, { cause: error })
      : error;
  }
}

async function fillBuffer(read: ObjectRead, buffer: Uint8Array, expectedBytes: number, url: string): Promise<Uint8Array> {
  let filled = 0;
  for await (const chunk of read.body) {
    if (filled + chunk.length > expectedBytes) throw wrongLength(url, expectedBytes);
    buffer.set(chunk, filled);
    filled += chunk.length;
  }
  if (filled !== expectedBytes) throw wrongLength(url, expectedBytes);
  return buffer.subarray(0, filled);
}

function wrongLength(url: string, expectedBytes: number): StoreError {
  return new StoreError('unavailable', `${url} did not deliver the ${expectedBytes} bytes that it announced.`);
}

function compareWithRecord(record: Pick<ObjectRead, 'crc64' | 'md5'>, bytes: Uint8Array, crc: Crc64, { key }: ObjectEntry): Verified {
  if (record.crc64 !== undefined) return proved(record.crc64 === crc, 'crc64', key);
  if (record.md5 !== undefined) return proved(createHash('md5').update(bytes).digest('hex') === record.md5, 'md5', key);
  return 'length';
}

/** Answers `kind` when the checksums are equal; throws `checksum-mismatch` otherwise. */
export function proved(isEqual: boolean, kind: 'crc64' | 'md5', key: string): Verified {
  if (isEqual) return kind;
  throw new StoreError(
    'checksum-mismatch',
    `The bytes read of ${JSON.stringify(key)} do not have the ${kind.toUpperCase()} that the source keeps. Run again; if it stays so, the source object is damaged.`,
  );
}
