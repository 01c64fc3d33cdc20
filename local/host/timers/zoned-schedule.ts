import type { Ncrontab } from '../../../src/config/schedules/ncrontab.ts';

/** Longer than the offset of any zone. */
const DAY_MS = 86_400_000;

/** A zone's clock. A time of the wall clock is written as the milliseconds since the epoch at which a clock in UTC shows the same. */
interface Zone {
  wallTime(instant: number): number;
  /** The instants at which the wall clock shows a time, ascending: two at the end of summer time, none in the hour that its start skips. */
  instantsOf(wall: number): readonly number[];
  /** The instant of a skipped time, which the host counts with the offset that was before. */
  instantOfSkipped(wall: number): number;
}

/**
 * The next occurrence after `now` (milliseconds since the epoch) in a time zone, with the Functions host's treatment of summer time: an interval goes on
 * through a repeated hour, a single time comes once, and a skipped time comes an hour later.
 */
export function nextInZone(schedule: Ncrontab, zoneName: string, now: number): number | undefined {
  const zone = createZone(zoneName);
  const wall = schedule.nextAfter(zone.wallTime(now));
  if (wall === undefined) return undefined;
  const instants = zone.instantsOf(wall);
  const next = instants.at(-1) ?? zone.instantOfSkipped(wall);
  const shift = zone.wallTime(next) - next - (zone.wallTime(now) - now);
  const isAmbiguous = instants.length > 1;
  if (!schedule.isInterval && isAmbiguous) return shift === 0 ? afterRepeatedHour(schedule, zone, wall) : next + shift;
  const isNowAmbiguous = zone.instantsOf(zone.wallTime(now)).length > 1;
  return schedule.isInterval && (isAmbiguous || isNowAmbiguous) ? next + shift : next;
}

function afterRepeatedHour(schedule: Ncrontab, zone: Zone, from: number): number | undefined {
  let wall: number | undefined = from;
  while (wall !== undefined && zone.instantsOf(wall).length > 1) wall = schedule.nextAfter(wall);
  return wall === undefined ? undefined : (zone.instantsOf(wall)[0] ?? zone.instantOfSkipped(wall));
}

function createZone(timeZone: string): Zone {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'iso8601',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  function wallTime(instant: number): number {
    const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second) + (((instant % 1_000) + 1_000) % 1_000);
  }
  const candidates = (wall: number) =>
    [...new Set([-DAY_MS, DAY_MS].map((away) => wall - (wallTime(wall + away) - (wall + away))))].sort((one, other) => one - other);
  return {
    wallTime,
    instantsOf: (wall) => candidates(wall).filter((instant) => wallTime(instant) === wall),
    instantOfSkipped: (wall) => candidates(wall).at(-1) ?? wall,
  };
}
