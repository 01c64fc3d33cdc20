/**
 * Failures between us and AWS credentials, as a closed set. From Entra ID:
 * - `unknown-application`, `unknown-tenant`: no such app registration in the tenant; no such tenant in this cloud
 * - `wrong-client-credential`: the secret or certificate is wrong or has expired
 * - `no-federated-credential`: the app registration does not trust this managed identity
 * - `no-managed-identity`: the app has no such managed identity, or none at all
 * - `unknown-audience`: no application of the tenant has this App ID URI, or it is not spelled as one
 * - `not-assigned`: the application behind the App ID URI demands an assignment that this identity lacks
 * - `entra-unavailable`: Entra ID could not be reached or failed
 * - `entra-rejected`: any other refusal by Entra ID
 *
 * From AWS STS:
 * - `unknown-issuer`, `wrong-audience`: no OIDC provider of the role's account is for this issuer, or lists this audience
 * - `invalid-token`, `expired-token`: STS does not accept the token at all, or no longer
 * - `access-denied`: the role does not exist or its trust policy does not let this identity in
 * - `keys-unavailable`: STS could not fetch the issuer's keys
 * - `invalid-session-policy`: the session policy is malformed or too large
 * - `region-disabled`: STS is switched off in this region for the account
 * - `invalid-request`: STS does not accept the duration, the session name or the role's ARN
 * - `sts-unavailable`: STS could not be reached or failed
 * - `sts-rejected`: any other refusal by STS
 */
export type FederationErrorCode =
  | 'unknown-application'
  | 'unknown-tenant'
  | 'wrong-client-credential'
  | 'no-federated-credential'
  | 'no-managed-identity'
  | 'unknown-audience'
  | 'not-assigned'
  | 'entra-unavailable'
  | 'entra-rejected'
  | 'unknown-issuer'
  | 'wrong-audience'
  | 'invalid-token'
  | 'expired-token'
  | 'access-denied'
  | 'keys-unavailable'
  | 'invalid-session-policy'
  | 'region-disabled'
  | 'invalid-request'
  | 'sts-unavailable'
  | 'sts-rejected';

const TRANSIENT: ReadonlySet<FederationErrorCode> = new Set(['entra-unavailable', 'keys-unavailable', 'sts-unavailable']);

const JWT = /eyJ[\w-]+\.[\w-]+(\.[\w-]*)?/g;

/** `text` with every token in it replaced. */
function withoutTokens(text: string): string {
  return text.replace(JWT, '<token>');
}

/** The only error of this folder. Its message says what happened and what to do, and never holds a token or a secret. */
export class FederationError extends Error {
  override readonly name = 'FederationError';
  readonly code: FederationErrorCode;
  /** `true` when the same call may well succeed in a little while. */
  readonly isTransient: boolean;

  constructor(code: FederationErrorCode, message: string, cause?: unknown) {
    super(withoutTokens(onOneLine(message)), isSafe(cause) ? { cause } : {});
    this.code = code;
    this.isTransient = TRANSIENT.has(code);
  }
}

const MAX_LENGTH = 4_000;

/** Limits the length to that of a message of ours with a service's sentence in it, and removes control and bidirectional characters. */
function onOneLine(message: string): string {
  return message.slice(0, MAX_LENGTH).replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
}

/** A service may quote the token that it refuses; then its error must not travel with ours into a log. */
function isSafe(cause: unknown): boolean {
  return cause instanceof Error && withoutTokens(cause.message) === cause.message;
}

/** Tells whether `error` is a {@link FederationError} with one of `codes`. */
export function isFederationError(error: unknown, ...codes: readonly FederationErrorCode[]): error is FederationError {
  return error instanceof FederationError && (codes.length === 0 || codes.includes(error.code));
}
