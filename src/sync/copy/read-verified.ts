import { createHash } from 'node:crypto';
import { type Crc64, crc64 } from '../crc64.ts';
import type { ObjectVersion } from '../object-version.ts';
import type { ByteRange, ObjectHead, ObjectProperties, ObjectRead, Provenance } from '../objects.ts';
import type { Store, Verified } from '../store.ts';
import { isStoreError, StoreError } from '../store-error.ts';

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
  readonly provenance: Provenance | undefined;
  /** What the source's own record proved; `length` where it keeps none. */
  readonly verified: Verified;
}

interface StreamRequest {
  readonly entry: ObjectVersion;
  readonly signal: AbortSignal;
}

interface ReadRequest extends StreamRequest {
  /** At least as long as the object or the range. */
  readonly buffer: Uint8Array;
}

/** Reads the listed version of a whole object and checks it against the source's own checksum. Throws {@link SourceChangedError}. */
export function readWhole(source: Store, { entry, buffer, signal }: ReadRequest): Promise<VerifiedRead> {
  const open = () => source.read(entry.key, { ifMatch: entry.etag, signal });
  return untilIntact(open, entry, async (read) => {
    const bytes = await fillBuffer(read, buffer, entry.sizeBytes, source.url);
    const crc = crc64(bytes);
    return {
      bytes,
      crc64: crc,
      properties: read.properties,
      provenance: read.provenance,
      verified: compareWithRecord(read, bytes, crc, entry),
    };
  });
}

/** Reads a range of the listed version. A store keeps no checksum of a range, so it proves its length only. */
export function readRange(source: Store, { entry, buffer, signal }: ReadRequest, range: ByteRange): Promise<Uint8Array> {
  const open = () => source.read(entry.key, { ifMatch: entry.etag, range, signal });
  return untilIntact(open, entry, (read) => fillBuffer(read, buffer, lengthOf(range), source.url));
}

/**
 * Reads a range of the listed version through no buffer: `take` gets its bytes as they come. When they break off, or `take` finds them
 * damaged or its own end unavailable, it is called again with a new body.
 */
export function streamRange<T>(
  source: Store,
  { entry, signal }: StreamRequest,
  range: ByteRange,
  take: (body: AsyncIterable<Uint8Array>) => Promise<T>,
): Promise<T> {
  const open = () => source.read(entry.key, { ifMatch: entry.etag, range, signal });
  return untilIntact(open, entry, async ({ body }) => {
    try {
      return await take(exactly(body, lengthOf(range), source.url));
    } finally {
      // Who takes the bytes may have failed before it asked for the first: the connection must not wait for that.
      await body[Symbol.asyncIterator]().return?.();
    }
  });
}

/** HEAD of the listed version. Throws {@link SourceChangedError} when it is no longer there. */
export async function headPinned(source: Store, entry: ObjectVersion, signal: AbortSignal): Promise<ObjectHead> {
  const head = await source.head(entry.key, { signal });
  if (head?.etag === entry.etag) return head;
  throw changed(entry);
}

async function untilIntact<T>(open: () => Promise<ObjectRead>, entry: ObjectVersion, take: (read: ObjectRead) => Promise<T>): Promise<T> {
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
async function pinned<T>(request: Promise<T>, entry: ObjectVersion): Promise<T> {
  try {
    return await request;
  } catch (error) {
    const isChanged = isStoreError(error, 'precondition-failed') || (isStoreError(error, 'not-found') && !error.isWholeStore);
    throw isChanged ? changed(entry, error) : error;
  }
}

function changed({ key }: ObjectVersion, cause?: unknown): SourceChangedError {
  return new SourceChangedError(`The source object ${JSON.stringify(key)} changed after it was listed.`, { cause });
}

async function fillBuffer({ body }: ObjectRead, buffer: Uint8Array, expectedBytes: number, url: string): Promise<Uint8Array> {
  let filled = 0;
  for await (const chunk of exactly(body, expectedBytes, url)) {
    buffer.set(chunk, filled);
    filled += chunk.length;
  }
  return buffer.subarray(0, filled);
}

async function* exactly(body: AsyncIterable<Uint8Array>, expectedBytes: number, url: string): AsyncGenerator<Uint8Array> {
  let receivedBytes = 0;
  for await (const chunk of body) {
    receivedBytes += chunk.length;
    if (receivedBytes > expectedBytes) throw wrongLength(url, expectedBytes);
    yield chunk;
  }
  if (receivedBytes !== expectedBytes) throw wrongLength(url, expectedBytes);
}

function lengthOf({ startByte, endByte }: ByteRange): number {
  return endByte - startByte + 1;
}

function wrongLength(url: string, expectedBytes: number): StoreError {
  return new StoreError('unavailable', `${url} did not deliver the ${expectedBytes} bytes that it announced.`);
}

function compareWithRecord(read: ObjectRead, bytes: Uint8Array, crc: Crc64, { key }: ObjectVersion): Verified {
  const kept = read.crc64 ?? read.provenance?.crc64;
  const md5 = read.md5 ?? read.claimedMd5;
  if (kept !== undefined) return proved(kept === crc, 'crc64', key);
  if (md5 !== undefined) return proved(createHash('md5').update(bytes).digest('hex') === md5, 'md5', key);
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
