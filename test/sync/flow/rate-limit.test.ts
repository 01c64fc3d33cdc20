import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRateLimit } from '../../../src/sync/flow/rate-limit.ts';

/** A limit whose time moves only when somebody waits, or as it is told. */
function setUp(perSecond: number) {
  const time = { now: 0 };
  const waits: number[] = [];
  const limit = createRateLimit({
    perSecond,
    clock: () => time.now,
    wait: async (milliseconds) => void waits.push(milliseconds),
  });
  return { time, waits, limit };
}

describe('a rate limit', () => {
  it('lets a second’s worth and one taking pass at once, and then one after the other', async () => {
    const { limit, waits } = setUp(4);

    for (let taking = 0; taking < 8; taking++) await limit.take(1);

    expect(waits).toEqual([250, 500, 750]);
  });

  it('makes up for no more than a second in which nothing was taken', async () => {
    const { limit, waits, time } = setUp(4);
    time.now = 60_000;

    for (let taking = 0; taking < 6; taking++) await limit.take(1);

    expect(waits).toEqual([250]);
  });

  it('lets pass what is more than a second’s worth, and makes the next one wait for it', async () => {
    const { limit, waits } = setUp(10);

    await limit.take(100);
    await limit.take(1);

    expect(waits).toEqual([9_000]);
  });

  it('never lets more pass than it says, whatever is taken when', async () => {
    const takings = fc.array(fc.record({ units: fc.integer({ min: 1, max: 50 }), pauseMs: fc.integer({ min: 0, max: 500 }) }), {
      minLength: 2,
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(takings, fc.integer({ min: 1, max: 100 }), async (list, perSecond) => {
        const { limit, waits, time } = setUp(perSecond);
        const passed: { at: number; units: number }[] = [];
        for (const { units, pauseMs } of list) {
          time.now += pauseMs;
          const before = waits.length;
          await limit.take(units);
          passed.push({ at: time.now + (waits.length > before ? (waits.at(-1) ?? 0) : 0), units });
        }

        for (const [index, first] of passed.entries()) {
          let sum = 0;
          for (const { at, units } of passed.slice(index, -1)) {
            sum += units;
            expect(sum).toBeLessThanOrEqual((perSecond * (at - first.at + 1_000)) / 1_000 + 50 + 1e-6);
          }
        }
      }),
    );
  });

  it('gives up when it is told to', async () => {
    const limit = createRateLimit({ perSecond: 0.001 });
    const stop = new AbortController();
    await limit.take(1_000, stop.signal);
    const waiting = limit.take(1, stop.signal);

    stop.abort();

    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    await expect(limit.take(1, stop.signal)).rejects.toMatchObject({ name: 'AbortError' });
  });
});
