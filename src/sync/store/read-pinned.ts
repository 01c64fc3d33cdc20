import type { ByteRange, ContentRange, ObjectRead } from './objects.ts';
import type { CallOptions, Store } from './store.ts';
import { StoreError } from './store-error.ts';

/** The version and range to read. */
export interface PinnedRange {
  readonly key: string;
  readonly etag: string;
  /** Size of the whole object. */
  readonly sizeBytes: number;
  /** The whole object unless given. */
  readonly range?: ByteRange | undefined;
}

/**
 * Begins to read one version of an object, or a range of it, and checks that the answer is about that: a server or a cache on the way may
 * ignore If-Match or Range. Throws StoreErrors: `precondition-failed` for another version, `unavailable` for other bytes.
 */
export async function readPinned(store: Pick<Store, 'read'>, pinned: PinnedRange, { signal }: CallOptions): Promise<ObjectRead> {
  const { key, etag, range } = pinned;
  const read = await store.read(key, { ifMatch: etag, ...(range && { range }), ...(signal && { signal }) });
  const problem = problemOf(read, pinned);
  if (problem === undefined) return read;
  // Nobody reads the body: its connection must not wait for that.
  await read.body[Symbol.asyncIterator]()
    .return?.()
    .catch(() => undefined);
  throw problem;
}

function problemOf(read: ObjectRead, { key, etag, sizeBytes, range }: PinnedRange): StoreError | undefined {
  const name = JSON.stringify(key);
  if (read.etag !== etag) {
    const message = `A read of ${name} was answered with another version than the one that it asked for.`;
    return new StoreError('precondition-failed', message);
  }
  const [startByte, endByte] = [range?.startByte ?? 0, range?.endByte ?? sizeBytes - 1];
  const { startByte: from, totalBytes = sizeBytes } = read.contentRange ?? { startByte: 0, totalBytes: read.contentLengthBytes };
  if (from === startByte && read.contentLengthBytes === endByte - startByte + 1 && totalBytes === sizeBytes) return undefined;
  const asked = `bytes ${startByte} to ${endByte} of ${sizeBytes}`;
  const got = `${read.contentLengthBytes} bytes from byte ${from} on, of ${totalBytes}`;
  const remedy = 'Something on the way changes requests or answers: look for a proxy or cache. Then start the run again.';
  return new StoreError('unavailable', `A read of ${name} asked for ${asked} and was answered with ${got}. ${remedy}`);
}

/** Parses a Content-Range header; returns no member for another header, or none. */
export function contentRangeIn(header: string | undefined): { readonly contentRange?: ContentRange } {
  const [, startByte, totalBytes] = /^bytes (\d{1,16})-\d{1,16}\/(\d{1,16}|\*)$/.exec(header ?? '') ?? [];
  if (startByte === undefined || totalBytes === undefined) return {};
  return { contentRange: { startByte: Number(startByte), ...(totalBytes !== '*' && { totalBytes: Number(totalBytes) }) } };
}
