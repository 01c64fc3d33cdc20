import { describe, expect, it } from 'vitest';
import { createBufferPool } from '../../../src/sync/flow/buffer-pool.ts';

describe('the buffer pool', () => {
  it('lends the smallest buffer that is large enough', async () => {
    const pool = createBufferPool([
      { bufferBytes: 10, count: 1 },
      { bufferBytes: 100, count: 1 },
    ]);

    const buffers = [await pool.acquire(11), await pool.acquire(10)];

    expect(buffers.map(({ bytes }) => bytes.length)).toEqual([100, 10]);
  });

  it('makes callers wait for a buffer, first come first served', async () => {
    const pool = createBufferPool([{ bufferBytes: 10, count: 1 }]);
    const order: string[] = [];
    const held = await pool.acquire(1);
    const second = pool.acquire(1).then((buffer) => {
      order.push('second');
      buffer.release();
    });
    const third = pool.acquire(1).then(() => order.push('third'));

    order.push('released');
    held.release();
    await Promise.all([second, third]);

    expect(order).toEqual(['released', 'second', 'third']);
  });

  it('lets a waiting caller go when its signal fires, and lends the buffer to the next', async () => {
    const pool = createBufferPool([{ bufferBytes: 10, count: 1 }]);
    const held = await pool.acquire(1);
    const abort = new AbortController();
    const given = pool.acquire(1, abort.signal);
    const next = pool.acquire(1);

    abort.abort();
    held.release();

    await expect(given).rejects.toThrow('aborted');
    await expect(next).resolves.toHaveProperty('bytes');
  });

  it('refuses what no buffer can hold, and a second release', async () => {
    const pool = createBufferPool([{ bufferBytes: 10, count: 1 }]);
    const held = await pool.acquire(1);
    held.release();

    await expect(pool.acquire(11)).rejects.toThrow(RangeError);
    expect(() => held.release()).toThrow('twice');
  });
});
