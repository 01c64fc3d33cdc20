import { describe, expect, it } from 'vitest';
import { timeBefore } from '../../../src/sync/filter/duration.ts';

const NOW = new Date('2026-03-31T12:00:00.500Z');

describe('the time before a duration', () => {
  it.each([
    ['PT0S', '2026-03-31T12:00:00.500Z'],
    ['P30D', '2026-03-01T12:00:00.500Z'],
    ['P2W', '2026-03-17T12:00:00.500Z'],
    ['PT12H', '2026-03-31T00:00:00.500Z'],
    ['PT90M', '2026-03-31T10:30:00.500Z'],
    ['PT0.5S', '2026-03-31T12:00:00.000Z'],
    ['PT1,25S', '2026-03-31T11:59:59.250Z'],
    ['P1M', '2026-02-28T12:00:00.500Z'],
    ['P13M', '2025-02-28T12:00:00.500Z'],
    ['P2Y1M', '2024-02-29T12:00:00.500Z'],
    ['P1M1D', '2026-02-27T12:00:00.500Z'],
    ['P1Y2M3W4DT5H6M7S', '2025-01-06T06:53:53.500Z'],
  ])('is by the calendar: %s', (duration, expected) => {
    expect(timeBefore(NOW, duration).toISOString()).toBe(expected);
  });

  it('is the earliest that there is when the duration is longer than the calendar', () => {
    expect(timeBefore(NOW, 'P999999Y')).toEqual(new Date(-8.64e15));
  });

  it.each(['', 'P', 'PT', 'P1', '30D', 'P1H', 'PT1D', 'P-1D', '-P1D', 'P1.5D', 'P1DT', 'P1D1M', ' P1D', 'p1d', 'P1D\n'])(
    'is not to be had for %j',
    (duration) => {
      expect(() => timeBefore(NOW, duration)).toThrow(RangeError);
    },
  );
});
