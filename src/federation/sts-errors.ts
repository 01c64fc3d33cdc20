import { STSServiceException } from '@aws-sdk/client-sts';
import { FederationError, type FederationErrorCode } from './federation-error.ts';

/** The SDK's message for an error without one. */
const NO_WORDS = 'UnknownError';

interface Finding {
  readonly code: FederationErrorCode;
  readonly remedy: string;
}

const UNAVAILABLE: Finding = { code: 'sts-unavailable', remedy: 'Check the network and AWS_REGION, and try again in a while.' };
const INVALID_REQUEST: Finding = {
  code: 'invalid-request',
  remedy: "Check AWS_ROLE_ARN, and that the session is not to last longer than the role's maximum session duration.",
};
const KEYS_UNAVAILABLE: Finding = {
  code: 'keys-unavailable',
  remedy: "STS could not fetch the issuer's keys. This passes by itself; try again in a while.",
};

/** STS says several things under the name InvalidIdentityToken; only its words tell them apart. */
const INVALID_TOKEN: readonly (Finding & { readonly sign: RegExp })[] = [
  { sign: /verification key/i, ...KEYS_UNAVAILABLE },
  {
    sign: /No OpenIDConnect provider found/i,
    code: 'unknown-issuer',
    remedy:
      "Create an OIDC provider in the role's account whose URL is the token's issuer, slash at the end included, and let the app registration issue version 1 tokens.",
  },
  {
    sign: /audience/i,
    code: 'wrong-audience',
    remedy:
      "Add BRIDGE_AUDIENCE to the client ids of the OIDC provider. Of a version 2 token STS takes the caller's client id instead: let the app registration issue version 1 tokens.",
  },
];

const BY_NAME: Readonly<Record<string, Finding>> = {
  IDPCommunicationError: KEYS_UNAVAILABLE,
  InvalidIdentityToken: {
    code: 'invalid-token',
    remedy: "BRIDGE_AUDIENCE must be your own App ID URI: a token for one of Microsoft's services is of no use to AWS.",
  },
  IDPRejectedClaim: { code: 'invalid-token', remedy: "Check that the identity is enabled, and this machine's clock." },
  ExpiredToken: { code: 'expired-token', remedy: "Check this machine's clock." },
  AccessDenied: {
    code: 'access-denied',
    remedy:
      "Check AWS_ROLE_ARN, and that the role's trust policy names this token's audience and subject (case matters) under the issuer's host and path, slash at the end included.",
  },
  MalformedPolicyDocument: { code: 'invalid-session-policy', remedy: 'Check the names of the buckets and the prefixes of the job.' },
  PackedPolicyTooLarge: { code: 'invalid-session-policy', remedy: 'Use fewer locations in one job, or shorter prefixes.' },
  RegionDisabled: { code: 'region-disabled', remedy: 'Activate STS for this region in the account, or set another AWS_REGION.' },
  ValidationError: INVALID_REQUEST,
  // The same in the words of Ceph's gateway.
  InvalidArgument: INVALID_REQUEST,
};

/** Turns what the STS client throws into a {@link FederationError}. */
export function fromStsError(error: unknown, roleArn: string): FederationError {
  const { code, remedy } = find(error);
  return new FederationError(code, `No credentials for the role ${roleArn}: STS: ${describe(error)}. ${remedy}`, error);
}

function find(error: unknown): Finding {
  if (!(error instanceof STSServiceException)) return UNAVAILABLE;
  const name = error.name.replace(/Exception$/, '');
  const status = error.$metadata.httpStatusCode ?? 500;
  if (status >= 500 || status === 429 || name.startsWith('Throttl')) return UNAVAILABLE;
  const byWords = name === 'InvalidIdentityToken' ? INVALID_TOKEN.find(({ sign }) => sign.test(error.message)) : undefined;
  return byWords ?? BY_NAME[name] ?? { code: 'sts-rejected', remedy: 'Look the error up in the documentation of AWS STS.' };
}

/** Maximum length of a service's own words in our messages. */
const MAX_WORDS = 1_000;

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error).slice(0, MAX_WORDS);
  const name = error.name.slice(0, 100);
  return error.message === NO_WORDS ? name : `${name}: ${error.message.slice(0, MAX_WORDS).replace(/\.$/, '')}`;
}
