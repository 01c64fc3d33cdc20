import { createHash } from 'node:crypto';

/** An MD5 over pieces that arrive out of order. */
export interface OrderedMd5 {
  /** Waits until all pieces before `index` (from 0) are in, then adds this one. Throws the signal's reason when they will never be. */
  add(index: number, bytes: Uint8Array, signal: AbortSignal): Promise<void>;
  /** 32 lower-case hex digits, once all pieces are in. */
  digest(): string;
}

export function createOrderedMd5(): OrderedMd5 {
  const hash = createHash('md5');
  const turns: PromiseWithResolvers<void>[] = [];

  function turn(index: number): PromiseWithResolvers<void> {
    turns[index] ??= Promise.withResolvers<void>();
    return turns[index];
  }

  turn(0).resolve();
  return {
    async add(index, bytes, signal) {
      await orAborted(turn(index).promise, signal);
      hash.update(bytes);
      turn(index + 1).resolve();
    },
    digest: () => hash.digest('hex'),
  };
}

function orAborted(turn: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    turn.then(resolve);
  });
}
