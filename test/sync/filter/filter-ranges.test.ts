import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFilter } from '../../../src/sync/filter/filter.ts';
import { rangesOf } from '../../../src/sync/filter/filter-ranges.ts';
import { compareKeys } from '../../../src/sync/store/key-order.ts';
import type { KeyRange } from '../../../src/sync/store/key-range.ts';
import { sampleGlobs, sampleKeys } from './arbitrary-globs.ts';

const TOP = '\u{10fffd}';

function isIn(key: string, { after, through }: KeyRange): boolean {
  return (after === undefined || compareKeys(key, after) > 0) && (through === undefined || compareKeys(key, through) <= 0);
}

/** One list of globs to include, one to exclude, or rules. */
const someOptions = fc.oneof(
  fc.record({ include: globs(4), exclude: globs(3) }),
  fc.record({ filter: fc.array(fc.tuple(fc.constantFrom('+', '-'), sampleGlobs), { minLength: 1, maxLength: 6 }).map(toRules) }),
);

function globs(maxLength: number) {
  return fc.array(
    sampleGlobs.map(({ text }) => text),
    { maxLength },
  );
}

function toRules(list: readonly (readonly [string, { readonly text: string }])[]): readonly string[] {
  return [...list.map(([sign, { text }]) => `${sign} ${text}`), '- **'];
}

describe('the ranges that a filter leaves', () => {
  it.each([
    [{}, [{}]],
    [{ include: ['*.jpg'] }, [{}]],
    [{ include: ['/**'] }, [{}]],
    [{ include: ['/*.jpg'] }, [{}]],
    [{ include: ['/2024/**'] }, [{ after: `2024.${TOP}`, through: '20240' }]],
    [{ include: ['/2024/'] }, [{ after: `2024.${TOP}`, through: '20240' }]],
    [{ include: ['/2024/*.jpg'] }, [{ after: `2024.${TOP}`, through: '20240' }]],
    [{ include: ['/a/b.txt'] }, [{ after: `a/b.txs${TOP}`, through: 'a/b.txt' }]],
    [
      { include: ['/b/**', '/a/**'] },
      [
        { after: `a.${TOP}`, through: 'a0' },
        { after: `b.${TOP}`, through: 'b0' },
      ],
    ],
    [
      { include: ['/{b,a{x,y}}/**'] },
      [
        { after: `ax.${TOP}`, through: 'ax0' },
        { after: `ay.${TOP}`, through: 'ay0' },
        { after: `b.${TOP}`, through: 'b0' },
      ],
    ],
    [{ include: ['/a/**', '/a/b/**'] }, [{ after: `a.${TOP}`, through: 'a0' }]],
    [{ include: ['/a/**', '*.jpg'] }, [{}]],
    [{ exclude: ['*.jpg', '/tmp/*'] }, [{}]],
    [{ exclude: ['/tmp/**'] }, [{ through: 'tmp/' }, { after: `tmp/${TOP}` }]],
    [{ exclude: ['tmp/'] }, [{ through: 'tmp/' }, { after: `tmp/${TOP}` }]],
    [
      { include: ['/a/**'], exclude: ['/a/b/**'] },
      [
        { after: `a.${TOP}`, through: 'a/b/' },
        { after: `a/b/${TOP}`, through: 'a0' },
      ],
    ],
    [
      { filter: ['+ /a/b/**', '- /a/**', '+ /{a,c}/**', '- **'] },
      [
        { after: `a.${TOP}`, through: 'a/' },
        { after: `a/b.${TOP}`, through: 'a/b0' },
        { after: `a/${TOP}`, through: 'a0' },
        { after: `c.${TOP}`, through: 'c0' },
      ],
    ],
    [{ filter: ['- **', '+ /a/**'] }, []],
    [{ filter: ['- /**'] }, []],
    [{ include: ['/ x'] }, [{ after: ` w${TOP}`, through: ' x' }]],
    [{ include: ['/ **'] }, [{ through: '!' }]],
    [{ include: ['/~*'] }, [{ after: `}${TOP}`, through: '\u00a0' }]],
    [{ include: ['/\ufffd*'] }, [{ after: `\ufffc${TOP}`, through: '\u{10000}' }]],
    [{ include: ['/\u{10000}*'] }, [{ after: `\ufffd${TOP}`, through: '\u{10001}' }]],
    [{ include: [`/a${TOP}*`] }, [{ after: `a\u{10fffc}${TOP}`, through: 'b' }]],
    [{ include: [`/${TOP}*`] }, [{ after: `\u{10fffc}${TOP}` }]],
  ])('of %j are no larger than need be', (options, ranges) => {
    expect(rangesOf(options)).toEqual(ranges);
  });

  it('hold every key that passes', () => {
    fc.assert(
      fc.property(someOptions, fc.array(sampleKeys, { minLength: 1, maxLength: 30 }), (options, keys) => {
        const ranges = rangesOf(options);

        const { passesKey } = createFilter(options, new Date(0));
        const missed = keys.filter((key) => passesKey(key) && !ranges.some((range) => isIn(key, range)));
        expect(missed).toEqual([]);
      }),
      { numRuns: 5_000 },
    );
  });

  it('are ascending and apart', () => {
    fc.assert(
      fc.property(someOptions, (options) => {
        const ranges = rangesOf(options);

        const bounds = ranges.flatMap(({ after, through }) => [after, through]).filter((bound) => bound !== undefined);
        expect(bounds).toEqual([...new Set(bounds)].toSorted(compareKeys));
        expect(ranges.slice(1).every(({ after }) => after !== undefined)).toBe(true);
        expect(ranges.slice(0, -1).every(({ through }) => through !== undefined)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('are few, even where the rules name very many places', () => {
    const places = Array.from({ length: 256 }, (_, index) => `${index}`.padStart(3, '0'));

    const ranges = rangesOf({ include: places.map((place) => `/${place}/{a,b}/**`) });

    expect(ranges.length).toBeLessThanOrEqual(64);
    expect(places.every((place) => ranges.some((range) => isIn(`${place}/b/x`, range)))).toBe(true);
    expect(ranges.some((range) => isIn('000/', range) || isIn('3', range))).toBe(false);
  });

  it('do not multiply with alternatives, and have bounds no longer than a key', () => {
    const include = [`/${'{a,b}'.repeat(100)}`, `/c${'d'.repeat(900)}*`];

    const ranges = rangesOf({ include });

    expect(ranges.length).toBeLessThanOrEqual(64);
    expect(ranges.flatMap(({ after = '', through = '' }) => [after, through]).every((bound) => bound.length < 300)).toBe(true);
    expect(ranges.some((range) => isIn('e', range))).toBe(false);
  });
});
