import type { MetadataMode } from './fit-properties.ts';
import type { TierChoice } from './tiers.ts';

/** Options for everything that copies carry besides their bytes. */
export interface CarryOptions {
  /** The tier of every copy, or by the tier of its source; left to the destination unless given. */
  readonly tier?: TierChoice;
  /** Takes one request more for each copy. */
  readonly tags?: boolean;
  /** `rename` unless given. */
  readonly metadata?: MetadataMode;
}
