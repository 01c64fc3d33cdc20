import type { KeyValues, RequestContext } from './request-context.ts';
import type { AccessRequest } from './statement.ts';

export const ASSUME_WITH_TOKEN = 'sts:AssumeRoleWithWebIdentity';

/** A request for a role with a token of a general OIDC provider. */
export interface WebIdentityRequest {
  /** ARN of the provider. */
  readonly provider: string;
  /** As condition keys begin: the issuer without `https://`. */
  readonly issuer: string;
  readonly audience: KeyValues;
  readonly subject: KeyValues;
  readonly sessionName: KeyValues;
  /** Condition keys of the circumstances, in lower case; whatever is not given is not known. */
  readonly circumstances?: ReadonlyMap<string, KeyValues>;
}

/**
 * Keys that depend on the caller or the circumstances. Whatever is not here and no claim is not part of the request: it is not signed, so
 * nobody is known in it but the token (no `aws:PrincipalArn`), and it cannot carry an external id.
 */
const CIRCUMSTANCES = new Set([
  'aws:currenttime',
  'aws:epochtime',
  'aws:referer',
  'aws:requestedregion',
  'aws:resourceaccount',
  'aws:resourceorgid',
  'aws:resourceorgpaths',
  'aws:sourceip',
  'aws:sourcevpc',
  'aws:sourcevpcarn',
  'aws:sourcevpce',
  'aws:useragent',
  'aws:vpcsourceip',
  'sts:durationseconds',
]);
const PREFIXES = ['aws:resourcetag/', 'iam:resourcetag/', 'aws:vpce'];

/** The request as IAM evaluates it. Of a token AWS knows the claims `aud` and `sub`; `amr` is only in tokens of users. */
export function webIdentityRequest({ provider, issuer, audience, subject, sessionName, circumstances }: WebIdentityRequest): AccessRequest {
  const prefix = issuer.toLowerCase();
  const known = new Map<string, KeyValues>([
    ['aws:securetransport', ['true']],
    ['aws:viaawsservice', ['false']],
    ...(circumstances ?? []),
    [`${prefix}:aud`, audience],
    [`${prefix}:sub`, subject],
    ['sts:rolesessionname', sessionName],
  ]);
  const context: RequestContext = {
    get: (key) => known.get(key) ?? (CIRCUMSTANCES.has(key) || PREFIXES.some((one) => key.startsWith(one)) ? 'unknown' : undefined),
  };
  return { action: ASSUME_WITH_TOKEN, principal: { type: 'Federated', id: provider }, context };
}
