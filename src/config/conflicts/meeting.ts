import { createFilter } from '../../sync/filter/filter.ts';
import { rangesOf } from '../../sync/filter/filter-ranges.ts';
import { prefixCore } from '../../sync/filter/prefix-range.ts';
import { compareKeys } from '../../sync/store/key-order.ts';
import type { KeyRange } from '../../sync/store/key-range.ts';
import type { Location } from '../locations.ts';
import type { SyncOptions } from '../options/sync-options.ts';
import { exampleKeys } from './example-keys.ts';
import { overlaps } from './overlap.ts';

/** The keys below a location that pass a job's filters. */
export interface KeySet {
  readonly location: Location;
  readonly options: SyncOptions;
}

/** Whether two sets have a key in common: proved by a key of the bucket or container, disproved, or neither. */
export type Meeting = { readonly kind: 'at'; readonly key: string } | { readonly kind: 'never' | 'perhaps' };

/** Answers about keys and filters, which it reads once for each job. */
export interface Meetings {
  /** Tells whether a key of the bucket or container is in the set; `false` when that cannot be afforded any more. */
  has(set: KeySet, key: string): boolean;
  of(one: KeySet, other: KeySet): Meeting;
  /** Tells whether a key below `prefix`, of the same bucket or container, may be in the set. */
  mayReach(set: KeySet, prefix: string): boolean;
  /** Tells whether some of the answers could not be afforded. */
  areIncomplete(): boolean;
}

/** Characters of globs times characters of keys that may be compared in all, so that many jobs with long filters cannot keep the app from its start. */
const MAX_STEPS = 50_000_000;

export function createMeetings(): Meetings {
  const filters = new Map<SyncOptions, (key: string) => boolean>();
  const ranges = new Map<SyncOptions, Map<string, readonly KeyRange[]>>();
  let steps = 0;

  function passes(options: SyncOptions, key: string): boolean {
    steps += (key.length + 1) * (lengthOf(options) + 1);
    if (steps > MAX_STEPS) return false;
    const filter = filters.get(options) ?? createFilter(options, new Date(0)).passesKey;
    filters.set(options, filter);
    return filter(key);
  }

  /** Cache: a job has few locations. */
  function rangesIn({ location: { prefix }, options }: KeySet): readonly KeyRange[] {
    const known = ranges.get(options) ?? new Map<string, readonly KeyRange[]>();
    ranges.set(options, known);
    const found = known.get(prefix) ?? rangesBelow(prefix, options);
    known.set(prefix, found);
    return found;
  }

  function has({ location, options }: KeySet, key: string): boolean {
    return key.startsWith(location.prefix) && key !== location.prefix && passes(options, key.slice(location.prefix.length));
  }

  return {
    has,
    of(one, other) {
      if (!overlaps(one.location, other.location) || !haveCommon(rangesIn(one), rangesIn(other))) return { kind: 'never' };
      steps += lengthOf(one.options) + lengthOf(other.options);
      if (steps > MAX_STEPS) return { kind: 'perhaps' };
      const inner = one.location.prefix.length > other.location.prefix.length ? one.location.prefix : other.location.prefix;
      const examples = exampleKeys([one.options, other.options]).map((key) => inner + key);
      const key = examples.find((example) => has(one, example) && has(other, example));
      return key === undefined ? { kind: 'perhaps' } : { kind: 'at', key };
    },
    mayReach: (set, prefix) => haveCommon(rangesIn(set), [prefixCore(prefix)]),
    areIncomplete: () => steps > MAX_STEPS,
  };
}

function lengthOf({ include = [], exclude = [], filter = [] }: SyncOptions): number {
  return [...include, ...exclude, ...filter].reduce((sum, glob) => sum + glob.length, 0);
}

function rangesBelow(prefix: string, options: SyncOptions): readonly KeyRange[] {
  const below = prefixCore(prefix);
  return rangesOf(options).map(({ after, through }) => {
    const start = after === undefined ? below.after : prefix + after;
    const end = through === undefined ? below.through : prefix + through;
    return { ...(start !== undefined && { after: start }), ...(end !== undefined && { through: end }) };
  });
}

/** Both are ascending and have no key twice, so that one walk along both is enough. */
function haveCommon(some: readonly KeyRange[], others: readonly KeyRange[]): boolean {
  for (let one = 0, other = 0; ; ) {
    const [range, otherRange] = [some[one], others[other]];
    if (range === undefined || otherRange === undefined) return false;
    if (!isBefore(otherRange.after, range.through)) one++;
    else if (!isBefore(range.after, otherRange.through)) other++;
    else return true;
  }
}

function isBefore(after: string | undefined, through: string | undefined): boolean {
  return after === undefined || through === undefined || compareKeys(after, through) < 0;
}
