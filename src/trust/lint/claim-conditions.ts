import type { PolicyCondition } from '../evaluate/conditions.ts';
import type { Statement } from '../evaluate/statement.ts';

/** The claims of a token on which a policy may have conditions. */
export type Claim = 'aud' | 'sub';

/** The condition key of a claim, in lower case. */
export function claimKey(issuer: string, claim: Claim): string {
  return `${issuer}:${claim}`.toLowerCase();
}

/** The conditions of a statement on a claim of the issuer's tokens. Keys ignore case. */
export function conditionsOn({ conditions }: Statement, issuer: string, claim: Claim): readonly PolicyCondition[] {
  const wanted = claimKey(issuer, claim);
  return conditions.filter(({ key }) => key.toLowerCase() === wanted);
}

/** Where a condition is, for people. */
export function placeOf(place: string, { operator, key }: PolicyCondition): string {
  return `${place}.Condition.${operator}["${key}"]`;
}
