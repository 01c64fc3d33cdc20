import { issuerProblem } from '../entra-issuer.ts';
import { type Provider, withoutScheme } from '../trust.ts';
import { errorAt, errorOf, type Finding } from '../trust-finding.ts';
import { checkFirstParty } from './audience-rules.ts';

const notRetained = errorOf('provider/not-retained', {
  why: 'An account has one OIDC provider for an issuer. If this stack is deleted, or its creation fails because there is one already, everybody else who uses it is locked out.',
  fix: 'Set DeletionPolicy and UpdateReplacePolicy of the provider to Retain.',
});

/** Checks an OIDC provider. */
export function checkProvider({ place, url, clientIds, thumbprints, isRetained }: Provider): readonly Finding[] {
  return [
    ...checkUrl(url, `${place}.Url`),
    ...checkFirstParty(clientIds, `${place}.ClientIdList`),
    ...(isRetained ? [] : [notRetained(place)]),
    ...(thumbprints.length === 0 ? [] : [pinnedThumbprint(`${place}.ThumbprintList`)]),
  ];
}

function checkUrl(url: string, place: string): readonly Finding[] {
  const problem = issuerProblem(withoutScheme(url));
  if (problem !== undefined) return [errorAt(place, problem)];
  if (/^https:\/\//.test(url)) return [];
  return [
    errorAt(place, {
      rule: 'provider/url',
      why: `IAM takes URLs that begin with "https://", but this is ${url}.`,
      fix: `Write https://${withoutScheme(url)}.`,
    }),
  ];
}

function pinnedThumbprint(place: string): Finding {
  return {
    rule: 'provider/thumbprint',
    severity: 'warning',
    place,
    why: "AWS checks the issuer's certificate against its own list of authorities, and a pinned one only goes stale.",
    fix: 'Leave ThumbprintList out.',
  };
}
