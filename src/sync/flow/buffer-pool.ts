/** A piece of memory on loan. */
export interface PooledBuffer {
  readonly bytes: Uint8Array;
  /** Gives it back. Call it once, and do not touch `bytes` afterwards. */
  release(): void;
}

/** A fixed set of buffers: it is the budget of bytes in flight, and so the back-pressure on reading. */
export interface BufferPool {
  /** Waits for a buffer of at least `minBytes`, first come first served. Throws RangeError when no buffer is that large. */
  acquire(minBytes: number, signal?: AbortSignal): Promise<PooledBuffer>;
}

interface SizeClass {
  readonly bufferBytes: number;
  readonly count: number;
}

/** The memory is touched, and so becomes resident, only as far as it is used. `classes` ascend by size. */
export function createBufferPool(classes: readonly SizeClass[]): BufferPool {
  const shelves = classes.map(({ bufferBytes, count }) => ({ bufferBytes, acquire: createShelf(bufferBytes, count) }));
  return {
    async acquire(minBytes, signal) {
      const shelf = shelves.find(({ bufferBytes }) => bufferBytes >= minBytes);
      if (shelf === undefined) throw new RangeError(`No buffer of the pool holds ${minBytes} bytes.`);
      return shelf.acquire(signal);
    },
  };
}

function createShelf(bufferBytes: number, count: number): (signal?: AbortSignal) => Promise<PooledBuffer> {
  const free: Uint8Array[] = [];
  const waiting: ((bytes: Uint8Array) => void)[] = [];
  let made = 0;

  function giveBack(bytes: Uint8Array): void {
    const next = waiting.shift();
    if (next === undefined) free.push(bytes);
    else next(bytes);
  }

  function loan(bytes: Uint8Array): PooledBuffer {
    let isOut = true;
    return {
      bytes,
      release() {
        if (!isOut) throw new Error('A buffer was released twice.');
        isOut = false;
        giveBack(bytes);
      },
    };
  }

  return async (signal) => {
    signal?.throwIfAborted();
    const atHand = free.pop();
    if (atHand !== undefined) return loan(atHand);
    if (made < count) {
      made++;
      return loan(Buffer.allocUnsafeSlow(bufferBytes));
    }
    return loan(await turn(waiting, signal));
  };
}

function turn(waiting: ((bytes: Uint8Array) => void)[], signal: AbortSignal | undefined): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      waiting.splice(waiting.indexOf(take), 1);
      reject(signal?.reason);
    };
    const take = (bytes: Uint8Array) => {
      signal?.removeEventListener('abort', onAbort);
      resolve(bytes);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    waiting.push(take);
  });
}
