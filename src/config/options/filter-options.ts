import { z } from 'zod';
import { ISO_DURATION, timeBefore } from '../../sync/filter/duration.ts';
import { rangesOf } from '../../sync/filter/filter-ranges.ts';
import { parseFilterRule } from '../../sync/filter/filter-rules.ts';
import { MAX_GLOB_LENGTH, parseGlob } from '../../sync/filter/glob.ts';
import { GlobError } from '../../sync/filter/glob-cursor.ts';
import { BYTE_SIZE, bytesOf } from './byte-size.ts';

/** Each is tried on each key. */
const MAX_RULES = 256;
/** Maximum length of all globs of a filter together, in UTF-16 code units: bounds the cost per key. */
const MAX_FILTER_LENGTH = 16_384;
/** In characters. */
const MAX_DURATION_LENGTH = 64;

const GLOBS = 'Globs on keys, as rclone has them, relative to the location';

const glob = z.string().superRefine(readWith(parseGlob)).meta({ minLength: 1, maxLength: MAX_GLOB_LENGTH });

const rule = z
  .string()
  .superRefine(readWith(parseFilterRule))
  .meta({ pattern: '^[+-] .', maxLength: MAX_GLOB_LENGTH + '+ '.length });

const listOf = <T extends z.ZodType>(entry: T) =>
  z.array(entry).min(1, 'must not be empty; leave it out instead').max(MAX_RULES).optional();

// A glob that is wrong by itself ends the check: it cannot be compared with others.

const size = (description: string, examples: readonly (number | string)[]) =>
  z
    .union(
      [z.int().min(0, { abort: true }), z.string().regex(BYTE_SIZE, { abort: true })],
      'must be a number of bytes, or text with a unit, such as "10 MiB" or "1.5 GB"',
    )
    .meta({ description, examples })
    .transform(bytesOf)
    .optional();

const age = z
  .string()
  .max(MAX_DURATION_LENGTH)
  .regex(ISO_DURATION, { message: 'must be an ISO 8601 duration, such as "P30D" or "PT12H"', abort: true })
  .optional();

/** The options that say which objects a sync is about. */
export const filterOptions = {
  include: listOf(glob).meta({
    description: `${GLOBS}: only what matches one is synced. By default everything.`,
    examples: [['/2026/**', '*.{pdf,xml}']],
  }),
  exclude: listOf(glob).meta({
    description: `${GLOBS}: what matches one is not synced, even if it matches an include. By default none.`,
    examples: [['/tmp/', '*.bak']],
  }),
  filter: listOf(rule).meta({
    description:
      'Instead of include and exclude, rules with "+ " or "- " before the glob: the first that a key matches decides; what matches none is synced.',
    examples: [['+ /tmp/keep/**', '- /tmp/**']],
  }),
  minSize: size('Only objects of at least this size, in bytes or with a unit. By default any.', ['1 KiB', 1]),
  maxSize: size('Only objects of at most this size, in bytes or with a unit. By default any.', ['5 GiB']),
  minAge: age.meta({
    description: 'Only objects last modified at least this long before the start of the run, as an ISO 8601 duration. By default any.',
    examples: ['PT1H'],
  }),
  maxAge: age.meta({
    description: 'Only objects last modified at most this long before the start of the run, as an ISO 8601 duration. By default any.',
    examples: ['P30D'],
  }),
};

const schema = z.strictObject(filterOptions);

type FilterOptions = z.infer<typeof schema>;
type Report = (option: string, message: string) => void;

/** Tells which options do not go together, or let nothing pass. */
export function checkFilterOptions({ include, exclude, filter, ...limits }: FilterOptions, report: Report): void {
  if (filter !== undefined && (include !== undefined || exclude !== undefined)) {
    report(
      'filter',
      'stands instead of include and exclude: write those as "+ <glob>" and "- <glob>" in it, in the order they are to be tried',
    );
  } else if (lengthOf({ include, exclude, filter }) > MAX_FILTER_LENGTH) {
    report(
      filter === undefined ? 'exclude' : 'filter',
      `and all other globs have more than ${MAX_FILTER_LENGTH} characters together; use fewer or shorter ones, or several jobs`,
    );
  } else if (rangesOf({ include, exclude, filter }).length === 0) {
    report(filter === undefined ? 'exclude' : 'filter', 'leaves out every key, so no object can pass');
  }
  const { minSize = 0, maxSize = minSize, minAge = 'PT0S', maxAge = minAge } = limits;
  if (minSize > maxSize) report('minSize', `is more than maxSize (${maxSize} bytes), so no object can pass`);
  if (isAlwaysLonger(minAge, maxAge)) report('minAge', `is longer than maxAge (${maxAge}), so no object can pass`);
}

function lengthOf({ include = [], exclude = [], filter = [] }: FilterOptions): number {
  return [...include, ...exclude, ...filter].reduce((sum, glob) => sum + glob.length, 0);
}

/** The months before them are as long, and as short, as months can be. */
const NOW_AND_THEN = [new Date('2000-09-01'), new Date('2001-03-01')];

function isAlwaysLonger(duration: string, other: string): boolean {
  return NOW_AND_THEN.every((now) => timeBefore(now, duration) < timeBefore(now, other));
}

function readWith(read: (text: string) => unknown): (text: string, context: z.RefinementCtx) => void {
  return (text, context) => {
    try {
      read(text);
    } catch (error) {
      if (!(error instanceof GlobError)) throw error;
      context.addIssue({ code: 'custom', message: error.message, continue: false });
    }
  };
}
