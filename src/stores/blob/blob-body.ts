import { addAbortSignal, Readable } from 'node:stream';
import type { StoreError } from '../../sync/store/store-error.ts';

interface BodyOptions {
  readonly signal?: AbortSignal | undefined;
  toStoreError(error: unknown): StoreError;
}

/** The bytes of a download. It fails with a StoreError, and lets go of the connection when the reader stops early. */
export function bodyOf(stream: unknown, { signal, toStoreError }: BodyOptions): AsyncIterable<Uint8Array> {
  if (!(stream instanceof Readable)) throw new TypeError('The answer has no body that Node can read.');
  if (signal !== undefined) addAbortSignal(signal, stream);
  // The reader learns of an error when it reads; before that nobody listens, and the process would end.
  stream.on('error', () => undefined);
  return {
    [Symbol.asyncIterator]() {
      const chunks: AsyncIterator<Uint8Array> = stream[Symbol.asyncIterator]();
      return {
        async next() {
          try {
            return await chunks.next();
          } catch (error) {
            throw toStoreError(error);
          }
        },
        async return() {
          stream.destroy();
          return { done: true, value: undefined };
        },
      };
    },
  };
}
