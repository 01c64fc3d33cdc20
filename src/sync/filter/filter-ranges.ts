import type { KeyRange } from '../store/key-range.ts';
import { type FilterRule, type KeyFilterOptions, rulesOf } from './filter-rules.ts';
import { beginningsOf } from './glob-beginnings.ts';
import { keyCover, prefixCore, prefixCover } from './prefix-range.ts';
import { ALL_KEYS, coarsen, type RangeSet, subtract, union } from './range-set.ts';

/** Each costs a plan some requests. */
const MAX_RANGES = 64;
/** While rules are applied, so that many rules with many alternatives take no longer than their text is long. */
const MAX_RANGES_BETWEEN = 256;

/**
 * Ranges outside which no key passes the filter, ascending and apart; none when no key can. Not every key in them passes. Throws a GlobError.
 */
export function rangesOf(options: KeyFilterOptions): RangeSet {
  // From the last rule to the first, since each decides before those behind it.
  return coarsen(rulesOf(options).reduceRight(applyRule, ALL_KEYS), MAX_RANGES);
}

/** To have fewer ranges that hold more is right for either kind of rule. */
function applyRule(set: RangeSet, rule: FilterRule): RangeSet {
  const applied = rule.isInclude ? union([...set, ...rangesThatMayMatch(rule)]) : rangesThatMatch(rule).reduce(subtract, set);
  return coarsen(applied, MAX_RANGES_BETWEEN);
}

/** Every key that matches is in one of them. */
function rangesThatMayMatch({ glob: { isAnchored, nodes } }: FilterRule): readonly KeyRange[] {
  if (!isAnchored) return ALL_KEYS;
  return beginningsOf(nodes).map(({ text, rest }) => (rest === 'nothing' ? keyCover(text) : prefixCover(text)));
}

/** Every key in one of them matches. One that may begin behind any slash may also begin where the key does. */
function rangesThatMatch({ glob: { nodes } }: FilterRule): readonly KeyRange[] {
  return beginningsOf(nodes).flatMap(({ text, rest }) => (rest === 'anything' ? [prefixCore(text)] : []));
}
