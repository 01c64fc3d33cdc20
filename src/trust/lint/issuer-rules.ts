import { ISSUER_HOSTS } from '../../clouds/azure-clouds.ts';
import { claimConditions } from './claim-conditions.ts';
import { errorOf, type Finding } from './finding.ts';
import type { Statement } from './policy-document.ts';
import { withoutScheme } from './trust.ts';

const schemeInKey = errorOf('trust/scheme-in-key', {
  why: 'A condition key starts with the issuer without "https://": with it, the key is never in a request, and nobody gets in.',
  fix: 'Take "https://" out of the key.',
});
const missingSlash = errorOf('trust/missing-slash', {
  why: 'The issuer of version 1 tokens ends with a slash after the tenant, and its names in IAM must be equal to it.',
  fix: 'Write sts.windows.net/<tenant>/ with the slash in the URL, the ARN and the condition keys.',
});
const providerMismatch = errorOf('trust/provider-mismatch', {
  why: "The condition's key is about another issuer than the principal is, so the condition says nothing about the tokens that are let in.",
  fix: 'Start the key with the part of the provider\'s ARN after "oidc-provider/".',
});
const wildcardPrincipal = errorOf('trust/wildcard-principal', {
  why: 'Everybody is trusted, whoever vouches for them.',
  fix: "Name the ARN of the account's OIDC provider as the one Federated principal.",
});

/** An issuer of version 1 tokens, but for its slash. */
const ISSUER_WITHOUT_SLASH = new RegExp(`^(?:${ISSUER_HOSTS.join('|').replaceAll('.', '\\.')})/[^/]+$`, 'i');

/** Tells whether the issuer, given with or without its scheme, lacks the slash after the tenant. */
export function lacksSlash(issuer: string): boolean {
  return ISSUER_WITHOUT_SLASH.test(withoutScheme(issuer));
}

/** Finds the lack of a slash in an issuer that is written at `place`. */
export function checkSlash(issuer: string, place: string): readonly Finding[] {
  return lacksSlash(issuer) ? [missingSlash(place)] : [];
}

/** Checks who vouches for the tokens that a statement of a trust policy lets in. */
export function checkIssuer(statement: Statement): readonly Finding[] {
  const issuers = statement.principals.flatMap(issuerOf);
  return [
    ...issuers.flatMap((issuer) => checkSlash(issuer, `${statement.place}.Principal`)),
    ...claimConditions(statement).flatMap(({ issuer, place }) => checkKey(issuer, issuers, place)),
  ];
}

/** Finds everybody among the principals of any statement that allows something. */
export function checkPrincipals({ isAllow, principals, place }: Statement): readonly Finding[] {
  return isAllow && principals.includes('*') ? [wildcardPrincipal(`${place}.Principal`)] : [];
}

function checkKey(issuer: string, issuers: readonly string[], place: string): readonly Finding[] {
  const bare = withoutScheme(issuer);
  const isMatched = issuers.length === 0 || issuers.some((one) => withSlash(one) === withSlash(bare));
  return [...(bare === issuer ? [] : [schemeInKey(place)]), ...checkSlash(bare, place), ...(isMatched ? [] : [providerMismatch(place)])];
}

/** The issuer that an OIDC provider's ARN names; none for another ARN. */
export function issuerOf(providerArn: string): readonly string[] {
  const [, issuer] = /:oidc-provider\/(.+)$/.exec(providerArn) ?? [];
  return issuer === undefined ? [] : [issuer];
}

// A slash that is missing is a finding of its own. IAM's condition keys ignore case.
function withSlash(issuer: string): string {
  return `${issuer.toLowerCase().replace(/\/$/, '')}/`;
}
