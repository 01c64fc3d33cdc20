import { type FieldKind, readField, ScheduleError } from './field.ts';

/** A schedule as the timers of Azure Functions understand it. */
export interface Ncrontab {
  /**
   * The first occurrence that is at least in the next second after `after`; `undefined` when there is none before the year 10000. Both are
   * times of the wall clock, written as milliseconds since the epoch.
   */
  nextAfter(after: number): number | undefined;
  /** Whether it names hours, minutes or seconds that follow one another; the host treats the end of summer time accordingly. */
  readonly isInterval: boolean;
}

/** In UTF-16 code units: more than lists of all seconds, minutes, hours, days and months together have. */
const MAX_LENGTH = 1_024;
const FORM = 'second minute hour day month weekday, such as "0 0 2 * * *"';
const MAX_YEAR = 9_999;
/** The 29th of February falls on a given weekday at least this often, over 1900, 2100 and their like. */
const MAX_YEARS_APART = 40;
const MS_PER_SECOND = 1_000;
/** Days of the months in a leap year. */
const DAYS_IN_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const NO_OTHER_CRON = 'without ?, L, W and #, which Azure Functions does not know: for any day write *';

const SECOND: FieldKind = { name: 'second', min: 0, max: 59 };
const MINUTE: FieldKind = { name: 'minute', min: 0, max: 59 };
const HOUR: FieldKind = { name: 'hour', min: 0, max: 23 };
const DAY: FieldKind = { name: 'day of the month', min: 1, max: 31, hint: NO_OTHER_CRON };
const MONTH: FieldKind = { name: 'month', min: 1, max: 12, names: MONTHS };
const WEEKDAY: FieldKind = { name: 'day of the week', min: 0, max: 6, names: WEEKDAYS, hint: `Sunday is 0, not 7; ${NO_OTHER_CRON}` };

type Values = readonly number[];

interface Times {
  readonly seconds: Values;
  readonly minutes: Values;
  readonly hours: Values;
}

interface Dates {
  readonly days: Values;
  readonly months: Values;
  readonly weekdays: Values;
}

/**
 * Reads an expression of six fields, or of five without seconds, as the timer extension of Azure Functions does with NCrontab 3.4.0. Throws
 * {@link ScheduleError}, also for one that never comes due, such as on the 30th of February.
 */
export function parseNcrontab(expression: string): Ncrontab {
  if (expression.length > MAX_LENGTH) throw new ScheduleError(`it has ${expression.length} characters, more than ${MAX_LENGTH}`);
  const fields = expression.split(' ').filter((field) => field !== '');
  if (fields.length !== 5 && fields.length !== 6) throw new ScheduleError(problemOfForm(expression, fields.length));
  const [second = '', minute = '', hour = '', day = '', month = '', weekday = ''] = fields.length === 5 ? ['0', ...fields] : fields;
  const times = { seconds: readField(SECOND, second), minutes: readField(MINUTE, minute), hours: readField(HOUR, hour) };
  const dates = { days: readField(DAY, day), months: readField(MONTH, month), weekdays: readField(WEEKDAY, weekday) };
  if (!dates.months.some((value) => first(dates.days) <= daysIn(value)))
    throw new ScheduleError('it never comes due: none of its months has one of its days');
  return {
    nextAfter: (after) => nextOccurrence(times, dates, after),
    isInterval: Object.values(times).some((values: Values) => values.some((value, index) => value + 1 === values[index + 1])),
  };
}

function problemOfForm(expression: string, count: number): string {
  if (/^\s*@/.test(expression)) return `"@" names no schedule in Azure Functions: write the fields ${FORM}`;
  if (/^\s*-?(?:\d+\.)?\d+(?::\d+){1,3}(?:\.\d+)?\s*$/.test(expression) || /^\s*-?\d+\s*$/.test(expression))
    return `a TimeSpan is an interval from the start of each instance, which plans that scale to zero cannot keep: write a schedule, such as "0 */15 * * * *" for each 15 minutes`;
  return `it has ${count} fields with spaces between them, but takes six (${FORM}), or five without the second`;
}

function nextOccurrence(times: Times, dates: Dates, after: number): number | undefined {
  const start = new Date((Math.floor(after / MS_PER_SECOND) + 1) * MS_PER_SECOND);
  const [year, month, day] = [start.getUTCFullYear(), start.getUTCMonth() + 1, start.getUTCDate()];
  if (isOn(dates, year, month, day)) {
    const time = timeFrom(times, start.getUTCHours(), start.getUTCMinutes(), start.getUTCSeconds());
    if (time !== undefined) return Date.UTC(year, month - 1, day, ...time);
  }
  const date = dateAfter(dates, year, month, day);
  return date && Date.UTC(...date, first(times.hours), first(times.minutes), first(times.seconds));
}

type Time = readonly [hour: number, minute: number, second: number];

function timeFrom({ hours, minutes, seconds }: Times, hour: number, minute: number, second: number): Time | undefined {
  const sameMinute = seconds.find((value) => value >= second);
  if (hours.includes(hour) && minutes.includes(minute) && sameMinute !== undefined) return [hour, minute, sameMinute];
  const sameHour = minutes.find((value) => value > minute);
  if (hours.includes(hour) && sameHour !== undefined) return [hour, sameHour, first(seconds)];
  const later = hours.find((value) => value > hour);
  return later === undefined ? undefined : [later, first(minutes), first(seconds)];
}

/** The month counts from 0, as `Date` has it. */
type ShortDate = readonly [year: number, monthIndex: number, day: number];

function dateAfter(dates: Dates, fromYear: number, fromMonth: number, fromDay: number): ShortDate | undefined {
  for (let year = fromYear; year <= Math.min(fromYear + MAX_YEARS_APART, MAX_YEAR); year++) {
    for (const month of dates.months.filter((value) => year > fromYear || value >= fromMonth)) {
      const isFirst = year === fromYear && month === fromMonth;
      const day = dates.days.find((value) => (!isFirst || value > fromDay) && isOn(dates, year, month, value));
      if (day !== undefined) return [year, month - 1, day];
    }
  }
  return undefined;
}

/** Day of the month and day of the week must both be right. */
function isOn({ days, months, weekdays }: Dates, year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return months.includes(month) && days.includes(day) && date.getUTCMonth() === month - 1 && weekdays.includes(date.getUTCDay());
}

function daysIn(month: number): number {
  return DAYS_IN_MONTH[month - 1] ?? 0;
}

/** No field is without a value. */
function first(values: Values): number {
  return values[0] ?? 0;
}
