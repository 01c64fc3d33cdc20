import { describe, expect, it } from 'vitest';
import { nextInZone } from '../../../local/host/timers/zoned-schedule.ts';
import { parseNcrontab } from '../../../src/config/schedules/ncrontab.ts';

function occurrences(expression: string, zone: string, from: string, count: number): readonly string[] {
  const schedule = parseNcrontab(expression);
  const found: string[] = [];
  for (let time: number | undefined = Date.parse(from); time !== undefined && found.length < count; ) {
    time = nextInZone(schedule, zone, time);
    if (time !== undefined) found.push(new Date(time).toISOString().replace('.000Z', 'Z'));
  }
  return found;
}

describe('a schedule in a time zone', () => {
  it.each([
    ['UTC', '2026-12-01T02:00:00Z', '2026-12-02T02:00:00Z'],
    ['Asia/Tokyo', '2026-12-01T17:00:00Z', '2026-12-02T17:00:00Z'],
    ['Asia/Kolkata', '2026-12-01T20:30:00Z', '2026-12-02T20:30:00Z'],
    ['America/Los_Angeles', '2026-12-01T10:00:00Z', '2026-12-02T10:00:00Z'],
  ])('comes at that time of day in %s', (zone, ...expected) => {
    expect(occurrences('0 0 2 * * *', zone, '2026-12-01T00:00:00Z', 2)).toEqual(expected);
  });

  // Summer time in Los Angeles: from 2018-03-11 10:00 UTC until 2018-11-04 09:00 UTC.
  it('comes an hour later when summer time skips it', () => {
    expect(occurrences('0 30 2 * * *', 'America/Los_Angeles', '2018-03-10T12:00:00Z', 2)).toEqual([
      '2018-03-11T10:30:00Z',
      '2018-03-12T09:30:00Z',
    ]);
  });

  it('comes once when the end of summer time repeats it', () => {
    expect(occurrences('0 30 1 * * *', 'America/Los_Angeles', '2018-11-03T12:00:00Z', 3)).toEqual([
      '2018-11-04T08:30:00Z',
      '2018-11-05T09:30:00Z',
      '2018-11-06T09:30:00Z',
    ]);
  });

  it('does not come when the app starts in the repeated hour', () => {
    expect(occurrences('0 30 1 * * *', 'America/Los_Angeles', '2018-11-04T09:29:00Z', 1)).toEqual(['2018-11-05T09:30:00Z']);
  });

  it('goes on through the repeated hour when it is an interval', () => {
    expect(occurrences('0 */30 0-23 * * *', 'America/Los_Angeles', '2018-11-04T07:30:00Z', 6)).toEqual([
      '2018-11-04T08:00:00Z',
      '2018-11-04T08:30:00Z',
      '2018-11-04T09:00:00Z',
      '2018-11-04T09:30:00Z',
      '2018-11-04T10:00:00Z',
      '2018-11-04T10:30:00Z',
    ]);
  });
});
