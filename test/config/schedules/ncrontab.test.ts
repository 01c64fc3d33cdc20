import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScheduleError } from '../../../src/config/schedules/field.ts';
import { type Ncrontab, parseNcrontab } from '../../../src/config/schedules/ncrontab.ts';
import { EXPRESSIONS } from './expressions.ts';

type Row = readonly [expression: string, next: readonly string[] | null, count?: number, hash?: string];

/** What NCrontab.Signed 3.4.0 has for them; `npm run test:engine` compares that with the library. */
const ROWS: readonly Row[] = readFileSync(new URL('expressions.ndjson', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line));

const START = Date.UTC(2027, 10, 30, 23, 59, 58);
const YEAR_LATER = Date.UTC(2028, 10, 30, 23, 59, 58);
const SHOWN = 5;
const COUNTED = 2_000;

const textOf = (time: number) => new Date(time).toISOString().slice(0, 19);

function occurrences(schedule: Ncrontab, max: number, end = Number.POSITIVE_INFINITY): readonly string[] {
  const found: string[] = [];
  for (let time = schedule.nextAfter(START); time !== undefined && time < end && found.length < max; time = schedule.nextAfter(time))
    found.push(textOf(time));
  return found;
}

function describeSchedule(expression: string): Row {
  const schedule = tryParse(expression);
  if (schedule === undefined) return [expression, null];
  const year = occurrences(schedule, COUNTED, YEAR_LATER);
  return [expression, occurrences(schedule, SHOWN), year.length, createHash('sha256').update(year.join('\n')).digest('hex').slice(0, 16)];
}

function tryParse(expression: string): Ncrontab | undefined {
  try {
    return parseNcrontab(expression);
  } catch (error) {
    if (error instanceof ScheduleError) return undefined;
    throw error;
  }
}

/** The host registers these, and never runs them. */
const isNeverDue = ([, next]: Row) => next?.length === 0;

function problemOf(expression: string): string {
  try {
    parseNcrontab(expression);
    return '';
  } catch (error) {
    return error instanceof ScheduleError ? error.message : `${error}`;
  }
}

describe('an NCRONTAB expression', () => {
  it('is in the table of results', () => {
    expect(ROWS.map(([expression]) => expression)).toEqual(EXPRESSIONS);
  });

  it.each(ROWS.filter((row) => !isNeverDue(row)))('means what the Functions host takes it for: %j', (...row) => {
    const [expression = ''] = row as unknown as Row;

    expect(describeSchedule(expression)).toEqual(row);
  });

  it.each(ROWS.filter(isNeverDue))('that never comes due is refused: %j', (...[expression]) => {
    expect(problemOf(String(expression))).toBe('it never comes due: none of its months has one of its days');
  });

  it.each([
    ['0 0 2 ? * MON', 'the day of the month has "?", but takes 1 to 31 (without ?, L, W and #'],
    ['0 0 2 * * 7', 'the day of the week has "7", but takes 0 to 6, or a name such as Mon (Sunday is 0, not 7'],
    ['0 0 24 * * *', 'the hour has "24", but takes 0 to 23'],
    ['0 0 2 1 Dez *', 'the month has "Dez", but takes 1 to 12, or a name such as Feb'],
    ['*/x * * * * *', 'the second has "/x", but takes 0 to 59'],
    ['@daily', '"@" names no schedule in Azure Functions: write the fields second minute'],
    ['00:15:00', 'a TimeSpan is an interval from the start of each instance'],
    ['0 0 2 * * * 2027', 'it has 7 fields with spaces between them, but takes six'],
    [`0 0 2 * * ${'1,'.repeat(1_000)}1`, 'it has 2011 characters, more than 1024'],
  ])('that is wrong is refused with what is wrong and what to write: %s', (expression, problem) => {
    expect(problemOf(expression)).toContain(problem);
  });

  it('finds the occurrences that looking at each second finds', () => {
    const field = (min: number, max: number) =>
      fc.oneof(
        fc.constant('*'),
        fc.integer({ min, max }).map(String),
        fc.tuple(fc.integer({ min, max }), fc.integer({ min: 1, max: 70 })).map(([from, step]) => `${from}/${step}`),
      );
    const dates = fc.tuple(field(1, 31), field(1, 12), field(0, 6)).map((fields) => fields.join(' '));
    const start = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2030, 0, 1) });
    const DAY = 86_400_000;

    fc.assert(
      fc.property(dates, start, (fields, from) => {
        const schedule = tryParse(`59 59 23 ${fields}`);
        if (schedule === undefined) return;
        const [days, months, weekdays] = ['day', 'month', 'weekday'].map((_, index) => tryParse(only(fields, index)));
        const isDue = (time: number) => [days, months, weekdays].every((one) => one?.nextAfter(time - 1_000) === time);
        let expected = Math.floor(from / DAY) * DAY + DAY - 1_000;
        if (expected <= from) expected += DAY;
        for (let count = 0; count < 3_000 && !isDue(expected); count++) expected += DAY;
        if (isDue(expected)) expect(schedule.nextAfter(from)).toBe(expected);
        else expect(schedule.nextAfter(from) ?? Number.POSITIVE_INFINITY).toBeGreaterThan(expected);
      }),
      { numRuns: 50 },
    );
  });

  it('has no occurrence after the year 9999', () => {
    expect(parseNcrontab('0 0 0 1 1 *').nextAfter(Date.UTC(9999, 5, 1))).toBeUndefined();
  });
});

/** One of day, month and weekday, and any of the others. */
function only(fields: string, index: number): string {
  return `59 59 23 ${fields
    .split(' ')
    .map((field, at) => (at === index ? field : '*'))
    .join(' ')}`;
}
