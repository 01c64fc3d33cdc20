import { describe, expect, it } from 'vitest';
import { takeTurns } from '../../../src/sync/flow/take-turns.ts';

function work(milliseconds: number): void {
  for (const end = performance.now() + milliseconds; performance.now() < end; );
}

describe('items of which each takes long', () => {
  it('are all there, in order, with other work in between', async () => {
    let turns = 0;
    const other = setInterval(() => turns++, 0);
    const taken: number[] = [];

    for await (const item of takeTurns([1, 2, 3, 4])) {
      work(25);
      taken.push(item);
    }
    clearInterval(other);

    expect(taken).toEqual([1, 2, 3, 4]);
    expect(turns).toBeGreaterThan(0);
  });

  it('end when the work is to stop', async () => {
    const stop = new AbortController();
    const taken: number[] = [];
    const taking = async () => {
      for await (const item of takeTurns([1, 2, 3], stop.signal)) {
        taken.push(item);
        stop.abort(new Error('stopped'));
        work(25);
      }
    };

    await expect(taking()).rejects.toThrow('stopped');
    expect(taken).toEqual([1]);
  });
});
