import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFilter, type FilterOptions } from '../../../src/sync/filter/filter.ts';
import { sampleGlobs, sampleKeys } from './arbitrary-globs.ts';

const NOW = new Date('2026-11-25T12:00:00Z');
const filterOf = (options: FilterOptions) => createFilter(options, NOW);
const entry = (key: string, sizeBytes = 1, lastModified = NOW) => ({ key, sizeBytes, lastModified });

describe('a filter by keys', () => {
  it('lets everything pass when nothing is asked for', () => {
    const { passesKey } = filterOf({});

    expect(['', 'a', '/', '..'].every(passesKey)).toBe(true);
  });

  it('lets only pass what an include matches', () => {
    const { passesKey } = filterOf({ include: ['*.jpg', '/docs/'] });

    expect(['a.jpg', 'x/b.jpg', 'docs/c.txt', 'c.txt', 'x/docs/c.txt'].filter(passesKey)).toEqual(['a.jpg', 'x/b.jpg', 'docs/c.txt']);
  });

  it('lets pass what no exclude matches', () => {
    const { passesKey } = filterOf({ exclude: ['*.bak', '/tmp/'] });

    expect(['a.bak', 'tmp/a', 'x/tmp/a', 'a'].filter(passesKey)).toEqual(['x/tmp/a', 'a']);
  });

  it('excludes what an include matches too', () => {
    const { passesKey } = filterOf({ include: ['*.jpg'], exclude: ['/tmp/'] });

    expect(['a.jpg', 'tmp/a.jpg', 'a.png'].filter(passesKey)).toEqual(['a.jpg']);
  });

  it('goes by the first rule that a key matches', () => {
    const { passesKey } = filterOf({ filter: ['- secret*.jpg', '+ *.jpg', '+ *.png', '+ file2.avi', '- **'] });

    const keys = ['file1.jpg', 'file3.png', 'file2.avi', 'secret17.jpg', 'non-media.txt'];
    expect(keys.filter(passesKey)).toEqual(['file1.jpg', 'file3.png', 'file2.avi']);
  });

  it('lets pass what no rule matches', () => {
    const { passesKey } = filterOf({ filter: ['+ /tmp/keep/**', '- /tmp/**'] });

    expect(['tmp/keep/a', 'tmp/a', 'a'].filter(passesKey)).toEqual(['tmp/keep/a', 'a']);
  });

  it('decides by the first of any rules', () => {
    const rules = fc.array(fc.tuple(fc.constantFrom('+', '-'), sampleGlobs), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(rules, fc.array(sampleKeys, { maxLength: 20 }), (list, keys) => {
        const { passesKey } = filterOf({ filter: list.map(([sign, { text }]) => `${sign} ${text}`) });

        const isIn = (key: string) => (list.find(([, { matches }]) => matches(key))?.[0] ?? '+') === '+';
        expect(keys.filter(passesKey)).toEqual(keys.filter(isIn));
      }),
      { numRuns: 1_000 },
    );
  });

  it.each(['*.jpg', '*', '+', '+*.jpg', '! *', ' + a', '# a'])('refuses the rule %j', (rule) => {
    expect(() => filterOf({ filter: [rule] })).toThrow('must begin with "+ " (is in) or "- " (is out)');
  });
});

describe('a filter by size and age', () => {
  it.each([
    [{ minSize: 10 }, [10, 11]],
    [{ maxSize: 10 }, [0, 9, 10]],
    [{ minSize: 10, maxSize: 10 }, [10]],
    [{ minSize: 0 }, [0, 9, 10, 11]],
  ])('includes the limits of %j', (options, passing) => {
    const filter = filterOf(options);

    expect([0, 9, 10, 11].filter((sizeBytes) => filter.passes(entry('a', sizeBytes)))).toEqual(passing);
  });

  const times = ['2026-11-24T11:59:59.999Z', '2026-11-24T12:00:00.000Z', '2026-11-25T11:00:00.000Z', '2026-11-25T11:00:00.001Z'];

  it.each([
    [{ maxAge: 'P1D' }, times.slice(1)],
    [{ minAge: 'PT1H' }, times.slice(0, 3)],
    [{ minAge: 'PT1H', maxAge: 'P1D' }, times.slice(1, 3)],
  ])('includes the limits of %j', (options, passing) => {
    const filter = filterOf(options);

    expect(times.filter((time) => filter.passes(entry('a', 1, new Date(time))))).toEqual(passing);
  });

  it('takes what was modified after the start of the run for new', () => {
    const later = new Date('2026-11-25T12:00:01Z');

    expect(filterOf({ maxAge: 'PT0S' }).passes(entry('a', 1, later))).toBe(true);
    expect(filterOf({ minAge: 'PT0S' }).passes(entry('a', 1, later))).toBe(false);
  });

  it('wants all of key, size and age', () => {
    const filter = filterOf({ include: ['*.jpg'], minSize: 10, maxAge: 'P1D' });
    const old = new Date('2020-01-01');

    expect(filter.passes(entry('a.jpg', 10))).toBe(true);
    expect(filter.passes(entry('a.png', 10))).toBe(false);
    expect(filter.passes(entry('a.jpg', 9))).toBe(false);
    expect(filter.passes(entry('a.jpg', 10, old))).toBe(false);
  });

  it('does not ask for size and age where only the key counts', () => {
    expect(filterOf({ minSize: 10, maxAge: 'P1D' }).passesKey('a')).toBe(true);
  });
});
