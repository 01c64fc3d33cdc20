import type { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { sendOnce } from '../../../src/stores/common/send-once.ts';

/** What is sent of the body, piece by piece. */
const received = (stream: Readable) => Array.fromAsync(stream, (piece: Uint8Array) => Buffer.from(piece).toString());

/** As SDKs send: they take no notice of how the stream ends, and wait until they are told to stop. */
const forEver = (stream: Readable, signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('The request was stopped.')));
    stream.resume();
  });

async function* bodyOf(...pieces: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield Buffer.from(piece);
}

describe('a body that is sent once', () => {
  it('arrives piece by piece, without empty ones', async () => {
    const pieces = await sendOnce(bodyOf('one', '', 'two', ''), { sizeBytes: 6 }, received);

    expect(pieces).toEqual(['one', 'two']);
  });

  it.each([
    ['too short', bodyOf('one'), 'has 3 bytes instead of 4'],
    ['too long', bodyOf('one', 'two'), 'has more than 4 bytes instead of 4'],
  ])('is refused when it is %s, and its last bytes are not sent', async (_, body, message) => {
    const sent: string[] = [];
    const send = (stream: Readable, signal: AbortSignal) => {
      stream.on('data', (piece: Uint8Array) => sent.push(Buffer.from(piece).toString()));
      return forEver(stream, signal);
    };

    await expect(sendOnce(body, { sizeBytes: 4 }, send)).rejects.toMatchObject({
      code: 'rejected',
      message: expect.stringContaining(message),
    });
    expect(sent).toEqual([]);
  });

  it('stops what sends it when it fails, and tells its own error', async () => {
    const broken = (async function* () {
      yield Buffer.from('some');
      throw new Error('The source is gone.');
    })();

    await expect(sendOnce(broken, { sizeBytes: 100 }, forEver)).rejects.toThrow('The source is gone.');
  });

  it.each([
    ['fires', (controller: AbortController) => setImmediate(() => controller.abort())],
    ['has fired', (controller: AbortController) => controller.abort()],
  ])('stops when its signal %s', async (_, fire) => {
    const controller = new AbortController();
    fire(controller);
    const endless = (async function* () {
      for (;;) {
        yield Buffer.from('more');
        await new Promise(setImmediate);
      }
    })();
    const send = async (stream: Readable, signal: AbortSignal) => {
      signal.throwIfAborted();
      return forEver(stream, signal);
    };

    await expect(sendOnce(endless, { sizeBytes: 1_000_000, signal: controller.signal }, send)).rejects.toThrow(/stopped|aborted/);
  });

  it('is closed when it could not be sent', async () => {
    let isClosed = false;
    const body = (async function* () {
      try {
        for (;;) yield Buffer.from('more');
      } finally {
        isClosed = true;
      }
    })();

    const sending = sendOnce(body, { sizeBytes: 1_000_000 }, async (stream) => {
      for await (const _ of stream) throw new Error('Denied.');
    });

    await expect(sending).rejects.toThrow('Denied.');
    await expect.poll(() => isClosed).toBe(true);
  });
});
