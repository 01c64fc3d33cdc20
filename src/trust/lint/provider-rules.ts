import { checkFirstParty } from './audience-rules.ts';
import { errorOf, type Finding } from './finding.ts';
import { checkSlash } from './issuer-rules.ts';
import type { Provider } from './trust.ts';

const notRetained = errorOf('provider/not-retained', {
  why: 'An account has one OIDC provider for an issuer. If this stack is deleted, or its creation fails because there is one already, everybody else who uses it is locked out.',
  fix: 'Set DeletionPolicy and UpdateReplacePolicy of the provider to Retain.',
});

/** Checks an OIDC provider. */
export function checkProvider({ place, url, clientIds, thumbprints, isRetained }: Provider): readonly Finding[] {
  return [
    ...checkSlash(url, `${place}.Url`),
    ...checkFirstParty(clientIds, `${place}.ClientIdList`),
    ...(isRetained ? [] : [notRetained(place)]),
    ...(thumbprints.length === 0 ? [] : [pinnedThumbprint(`${place}.ThumbprintList`)]),
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
