import { type Glob, parseGlob } from './glob.ts';
import { GlobError } from './glob-cursor.ts';

/** Which keys a sync is about: `filter`, or `include` and `exclude`. Globs are as parseGlob has them, on keys relative to the location. */
export interface KeyFilterOptions {
  /** Only keys that match one of these. */
  readonly include?: readonly string[] | undefined;
  /** No keys that match one of these, even if they match one of `include`. */
  readonly exclude?: readonly string[] | undefined;
  /** Rules of the form `+ <glob>` and `- <glob>`. The first that a key matches decides; one that matches none is in. */
  readonly filter?: readonly string[] | undefined;
}

/** The first rule that a key matches decides about it. */
export interface FilterRule {
  readonly isInclude: boolean;
  readonly glob: Glob;
}

const EVERYTHING = '**';

/**
 * The rules in their order; a key that matches none is in. `exclude` comes before `include`: with rclone's order, in which nothing that
 * an `include` lists can be excluded, the two together would make no sense. Throws {@link GlobError}.
 */
export function rulesOf({ include = [], exclude = [], filter = [] }: KeyFilterOptions): readonly FilterRule[] {
  const including = include.length === 0 ? [] : [...include.map(includeRule), excludeRule(EVERYTHING)];
  return [...filter.map(parseFilterRule), ...exclude.map(excludeRule), ...including];
}

/** Reads `+ <glob>` or `- <glob>`. Throws {@link GlobError}. */
export function parseFilterRule(rule: string): FilterRule {
  if (rule.startsWith('+ ')) return includeRule(rule.slice(2));
  if (rule.startsWith('- ')) return excludeRule(rule.slice(2));
  throw new GlobError('must begin with "+ " (is in) or "- " (is out), such as "- *.tmp"');
}

function includeRule(glob: string): FilterRule {
  return { isInclude: true, glob: parseGlob(glob) };
}

function excludeRule(glob: string): FilterRule {
  return { isInclude: false, glob: parseGlob(glob) };
}
