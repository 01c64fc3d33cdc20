/** Tiers of the destination by those of the source, each as its service writes it. */
export type TierMap = Readonly<Record<string, string>>;

/**
 * The counterparts of storage classes and access tiers. None of them is an archive, from which nothing can be read at once: what comes out
 * of one goes to the coldest that can. What is not here is left to the destination.
 */
export const DEFAULT_TIERS: TierMap = {
  Hot: 'STANDARD',
  Cool: 'STANDARD_IA',
  Cold: 'GLACIER_IR',
  STANDARD: 'Hot',
  REDUCED_REDUNDANCY: 'Hot',
  // This class holds objects that are read often and objects that are not.
  INTELLIGENT_TIERING: 'Hot',
  STANDARD_IA: 'Cool',
  ONEZONE_IA: 'Cool',
  GLACIER_IR: 'Cold',
  GLACIER: 'Cold',
  DEEP_ARCHIVE: 'Cold',
};

/** The tier of every copy, or by the tier of its source. */
export type TierChoice = string | TierMap;

/** The tier to write a copy in; `undefined` where it is the destination's choice. */
export function tierOfCopy(choice: TierChoice, sourceTier: string | undefined): string | undefined {
  if (typeof choice === 'string') return choice;
  return sourceTier !== undefined && Object.hasOwn(choice, sourceTier) ? choice[sourceTier] : undefined;
}
