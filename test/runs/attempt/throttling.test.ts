import { describe, expect, it } from 'vitest';
import { handOverPause, isPaused, pauseAfter } from '../../../src/runs/attempt/throttling.ts';

const NOW = 1_700_000_000_000;

describe('a pause', () => {
  it('doubles while it is in vain, up to five minutes, and ends in failure', () => {
    const seconds: number[] = [];
    for (let pause = pauseAfter(undefined, false, NOW); pause !== undefined; pause = pauseAfter(pause, false, NOW))
      seconds.push((pause.until - NOW) / 1_000);

    expect(seconds).toEqual([30, 60, 120, 240, 300, 300, 300, 300, 300, 300]);
  });

  it('lasts until its end, by the clock', () => {
    const pause = { until: NOW + 300_000, inVain: 1 };

    expect([isPaused(pause, NOW), isPaused(pause, NOW + 299_999), isPaused(pause, NOW + 300_000)]).toEqual([true, true, false]);
  });

  it('is over when the clock was put back by an hour, rather than last an hour longer', () => {
    expect(isPaused({ until: NOW + 300_000, inVain: 1 }, NOW - 3_600_000)).toBe(false);
  });

  it.each([undefined, { until: 0, inVain: 9 }])('for the end of a process says nothing against a store (after %o)', (previous) => {
    expect(handOverPause(previous, NOW)).toEqual({ until: NOW + 5_000, inVain: previous?.inVain ?? 0 });
  });
});
