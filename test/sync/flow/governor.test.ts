import { setImmediate as settle } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createGovernor, createGovernors, type Governor } from '../../../src/sync/flow/governor.ts';
import { handClock } from '../../support/hand-clock.ts';

/** Begins attempts that are under way until they are ended. */
function begin(governor: Governor, count: number, signal?: AbortSignal) {
  const ends: (() => void)[] = [];
  const attempts = Array.from({ length: count }, () => {
    const end = Promise.withResolvers<void>();
    return governor.attempt(() => {
      ends.push(end.resolve);
      return end.promise;
    }, signal);
  });
  return { ends, attempts };
}

/** How many attempts begin at once, of more than can. */
async function placesOf(governor: Governor): Promise<number> {
  const abort = new AbortController();
  const { ends, attempts } = begin(governor, 200, abort.signal);
  const settled = Promise.allSettled(attempts);
  await settle();
  const places = ends.length;
  abort.abort();
  for (const end of ends) end();
  await settled;
  return places;
}

const throttled = (retryAfter?: string) => ({ retryAfter });
const inAnHour = throttled('Tue, 01 Sep 2026 01:00:00 GMT');
const inTwoSeconds = throttled('Tue, 01 Sep 2026 00:00:02 GMT');

describe('the places of an endpoint that bears 16 requests at once', () => {
  it.each<[string, (number | { readonly retryAfter: string | undefined })[], number]>([
    ['are 16', [], 16],
    ['are halved by a throttled answer', [throttled()], 8],
    ['are halved once by all answers of one second', [throttled(), throttled(), 999, throttled()], 8],
    ['are halved by the answers of each second', [throttled(), 1_000, throttled(), 1_000, throttled()], 2],
    [
      'never go below one',
      Array.from({ length: 20 }, () => [throttled(), 1_000])
        .flat()
        .slice(0, -1),
      1,
    ],
    ['do not grow within a second', [throttled(), 999], 8],
    ['grow by one with a clean second', [throttled(), 1_000], 9],
    ['grow by one with each clean second', [throttled(), 3_500], 11],
    ['grow with a second only if it was clean from its start', [throttled(), 900, throttled(), 900], 8],
    ['never grow above 16', [throttled(), 3_600_000], 16],
    ['are halved from where they have grown to', [throttled(), 4_000, throttled()], 6],
    ['are none while the service asks for a pause', [throttled('2'), 1_999], 0],
    ['are half of them after the pause, which is not clean', [throttled('2'), 2_000], 8],
    ['grow from the end of the pause', [throttled('2'), 4_000], 10],
    ['are none until a date', [inTwoSeconds, 1_999], 0],
    ['are there again at that date', [inTwoSeconds, 2_000], 8],
    ['are there again after a minute, whatever the service asks for', [inAnHour, 60_000], 8],
    ['are none for that minute', [inAnHour, 59_999], 0],
    ['are none until the end of the longest pause', [throttled('5'), throttled('1'), 4_999], 0],
    ['do not mind a pause that is over', [throttled('-3')], 8],
    ['do not mind what is neither a number nor a date', [throttled('soon')], 8],
  ])('%s', async (_, events, expected) => {
    const time = handClock();
    const governor = createGovernor({ mostAtOnce: 16, ...time });

    for (const event of events) {
      if (typeof event === 'number') await time.advance(event);
      else governor.slowDown(event.retryAfter);
    }

    expect(await placesOf(governor)).toBe(expected);
  });
});

describe('attempts that wait for a place', () => {
  it('begin in their order as others end', async () => {
    const governor = createGovernor({ mostAtOnce: 1, ...handClock() });
    const order: number[] = [];

    await Promise.all([1, 2, 3].map((n) => governor.attempt(async () => order.push(n))));

    expect(order).toEqual([1, 2, 3]);
  });

  it('begin when others fail, and the failure is told as it is', async () => {
    const governor = createGovernor({ mostAtOnce: 1, ...handClock() });
    const failing = governor.attempt(() => Promise.reject(new Error('no such bucket')));
    const waiting = governor.attempt(async () => 'sent');

    await expect(failing).rejects.toThrow('no such bucket');
    await expect(waiting).resolves.toBe('sent');
  });

  it('begin by themselves at the end of a pause', async () => {
    const time = handClock();
    const governor = createGovernor({ mostAtOnce: 4, ...time });
    governor.slowDown('7');
    const { ends } = begin(governor, 3);

    await time.advance(6_999);
    const before = ends.length;
    await time.advance(1);

    expect([before, ends.length]).toEqual([0, 2]);
  });

  it('begin by themselves after a clean second, though none has ended', async () => {
    const time = handClock();
    const governor = createGovernor({ mostAtOnce: 2, ...time });
    governor.slowDown();
    const { ends } = begin(governor, 2);
    await settle();

    const before = ends.length;
    await time.advance(1_000);

    expect([before, ends.length]).toEqual([1, 2]);
  });

  it('wait for the end of a pause that was asked for while they waited', async () => {
    const time = handClock();
    const governor = createGovernor({ mostAtOnce: 1, ...time });
    const first = begin(governor, 1);
    const second = begin(governor, 1);
    await settle();

    governor.slowDown('3');
    first.ends[0]?.();
    await time.advance(2_999);
    const before = second.ends.length;
    await time.advance(1);

    expect([before, second.ends.length]).toEqual([0, 1]);
  });

  it('are let go when their signal fires, and the next one has the place', async () => {
    const governor = createGovernor({ mostAtOnce: 1, ...handClock() });
    const abort = new AbortController();
    const first = begin(governor, 1);
    const stopped = begin(governor, 1, abort.signal);
    const next = begin(governor, 1);
    await settle();

    abort.abort(new Error('cancelled'));
    await expect(stopped.attempts[0]).rejects.toMatchObject({ name: 'AbortError', cause: new Error('cancelled') });
    first.ends[0]?.();
    await settle();

    expect([stopped.ends.length, next.ends.length]).toEqual([0, 1]);
  });

  it('are not made when their signal has fired already', async () => {
    const governor = createGovernor(handClock());
    const { ends, attempts } = begin(governor, 1, AbortSignal.abort());

    await expect(attempts[0]).rejects.toMatchObject({ name: 'AbortError' });
    expect(ends).toEqual([]);
  });
});

describe('the governors of a process', () => {
  it('are one for each endpoint, whoever asks for it', async () => {
    const governorOf = createGovernors();

    governorOf('s3://busy').slowDown();

    expect(await Promise.all(['s3://busy', 's3://quiet'].map((endpoint) => placesOf(governorOf(endpoint))))).toEqual([64, 128]);
  });
});
