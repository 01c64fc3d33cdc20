import type { Counts } from '../tally.ts';

/** What has to hold before anything is deleted. */
export interface DeletionGuard {
  /** Objects, 1 or more. */
  readonly maxCount: number;
  /** Of the destination's objects that the sync is about; more than 0, at most 100. */
  readonly maxPercent: number;
  readonly allowEmptySource: boolean;
}

type Compared = Pick<Counts, 'listed' | 'extraneous' | 'atDestination'>;

/** Says why nothing may be deleted, and what to do, or `undefined` when it may. `counts` are those of the whole, finished comparison. */
export function holdBack({ maxCount, maxPercent, allowEmptySource }: DeletionGuard, counts: Compared): string | undefined {
  const { listed, extraneous, atDestination } = counts;
  if (extraneous === 0) return undefined;
  const found = `Nothing was deleted: ${extraneous} of ${atDestination} objects at the destination are not at the source`;
  const remedy = 'Look at the report; if they are to go,';
  if (listed === 0 && !allowEmptySource) return `${found}, which has none at all. ${remedy} set delete.allowEmptySource.`;
  if (extraneous > maxCount) return `${found}, more than delete.maxCount (${maxCount}). ${remedy} raise it.`;
  if (extraneous * 100 > maxPercent * atDestination) return `${found}, more than delete.maxPercent (${maxPercent} %). ${remedy} raise it.`;
  return undefined;
}
