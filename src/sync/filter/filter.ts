import type { ObjectEntry } from '../store/objects.ts';
import { timeBefore } from './duration.ts';
import { type FilterRule, type KeyFilterOptions, rulesOf } from './filter-rules.ts';
import { createGlobMatcher } from './glob-matcher.ts';

/** Which objects a sync is about. All limits are included. */
export interface FilterOptions extends KeyFilterOptions {
  /** In bytes. */
  readonly minSize?: number | undefined;
  readonly maxSize?: number | undefined;
  /** ISO 8601 durations: how long ago the object was last modified. */
  readonly minAge?: string | undefined;
  readonly maxAge?: string | undefined;
}

export interface Filter {
  /** Whether the source's object is one that the sync is about. */
  passes(entry: Pick<ObjectEntry, 'key' | 'sizeBytes' | 'lastModified'>): boolean;
  /** As far as the key tells: for what the destination alone has, whose size and age say nothing of the source. */
  passesKey(key: string): boolean;
}

/**
 * Ages are those at `now`: give the start of the run, so that all its slices agree. Throws a GlobError or a RangeError for options that
 * are not well-formed.
 */
export function createFilter(options: FilterOptions, now: Date): Filter {
  const passesKey = createKeyFilter(rulesOf(options));
  const { minSize = 0, maxSize = Number.POSITIVE_INFINITY, minAge, maxAge } = options;
  const newest = minAge === undefined ? Number.POSITIVE_INFINITY : timeBefore(now, minAge).getTime();
  const oldest = maxAge === undefined ? Number.NEGATIVE_INFINITY : timeBefore(now, maxAge).getTime();
  return {
    passesKey,
    passes({ key, sizeBytes, lastModified }) {
      const modified = lastModified.getTime();
      return sizeBytes >= minSize && sizeBytes <= maxSize && modified >= oldest && modified <= newest && passesKey(key);
    },
  };
}

function createKeyFilter(rules: readonly FilterRule[]): (key: string) => boolean {
  const matchers = rules.map(({ isInclude, glob }) => ({ isInclude, matches: createGlobMatcher(glob) }));
  return (key) => matchers.find(({ matches }) => matches(key))?.isInclude ?? true;
}
