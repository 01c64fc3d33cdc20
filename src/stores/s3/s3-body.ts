import { addAbortSignal, Readable } from 'node:stream';
import type { StoreError } from '../../sync/store/store-error.ts';

interface BodyOptions {
  readonly contentLengthBytes: number;
  readonly signal?: AbortSignal | undefined;
  toStoreError(error: unknown): StoreError;
}

/** The bytes of a download. It fails with a StoreError, also when they end early, and lets go of the connection when the reader stops. */
export function bodyOf(stream: unknown, { contentLengthBytes, signal, toStoreError }: BodyOptions): AsyncIterable<Uint8Array> {
  if (!(stream instanceof Readable)) throw new TypeError('The answer has no body that Node can read.');
  if (signal !== undefined) addAbortSignal(signal, stream);
  // The reader learns of an error when it reads; before that nobody listens, and the process would end.
  stream.on('error', () => undefined);
  return {
    [Symbol.asyncIterator]() {
      const chunks: AsyncIterator<Uint8Array> = stream[Symbol.asyncIterator]();
      let missingBytes = contentLengthBytes;
      return {
        async next() {
          try {
            const chunk = await chunks.next();
            if (chunk.done !== true) missingBytes -= chunk.value.length;
            else if (missingBytes > 0) throw new Error(`The last ${missingBytes} bytes are missing.`);
            return chunk;
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
