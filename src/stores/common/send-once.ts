import { Readable } from 'node:stream';
import { StoreError } from '../../sync/store/store-error.ts';

interface SendOptions {
  readonly sizeBytes: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Hands `body` to `send` as a stream that can be sent once. When the body fails, or does not have `sizeBytes`, `send` is stopped by the signal
 * that it is given and the body's error is thrown. The last bytes are held back until the length is known to be right.
 */
export async function sendOnce<T>(
  body: AsyncIterable<Uint8Array>,
  { sizeBytes, signal }: SendOptions,
  send: (stream: Readable, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const sending = new AbortController();
  let failure: { readonly error: unknown } | undefined;

  // An SDK pipes a stream into its request and does not look at its errors: the request would wait for ever. So the request is stopped instead.
  async function* pieces(): AsyncGenerator<Uint8Array> {
    try {
      yield* exactly(body, sizeBytes);
    } catch (error) {
      failure = { error };
      stop();
    }
  }
  const stream = Readable.from(pieces());
  // In this order, so that nothing is written to a request that is gone.
  const stop = () => {
    stream.destroy();
    sending.abort();
  };

  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop);
  try {
    return await send(stream, sending.signal);
  } catch (error) {
    stop();
    throw failure === undefined ? error : failure.error;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

async function* exactly(body: AsyncIterable<Uint8Array>, sizeBytes: number): AsyncGenerator<Uint8Array> {
  let receivedBytes = 0;
  let held: Uint8Array | undefined;
  for await (const piece of body) {
    receivedBytes += piece.length;
    if (receivedBytes > sizeBytes) throw wrongLength(`more than ${sizeBytes}`, sizeBytes);
    if (piece.length === 0) continue;
    if (held !== undefined) yield held;
    held = piece;
  }
  if (receivedBytes < sizeBytes) throw wrongLength(`${receivedBytes}`, sizeBytes);
  if (held !== undefined) yield held;
}

function wrongLength(received: string, sizeBytes: number): StoreError {
  const message = `A part has ${received} bytes instead of ${sizeBytes}, and was not stored: start the run again.`;
  return new StoreError('rejected', message);
}
