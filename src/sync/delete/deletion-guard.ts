import type { Counts } from '../outcomes/tally.ts';
import { describeUncopied, type Uncopied } from './uncopied.ts';

/** Conditions for any deletion. */
export interface DeletionGuard {
  /** Objects, 1 or more. */
  readonly maxCount: number;
  /** Percentage of the destination's objects that the sync is about; more than 0, at most 100. */
  readonly maxPercent: number;
  readonly allowEmptySource: boolean;
  /** Also while objects of the source have no current copy; a run that an earlier release began has no word on it. */
  readonly despiteFailures?: boolean | undefined;
}

interface Compared extends Pick<Counts, 'listed' | 'extraneous' | 'atDestination'> {
  readonly uncopied: Uncopied;
}

/** Says why nothing may be deleted, and what to do, or `undefined` when it may. The numbers are those of the whole, finished comparison. */
export function reasonNotToDelete(guard: DeletionGuard, { listed, extraneous, atDestination, uncopied }: Compared): string | undefined {
  const { maxCount, maxPercent, allowEmptySource, despiteFailures = false } = guard;
  if (extraneous === 0) return undefined;
  const found = `Nothing was deleted: ${extraneous} of ${atDestination} objects at the destination are not at the source`;
  const remedy = 'Look at the report; if they are to go,';
  const lacking = describeUncopied(uncopied);
  if (lacking !== undefined && !despiteFailures)
    return `${found}, but ${lacking}. What would be deleted may be the last copy of such an object, under an earlier name. Cure that and start the run again; if they are to go all the same, set delete.despiteFailures.`;
  if (listed === 0 && !allowEmptySource) return `${found}, which has none at all. ${remedy} set delete.allowEmptySource.`;
  if (extraneous > maxCount) return `${found}, more than delete.maxCount (${maxCount}). ${remedy} raise it.`;
  if (extraneous * 100 > maxPercent * atDestination) return `${found}, more than delete.maxPercent (${maxPercent} %). ${remedy} raise it.`;
  return undefined;
}
