import type { PolicyCondition, Statement } from './policy-document.ts';

/** A condition on a claim of the token. */
export interface ClaimCondition extends PolicyCondition {
  readonly place: string;
  /** What stands before the claim in the key: the issuer, without its scheme if it is right. */
  readonly issuer: string;
  readonly claim: string;
}

/** The conditions of a statement that are on claims: their keys start with a host. */
export function claimConditions({ place, conditions }: Statement): readonly ClaimCondition[] {
  return conditions.flatMap((condition) => {
    const [, issuer, claim] = /^(.*[./].*):([a-z]+)$/i.exec(condition.key) ?? [];
    if (issuer === undefined || claim === undefined) return [];
    return [{ ...condition, place: placeOf(place, condition), issuer, claim: claim.toLowerCase() }];
  });
}

/** Where a condition is, for people. */
export function placeOf(place: string, { operator, key }: PolicyCondition): string {
  return `${place}.Condition.${operator}["${key}"]`;
}
