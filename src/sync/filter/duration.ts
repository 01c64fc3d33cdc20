/** An ISO 8601 duration, such as P30D or PT12H. */
export const ISO_DURATION =
  /^P(?=\d|T\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:[.,]\d+)?)S)?)?$/;

const EARLIEST = new Date(-8.64e15);

/**
 * The time that lies the duration before `now`, by the calendar of UTC: a month before 31 March is the last of February. Throws a RangeError
 * when `duration` is not as {@link ISO_DURATION}.
 */
export function timeBefore(now: Date, duration: string): Date {
  const parts = ISO_DURATION.exec(duration)?.slice(1);
  if (parts === undefined) throw new RangeError(`${JSON.stringify(duration)} is not an ISO 8601 duration, such as P30D or PT12H.`);
  const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = parts.map((part) =>
    Number((part ?? '0').replace(',', '.')),
  );
  const totalHours = (weeks * 7 + days) * 24 + hours;
  const milliseconds = ((totalHours * 60 + minutes) * 60 + seconds) * 1_000;
  const time = new Date(monthsBefore(now, years * 12 + months).getTime() - milliseconds);
  return Number.isNaN(time.getTime()) ? EARLIEST : time;
}

function monthsBefore(date: Date, months: number): Date {
  const earlier = new Date(date);
  earlier.setUTCMonth(date.getUTCMonth() - months);
  // A day that the month does not have has become one of the next month.
  if (earlier.getUTCDate() !== date.getUTCDate()) earlier.setUTCDate(0);
  return earlier;
}
