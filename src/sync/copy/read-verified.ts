import { type Crc64, combineCrc64, crc64, createRunningCrc64 } from '../store/crc64.ts';
import type { ObjectVersion } from '../store/object-version.ts';
import type { ByteRange, ObjectHead, ObjectProperties, ObjectRead, Provenance } from '../store/objects.ts';
import { readPinned } from '../store/read-pinned.ts';
import type { Store } from '../store/store.ts';
import { isStoreError, StoreError } from '../store/store-error.ts';
import { compareWithSource, type Known, mismatch, OUTDATED, type SourceProof, type WholeRead } from './source-proof.ts';

/** The SDKs retry requests, not bodies: one that breaks off or arrives changed is read again, this many times in all. */
const MAX_READS = 4;

/** The source is no longer the version that was listed. */
export class SourceChangedError extends Error {
  override readonly name = 'SourceChangedError';
}

/** An object's bytes in the caller's buffer, and what is known about them. */
export interface VerifiedRead extends SourceProof {
  /** A view of the caller's buffer. */
  readonly bytes: Uint8Array;
  readonly crc64: Crc64;
  readonly properties: ObjectProperties;
  readonly provenance: Provenance | undefined;
}

interface StreamRequest {
  readonly entry: ObjectVersion;
  readonly signal: AbortSignal;
}

interface ReadRequest extends StreamRequest {
  /** At least as long as the object or the range. */
  readonly buffer: Uint8Array;
}

/**
 * Reads the listed version of a whole object and compares it with what the source says of it, as {@link proveSource} does. Throws
 * {@link SourceChangedError} or a StoreError.
 */
export function readWhole(source: Store, { entry, buffer, signal }: ReadRequest): Promise<VerifiedRead> {
  return untilIntact(source, { entry, signal }, async (read) => {
    const bytes = await fillBuffer(read, buffer, entry.sizeBytes, source.url);
    const crc = crc64(bytes);
    const proof = await proveSource(source, { entry, signal }, read, { crc64: crc, bytes });
    return { bytes, crc64: crc, properties: read.properties, provenance: read.provenance, ...proof };
  });
}

/**
 * Finds out by whose word the bytes that were read are those of the listed version. Where they do not fit what its writer left with it,
 * they are read once more: the same bytes again show that this is outdated. Throws `checksum-mismatch` when they are others, or not those
 * that the service keeps a checksum of; and SourceChangedError.
 */
export async function proveSource(source: Store, request: StreamRequest, known: Known, read: WholeRead): Promise<SourceProof> {
  const { key } = request.entry;
  const proof = compareWithSource(known, read, key);
  if (proof !== undefined) return proof;
  if ((await readCrc64(source, request)) === read.crc64) return OUTDATED;
  throw mismatch(key, 'the checksum that its writer left with it', 'something on the way damages it');
}

/** CRC-64 of a whole object. It is read in two pieces: what damages an answer always at the same place does not do so twice alike. */
export async function readCrc64(source: Store, request: StreamRequest): Promise<Crc64> {
  const { sizeBytes } = request.entry;
  const cut = Math.floor(sizeBytes / 3);
  let crc: Crc64 = 0n;
  for (const range of [
    { startByte: 0, endByte: cut - 1 },
    { startByte: cut, endByte: sizeBytes - 1 },
  ]) {
    if (lengthOf(range) > 0) crc = combineCrc64(crc, await crc64OfRange(source, request, range), lengthOf(range));
  }
  return crc;
}

function crc64OfRange(source: Store, { entry, signal }: StreamRequest, range: ByteRange): Promise<Crc64> {
  return untilIntact(source, { entry, signal, range }, async ({ body }) => {
    const running = await createRunningCrc64();
    for await (const bytes of exactly(body, lengthOf(range), source.url)) running.add(bytes);
    return running.digest();
  });
}

/** Reads a range of the listed version. A store keeps no checksum of a range, so it proves its length only. */
export function readRange(source: Store, { entry, buffer, signal }: ReadRequest, range: ByteRange): Promise<Uint8Array> {
  return untilIntact(source, { entry, signal, range }, (read) => fillBuffer(read, buffer, lengthOf(range), source.url));
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
  return untilIntact(source, { entry, signal, range }, async ({ body }) => {
    try {
      return await take(exactly(body, lengthOf(range), source.url));
    } finally {
      // The reader may have failed before it asked for the first bytes: the connection must not wait for it.
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

async function untilIntact<T>(
  source: Store,
  { entry, signal, range }: StreamRequest & { readonly range?: ByteRange },
  take: (read: ObjectRead) => Promise<T>,
): Promise<T> {
  const { key, etag, sizeBytes } = entry;
  for (let reads = 1; ; reads++) {
    try {
      return await take(await pinned(readPinned(source, { key, etag, sizeBytes, range }, { signal }), entry));
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
