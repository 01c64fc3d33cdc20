import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkFilterOptions, filterOptions } from '../../../src/config/options/filter-options.ts';
import { createFilter } from '../../../src/sync/filter/filter.ts';

const schema = z.strictObject(filterOptions).superRefine((options, context) => {
  checkFilterOptions(options, (option, message) => context.addIssue({ code: 'custom', path: [option], message }));
});

function check(options: unknown) {
  const { data, error } = schema.safeParse(options);
  return { value: data, problems: error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) };
}

describe('the options for which objects are synced', () => {
  it.each([
    {},
    { include: ['/2026/**', '*.{pdf,xml}'], exclude: ['*.bak'] },
    { filter: ['+ *.jpg', '- **'] },
    { minSize: 0, maxSize: 1_000, minAge: 'PT1H', maxAge: 'P30D' },
    { minSize: 5, maxSize: 5, minAge: 'P1D', maxAge: 'PT24H' },
    { minAge: 'P31D', maxAge: 'P1M' },
    { minAge: 'P1M', maxAge: 'P30D' },
    { maxAge: 'P1Y2M3W4DT5H6M7.5S' },
  ])('are taken as they are: %j', (options) => {
    expect(check(options)).toEqual({ value: options, problems: undefined });
  });

  it('are what a filter is made of', () => {
    const { value = {} } = check({ include: ['*.jpg'], minSize: '1 KiB', maxAge: 'P1D' });

    const { passes } = createFilter(value, new Date('2026-11-25'));
    const lastModified = new Date('2026-11-24');
    expect(passes({ key: 'a.jpg', sizeBytes: 1_024, lastModified })).toBe(true);
    expect(passes({ key: 'a.jpg', sizeBytes: 1_023, lastModified })).toBe(false);
  });

  it.each([
    ['0 B', 0],
    ['7B', 7],
    ['10 KiB', 10_240],
    ['10 kB', 10_000],
    ['1.5 MiB', 1_572_864],
    ['2MB', 2_000_000],
    ['5 GiB', 5 * 1024 ** 3],
    ['5 GB', 5_000_000_000],
    ['0.5 TiB', 1024 ** 4 / 2],
    ['1 TB', 1e12],
    ['1 PiB', 1024 ** 5],
    ['0.0004 kB', 0],
  ])('have sizes in bytes: %s', (maxSize, bytes) => {
    expect(check({ maxSize }).value).toEqual({ maxSize: bytes });
  });

  it.each([
    [{ include: [] }, 'include: must not be empty'],
    [{ include: ['a', 'b['] }, 'include.1: a glob of 2 characters has a "[" without its "]"'],
    [{ include: [''] }, 'include.0: a glob of 0 characters is empty'],
    [{ exclude: ['x'.repeat(1_025)] }, 'exclude.0: a glob of 1025 characters is longer'],
    [{ exclude: Array.from({ length: 257 }, () => 'a') }, 'exclude: '],
    [{ filter: ['*.jpg'] }, 'filter.0: must begin with "+ " (is in) or "- " (is out)'],
    [{ filter: ['+ ***'] }, 'filter.0: a glob of 3 characters has more than two "*"'],
    [{ filter: ['- *'], include: ['a'] }, 'filter: stands instead of include and exclude'],
    [{ filter: ['- *'], exclude: ['a'] }, 'filter: stands instead of include and exclude'],
    [{ minSize: '10' }, 'minSize: must be a number of bytes, or text with a unit'],
    [{ minSize: '10 Mib' }, 'minSize: must be a number of bytes'],
    [{ maxSize: -1 }, 'maxSize: must be a number of bytes'],
    [{ maxSize: 1.5 }, 'maxSize: must be a number of bytes'],
    [{ minSize: '1 KiB', maxSize: '1 kB' }, 'minSize: is more than maxSize (1000 bytes)'],
    [{ minAge: '30d' }, 'minAge: must be an ISO 8601 duration'],
    [{ maxAge: 'P' }, 'maxAge: must be an ISO 8601 duration'],
    [{ minAge: 'P32D', maxAge: 'P1M' }, 'minAge: is longer than maxAge (P1M)'],
    [{ include: 'a' }, 'include: '],
    [{ exclude: ['**'] }, 'exclude: leaves out every key'],
    [{ filter: ['- **', '+ a'] }, 'filter: leaves out every key'],
  ])('are refused, and say why: %j', (options, problem) => {
    expect(check(options).problems).toEqual([expect.stringContaining(problem)]);
  });

  it('have a limit for all globs together, which bounds what a key costs', () => {
    const exclude = Array.from({ length: 16 }, () => 'x'.repeat(1_024));

    expect(check({ exclude }).problems).toBeUndefined();
    expect(check({ exclude, include: ['y'] }).problems).toEqual([
      expect.stringMatching(/^exclude: .* more than 16384 characters together/),
    ]);
  });
});
