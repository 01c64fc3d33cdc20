import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { mapInOrder } from '../../../src/sync/flow/map-in-order.ts';

async function* numbers(count: number): AsyncGenerator<number> {
  for (let n = 0; n < count; n++) yield n;
}

const limits = { concurrency: 4, window: 16 };

describe('doing things several at once and in order', () => {
  it('yields the results in the order of the items, whichever ends first', async () => {
    const results = await Array.fromAsync(mapInOrder(numbers(50), limits, (n) => wait((n * 7) % 5, n)));

    expect(results).toEqual([...Array(50).keys()]);
  });

  it('never has more calls under way than it may', async () => {
    let running = 0;
    let most = 0;

    await Array.fromAsync(
      mapInOrder(numbers(60), limits, async () => {
        most = Math.max(most, ++running);
        await wait(1);
        running--;
      }),
    );

    expect(most).toBe(limits.concurrency);
  });

  it('goes on behind a slow one, as far as the window reaches', async () => {
    const slow = Promise.withResolvers<void>();
    const started: number[] = [];
    const results = mapInOrder(numbers(100), limits, async (n) => {
      started.push(n);
      if (n === 0) await slow.promise;
    });

    const first = results.next();
    await wait(50);
    const startedBehind = started.length;
    slow.resolve();
    await first;
    await results.return(undefined);

    expect(startedBehind).toBe(limits.window);
  });

  it('yields what came before a failure, then throws it, and takes no further item', async () => {
    const seen: number[] = [];
    const started: number[] = [];
    const results = mapInOrder(numbers(100), limits, async (n) => {
      started.push(n);
      await wait(1);
      if (n === 5) throw new Error('five');
      return n;
    });

    const reading = (async () => {
      for await (const n of results) seen.push(n);
    })();

    await expect(reading).rejects.toThrow('five');
    expect(seen).toEqual([0, 1, 2, 3, 4]);
    expect(started.length).toBeLessThan(20);
  });

  it('waits for the calls under way when its reader stops', async () => {
    let running = 0;
    const results = mapInOrder(numbers(100), limits, async () => {
      running++;
      await wait(5);
      running--;
    });

    for await (const _ of results) break;

    expect(running).toBe(0);
  });
});
