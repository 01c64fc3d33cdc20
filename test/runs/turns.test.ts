import { describe, expect, it } from 'vitest';
import { createShutdown } from '../../src/runs/shutdown.ts';
import { createTurns } from '../../src/runs/turns.ts';

const SLOTS = 3;

/** `active` activities have a slot. */
function setUp(active: number) {
  const time = { now: 0 };
  const shutdown = createShutdown();
  const turns = createTurns({ slots: SLOTS, shutdown, clock: () => time.now });
  const ends = Array.from({ length: active }, () => Promise.withResolvers<void>());
  for (const { promise } of ends) void turns.during(() => promise);
  return { ...turns, time, shutdown, end: () => ends[0]?.resolve() };
}

describe('a turn', () => {
  it.each([
    { sharers: 1, seconds: 30 },
    { sharers: 3, seconds: 30 },
    { sharers: 4, seconds: 15 },
    { sharers: 9, seconds: 10 },
    { sharers: 256, seconds: 10 },
  ])('of one of $sharers is over after $seconds s while all slots are taken', ({ sharers, seconds }) => {
    const { begin, time } = setUp(SLOTS);

    const isOver = begin(sharers);

    time.now = seconds * 1_000 - 1;
    expect(isOver()).toBe(false);
    time.now = seconds * 1_000;
    expect(isOver()).toBe(true);
  });

  it('has no such end while a slot is free, for then nothing waits', async () => {
    const { begin, time, end } = setUp(SLOTS);
    const isOver = begin(4);
    time.now = 3_600_000;

    end();

    await expect.poll(isOver).toBe(false);
  });

  it('is over at once when the process ends', () => {
    const { begin, shutdown } = setUp(1);
    const isOver = begin();

    shutdown.begin();

    expect(isOver()).toBe(true);
  });
});
