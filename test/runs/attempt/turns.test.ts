import { describe, expect, it } from 'vitest';
import { createShutdown } from '../../../src/runs/attempt/shutdown.ts';
import { createTurns } from '../../../src/runs/attempt/turns.ts';

const SLOTS = 3;
const OURS = 'ours';

/** `active` activities of our run have a slot; `holders` are the runs that are not over. */
function setUp(active: number, holders: readonly string[] = [OURS, 'waiting']) {
  const time = { now: 1_700_000_000_000 };
  const shutdown = createShutdown();
  const looks: number[] = [];
  const locks = {
    async *holders() {
      looks.push(time.now);
      yield* holders;
    },
  };
  const turns = createTurns({ slots: SLOTS, shutdown, locks, clock: () => time.now });
  const ends = Array.from({ length: active }, () => Promise.withResolvers<void>());
  for (const { promise } of ends) void turns.during(OURS, () => promise);
  /** Asks as often as objects are begun. */
  const isOverAfter = async (isOver: () => boolean, seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      isOver();
      time.now += 1_000;
      await new Promise(setImmediate);
    }
    return isOver();
  };
  return { ...turns, shutdown, looks, isOverAfter, end: () => ends[0]?.resolve() };
}

describe('a turn', () => {
  it.each([
    { sharers: 1, seconds: 30 },
    { sharers: 3, seconds: 30 },
    { sharers: 4, seconds: 15 },
    { sharers: 9, seconds: 10 },
    { sharers: 256, seconds: 10 },
  ])('of one of $sharers is over after $seconds s while another run waits and all slots are taken', async ({ sharers, seconds }) => {
    const { begin, isOverAfter } = setUp(SLOTS);
    const isOver = begin(sharers);

    expect(await isOverAfter(isOver, seconds - 1)).toBe(false);
    expect(await isOverAfter(isOver, 2)).toBe(true);
  });

  it.each([
    ['a slot is free', SLOTS - 1, [OURS, 'waiting']],
    ['no other run is there', SLOTS, [OURS]],
    ['nobody holds a lock', SLOTS, []],
  ])('goes on while %s', async (_, active, holders) => {
    const { begin, isOverAfter } = setUp(active, holders);

    expect(await isOverAfter(begin(8), 300)).toBe(false);
  });

  it('goes on when a slot has become free', async () => {
    const { begin, isOverAfter, end } = setUp(SLOTS);
    const isOver = begin();
    await isOverAfter(isOver, 31);

    end();

    await expect.poll(isOver).toBe(false);
  });

  it('goes on when the other run has got its slot', async () => {
    const { begin, during, isOverAfter } = setUp(SLOTS - 1);
    void during('waiting', () => new Promise(() => undefined));

    expect(await isOverAfter(begin(), 300)).toBe(false);
  });

  it('costs a look at the other runs each ten seconds, and none before its time', async () => {
    const { begin, isOverAfter, looks } = setUp(SLOTS, [OURS]);

    await isOverAfter(begin(), 100);

    expect(looks.map((at) => (at - 1_700_000_000_000) / 1_000)).toEqual([30, 40, 50, 60, 70, 80, 90, 100]);
  });

  it('is over at once when the process ends', () => {
    const { begin, shutdown } = setUp(1);
    const isOver = begin();

    shutdown.begin();

    expect(isOver()).toBe(true);
  });
});
