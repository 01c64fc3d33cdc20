import { z } from 'zod';
import { shortened } from '../../text/outside-text.ts';
import type { Checked } from '../checked.ts';
import { checkEnvironment, type Environment, wholeNumber } from '../environment.ts';
import type { Job } from '../jobs/jobs.ts';
import { type Location, LocationError, parseLocation } from '../locations.ts';
import { BYTE_SIZE, bytesOf } from '../options/byte-size.ts';
import { ACCESS_TIERS, CANNED_ACLS, STORAGE_CLASSES } from '../options/carried-options.ts';

/** The limits of ad hoc runs, which a caller with a function key can start. */
export interface AdHocRules {
  /** `none` is not a place: without a source or a destination there are no ad hoc runs. */
  readonly sources: readonly Location[];
  readonly destinations: readonly Location[];
  /** Where lists of keys may be, besides the lists that jobs name. */
  readonly keyLists: readonly Location[];
  /** Objects that one run may delete. */
  readonly maxDeletions: number;
  /** Bytes of archived objects that one run may restore. */
  readonly maxRestoreBytes: number;
  /** Storage classes and access tiers that a run may write. */
  readonly tiers: readonly string[];
  /** Canned ACLs that a run may write. */
  readonly acls: readonly string[];
}

/** {@link AdHocRules} as configured. A list that is not set defaults to the locations of the jobs. */
export type AdHocSettings = Omit<AdHocRules, 'sources' | 'destinations'> & {
  readonly sources: readonly Location[] | undefined;
  readonly destinations: readonly Location[] | undefined;
};

const NONE = 'none';
const NONE_AND_MORE = '"none" stands beside locations: leave out one or the other';
const MAX_DELETIONS = 1_000_000_000;

/** Objects in these can be read only after a restore. */
const ARCHIVES: readonly string[] = ['GLACIER', 'DEEP_ARCHIVE', 'Archive'];
const TIERS: readonly string[] = [...STORAGE_CLASSES, ...ACCESS_TIERS];
const READABLE_TIERS = TIERS.filter((tier) => !ARCHIVES.includes(tier));
/** The ACLs that let nobody in but the owners of the object and of the bucket. */
const OWNERS_ACLS: readonly string[] = ['private', 'bucket-owner-read', 'bucket-owner-full-control'];

const limits = z.object({
  BRIDGE_AD_HOC_MAX_DELETIONS: wholeNumber(0, MAX_DELETIONS, 0),
  BRIDGE_AD_HOC_MAX_RESTORE: z
    .union([z.literal('0'), z.string().regex(BYTE_SIZE)], 'must be a size with its unit, such as "500 GiB", or 0')
    .default('0')
    .transform((text) => (text === '0' ? 0 : bytesOf(text))),
  BRIDGE_AD_HOC_TIERS: listOf(TIERS, READABLE_TIERS),
  BRIDGE_AD_HOC_ACLS: listOf(CANNED_ACLS, OWNERS_ACLS),
});

/** Reads the settings for ad hoc runs. The problems repeat no text that may be a secret. */
export function checkAdHoc(env: Environment): Checked<AdHocSettings> {
  const bounds = checkEnvironment(limits, env);
  const both = readLocations(env, 'BRIDGE_ALLOWED_LOCATIONS');
  const sources = readLocations(env, 'BRIDGE_ALLOWED_SOURCES');
  const destinations = readLocations(env, 'BRIDGE_ALLOWED_DESTINATIONS');
  const keyLists = readLocations(env, 'BRIDGE_ALLOWED_KEY_LISTS');
  const problems = [bounds, both, sources, destinations, keyLists].flatMap((part) => part.problems ?? []);
  if (bounds.value === undefined || problems.length > 0) return { problems };
  return {
    value: {
      sources: sources.value ?? both.value,
      destinations: destinations.value ?? both.value,
      keyLists: keyLists.value ?? [],
      maxDeletions: bounds.value.BRIDGE_AD_HOC_MAX_DELETIONS,
      maxRestoreBytes: bounds.value.BRIDGE_AD_HOC_MAX_RESTORE,
      tiers: bounds.value.BRIDGE_AD_HOC_TIERS,
      acls: bounds.value.BRIDGE_AD_HOC_ACLS,
    },
  };
}

/** The rules for these jobs: where the settings name no locations, each job's locations are allowed for what the job does there. */
export function adHocRulesOf(settings: AdHocSettings, jobs: readonly Job[]): AdHocRules {
  const { sources, destinations } = settings;
  return {
    ...settings,
    sources: sources ?? jobs.map(({ source }) => source),
    destinations: destinations ?? jobs.flatMap(({ destination, reportTo }) => [destination, ...(reportTo ? [reportTo] : [])]),
  };
}

function listOf(known: readonly string[], preset: readonly string[]) {
  return z
    .string()
    .transform((text) => wordsOf(text).filter((word) => word !== NONE))
    .refine((words) => words.every((word) => known.includes(word)), `must be none, or some of ${known.join(', ')}`)
    .default([...preset]);
}

/** `undefined` where the setting is not there; empty for `none`. */
function readLocations(env: Environment, setting: string): Checked<readonly Location[] | undefined> {
  const text = env[setting];
  if (text === undefined) return { value: undefined };
  const words = wordsOf(text);
  if (words.length === 1 && words[0] === NONE) return { value: [] };
  const results = words.map((word) => (word === NONE ? NONE_AND_MORE : tryLocation(word)));
  const problems = results.filter((result) => typeof result === 'string').map((message) => `${setting}: ${message}`);
  return problems.length > 0 ? { problems: shortened(problems) } : { value: results.filter((result) => typeof result !== 'string') };
}

function tryLocation(text: string): Location | string {
  try {
    return parseLocation(text);
  } catch (error) {
    if (error instanceof LocationError) return error.message;
    throw error;
  }
}

function wordsOf(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '');
}
