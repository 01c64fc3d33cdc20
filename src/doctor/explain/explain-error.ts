import { type FederationErrorCode, isFederationError } from '../../federation/federation-error.ts';
import { wordsOf } from '../../sync/store/foreign-text.ts';
import { isStoreError, type StoreErrorCode } from '../../sync/store/store-error.ts';
import { BrokenLink, type Finding } from '../finding.ts';
import type { Evidence } from './evidence.ts';
import { isOfFamily, recognise } from './known-failures.ts';

type Explanation = Pick<Finding, 'cause' | 'fix'>;

/** Explanations by the error's code alone, for texts that the doctor does not know. */
const BY_CODE: Readonly<Partial<Record<FederationErrorCode | StoreErrorCode, Explanation>>> = {
  'wrong-client-credential': {
    cause: 'The secret or certificate is wrong, is the id instead of the value, or has expired.',
    fix: 'Make a new secret or certificate on the app registration, and set AZURE_CLIENT_SECRET (its value) or AZURE_CLIENT_CERTIFICATE_PATH.',
  },
  'entra-unavailable': {
    cause: 'Entra ID, or the endpoint for managed identities, could not be reached or failed.',
    fix: 'Check the network and AZURE_AUTHORITY_HOST. There are no managed identities outside Azure: choose another BRIDGE_IDENTITY there.',
  },
  'invalid-token': {
    cause:
      "STS does not believe a claim of the token: the identity is disabled, the token is not valid yet, or its signature is not the issuer's.",
    fix: 'See that the identity is enabled in Entra ID, that the tenant is the right one, and that the clock is right.',
  },
  'region-disabled': {
    cause: 'STS is switched off in this region for the account.',
    fix: 'Activate STS for the region in the account settings of IAM, or set another AWS_REGION.',
  },
  'sts-unavailable': { cause: 'AWS STS could not be reached or failed.', fix: 'Check the network, AWS_REGION and AWS_ENDPOINT_URL_STS.' },
  'not-found': {
    cause: 'The bucket or container does not exist, or the location names it wrongly.',
    fix: 'Create it, or correct the location in BRIDGE_JOBS, or in the settings BRIDGE_ALLOWED_….',
  },
  'permission-denied': {
    cause: 'The service knows who asks and says no, or does not accept the key.',
    fix: 'On AWS allow the named action for the role on this prefix, and look at bucket policy and KMS key. On Azure give the identity the named role on the container, or correct the account key, and look at the firewall.',
  },
  'credentials-expired': { cause: 'The session ended while it was in use.', fix: 'Run the doctor again; check the clock if it stays.' },
  unavailable: { cause: 'The service could not be reached or failed.', fix: 'Check the network, the account or endpoint, and the region.' },
  aborted: {
    cause: 'The service did not answer in time.',
    fix: 'Check the network (private endpoint, firewall) between the app and the service.',
  },
};

const UNKNOWN: Explanation = {
  cause: 'The doctor does not know this failure.',
  fix: 'Do what the message says, and run the doctor again.',
};

/** Refusals that may be about what a token says, and so about a token that is older than a change. */
const ABOUT_TOKEN: readonly FederationErrorCode[] = [
  'access-denied',
  'wrong-audience',
  'unknown-issuer',
  'invalid-token',
  'sts-rejected',
  'not-assigned',
];

/** Why a link is broken, the likeliest first; never empty. */
export function explainError(error: unknown, circumstances: Omit<Evidence, 'text'>): readonly Finding[] {
  if (error instanceof BrokenLink) return error.findings;
  // A store judges what is asked of it, never the token that AWS got: then the age of the token explains nothing.
  const { claims: _, nowMs: __, ...others } = circumstances;
  const found = recognise({ ...(isAboutToken(error) ? circumstances : others), text: allMessages(error) });
  const [first, ...rest] = found.filter((finding) => !isOfFamily(finding));
  const isOurs = isFederationError(error) || isStoreError(error);
  const symptom = isOurs ? error.message : wordsOf(error);
  // One error has one cause: what else its words resemble is left out, but not that the token may be older than a change.
  if (first !== undefined) return [{ ...first, symptom }, ...rest.filter(({ id }) => id === 'identity-token-cached')];
  const byCode = isOurs ? BY_CODE[error.code] : undefined;
  return [{ id: isOurs ? error.code : 'unexpected', symptom, ...(byCode ?? remedyOf(found[0]) ?? UNKNOWN) }];
}

function isAboutToken(error: unknown): boolean {
  return isFederationError(error, ...ABOUT_TOKEN) || (error instanceof Error && error.cause !== undefined && isAboutToken(error.cause));
}

function remedyOf(finding: Finding | undefined): Explanation | undefined {
  return finding && { cause: finding.cause, fix: finding.fix };
}

const MAX_SEARCHED = 10_000;

/** The messages of an error and its causes, to look for signs in; not to be shown. */
function allMessages(error: unknown): string {
  if (!(error instanceof Error)) return String(error).slice(0, MAX_SEARCHED);
  const message = error.message.slice(0, MAX_SEARCHED);
  return error.cause === undefined ? message : `${message}\n${allMessages(error.cause)}`;
}
