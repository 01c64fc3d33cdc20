import { type BufferPool, createBufferPool, type PooledBuffer } from './buffer-pool.ts';
import type { Limits } from './limits.ts';

/** Bodies that share the bandwidth are few, so that each goes fast enough not to be taken for dead. */
const BODIES_AT_ONCE = 4;

/** Fewer loans at once of a run whose bandwidth is limited: its slow reads must not keep the memory from other runs. */
export function limitPool(pool: BufferPool, { bytesPerSecond }: Limits): BufferPool {
  if (bytesPerSecond === undefined) return pool;
  // Buffers of no bytes are places to wait for.
  const places = createBufferPool([{ bufferBytes: 0, count: BODIES_AT_ONCE }]);
  return {
    async acquire(minBytes, signal) {
      const place = await places.acquire(0, signal);
      try {
        return releasingBoth(await pool.acquire(minBytes, signal), place);
      } catch (error) {
        place.release();
        throw error;
      }
    },
  };
}

function releasingBoth({ bytes, release }: PooledBuffer, place: PooledBuffer): PooledBuffer {
  return {
    bytes,
    release() {
      release();
      place.release();
    },
  };
}
