import { isDeepStrictEqual } from 'node:util';
import type { CarriedOptions } from '../../config/options/carried-options.ts';
import type { CarryOptions } from '../../sync/properties/carry-options.ts';
import { DEFAULT_TIERS } from '../../sync/properties/tiers.ts';

/** Options of a run for everything that its copies carry. */
export function carryOptionsOf({ storageClass, accessTier, tierMap, tags = false, metadata = 'rename' }: CarriedOptions): CarryOptions {
  const tier = storageClass ?? accessTier;
  return { tags, metadata, ...(tier !== undefined && { tier: tier === 'map' ? { ...DEFAULT_TIERS, ...tierMap } : tier }) };
}

/** Tells whether two runs write the same beside the same bytes: then one can go on with the other's uploads. */
export function carryAlike(one: CarriedOptions, other: CarriedOptions): boolean {
  return isDeepStrictEqual(carriedIn(one), carriedIn(other));
}

function carriedIn({ tags = false, metadata = 'rename', ...given }: CarriedOptions): CarriedOptions {
  const { storageClass, accessTier, tierMap, encryption, acl } = given;
  return { tags, metadata, storageClass, accessTier, tierMap, encryption, acl };
}
