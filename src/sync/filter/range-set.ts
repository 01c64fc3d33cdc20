import { compareKeys } from '../store/key-order.ts';
import type { KeyRange } from '../store/key-range.ts';

/** Ranges, ascending and apart: no key is in two of them, and between two of them are keys that are in none. */
export type RangeSet = readonly KeyRange[];

export const ALL_KEYS: RangeSet = [{}];

/** The keys of all these ranges, in whatever order they come. */
export function union(ranges: readonly KeyRange[]): RangeSet {
  const joined: KeyRange[] = [];
  for (const range of ranges.toSorted((a, b) => compareStarts(a.after, b.after))) {
    const last = joined.at(-1);
    if (last === undefined || isGap(last.through, range.after)) joined.push(range);
    else joined[joined.length - 1] = rangeOf(last.after, laterEnd(last.through, range.through));
  }
  return joined;
}

/** The keys of the set that are not in `hole`. */
export function subtract(set: RangeSet, hole: KeyRange): RangeSet {
  return set.flatMap(({ after, through }) => {
    const below = hole.after === undefined ? [] : [rangeOf(after, earlierEnd(through, hole.after))];
    const above = hole.through === undefined ? [] : [rangeOf(laterStart(after, hole.through), through)];
    return [...below, ...above].filter((range) => !isEmpty(range));
  });
}

/** The same keys, in ranges that end at each of `keys` as well. */
export function cutAt(set: RangeSet, keys: readonly string[]): RangeSet {
  const ascending = [...new Set(keys)].sort(compareKeys);
  return set.flatMap(({ after, through }) => {
    const inside = ascending.filter((key) => isLess(after, key) && isLess(key, through));
    return [after, ...inside].map((start, index) => rangeOf(start, inside[index] ?? through));
  });
}

/** No more than `max` ranges, in which neighbours are joined, with what lies between them. */
export function coarsen(set: RangeSet, max: number): RangeSet {
  const groupSize = Math.ceil(set.length / max);
  if (groupSize <= 1) return set;
  return Array.from({ length: Math.ceil(set.length / groupSize) }, (_, index) => {
    const group = set.slice(index * groupSize, (index + 1) * groupSize);
    return rangeOf(group.at(0)?.after, group.at(-1)?.through);
  });
}

function rangeOf(after: string | undefined, through: string | undefined): KeyRange {
  return { ...(after !== undefined && { after }), ...(through !== undefined && { through }) };
}

function isEmpty({ after, through }: KeyRange): boolean {
  return after !== undefined && through !== undefined && compareKeys(after, through) >= 0;
}

/** Without a start a range begins before all keys, without an end it ends behind all. */
function isLess(a: string | undefined, b: string | undefined): boolean {
  return a === undefined || b === undefined || compareKeys(a, b) < 0;
}

/** Whether there are keys behind `through` and up to `after`. */
function isGap(through: string | undefined, after: string | undefined): boolean {
  return through !== undefined && after !== undefined && compareKeys(through, after) < 0;
}

/** Without a start a range begins before all others. */
function compareStarts(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  return compareKeys(a, b);
}

function laterStart(a: string | undefined, b: string): string {
  return a === undefined || compareKeys(a, b) < 0 ? b : a;
}

function earlierEnd(a: string | undefined, b: string): string {
  return a === undefined || compareKeys(a, b) > 0 ? b : a;
}

function laterEnd(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return undefined;
  return compareKeys(a, b) > 0 ? a : b;
}
