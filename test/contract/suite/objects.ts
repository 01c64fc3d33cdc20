import { crc64 } from '../../../src/sync/store/crc64.ts';
import type { ObjectEntry, ObjectHead, ObjectProperties, ObjectRead } from '../../../src/sync/store/objects.ts';
import type { ListOptions, ReadOptions, Store, Upload, UploadedPart, WriteOptions, Written } from '../../../src/sync/store/store.ts';
import { isStoreError, type StoreError } from '../../../src/sync/store/store-error.ts';

export const NO_PROPERTIES: ObjectProperties = { metadata: {} };

/** Bytes that differ from place to place, so that none can be lost or moved unseen. */
export function someBytes(length: number, seed = 1): Uint8Array {
  const bytes = Buffer.alloc(length);
  let state = seed;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

/** Writes with the right checksum unless `options` give another. */
export function write(store: Store, key: string, body: string | Uint8Array, options: Partial<WriteOptions> = {}): Promise<Written> {
  const bytes = Buffer.from(body);
  return store.write(key, bytes, { properties: NO_PROPERTIES, crc64: crc64(bytes), ...options });
}

/** What the service says by itself of the content of an object that we copied, or else our mark. */
export function crc64In(answer: Pick<ObjectHead | ObjectRead, 'crc64' | 'provenance'> | undefined): bigint | undefined {
  return answer?.crc64 ?? answer?.provenance?.crc64;
}

export async function readBytes(store: Store, key: string, options: ReadOptions = {}): Promise<Buffer> {
  const { body, contentLengthBytes } = await store.read(key, options);
  const bytes = Buffer.concat(await Array.fromAsync(body));
  if (bytes.length !== contentLengthBytes) throw new Error(`Announced ${contentLengthBytes} bytes, delivered ${bytes.length}.`);
  return bytes;
}

export async function readText(store: Store, key: string, options: ReadOptions = {}): Promise<string> {
  return (await readBytes(store, key, options)).toString();
}

export async function entriesOf(store: Store, options: ListOptions = {}): Promise<ObjectEntry[]> {
  return (await Array.fromAsync(store.list(options))).flat();
}

export async function keysOf(store: Store, options: ListOptions = {}): Promise<string[]> {
  return (await entriesOf(store, options)).map(({ key }) => key);
}

/** The StoreError that `act` ends with; fails when it does not. */
export async function failureOf(act: Promise<unknown>): Promise<StoreError> {
  const outcome = await act.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('error' in outcome && isStoreError(outcome.error)) return outcome.error;
  throw new Error('Expected a StoreError.', { cause: 'error' in outcome ? outcome.error : outcome.value });
}

/** A body that comes in these pieces. */
export async function* piecesOf(...pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

/** A body that fails after its first piece. */
export async function* breakingOff(first: Uint8Array): AsyncGenerator<Uint8Array> {
  yield first;
  throw new Error('The body broke off.');
}

/** Uploads one part with the right checksum. */
export function uploadPart(store: Store, upload: Upload, number: number, body: Uint8Array): Promise<UploadedPart> {
  return store.uploadPart(upload, number, body, { crc64: crc64(body) });
}
