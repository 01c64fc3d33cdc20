/**
 * Failures between us and a store, as a closed set:
 * - `not-found`: the object, its upload or the whole bucket or container is not there
 * - `precondition-failed`: the object is not the one that the caller named (ETag), or exists where it must not
 * - `permission-denied`: the service knows who we are and says no, or does not accept who we say we are
 * - `credentials-expired`: what we signed with is no longer valid
 * - `throttled`: the service asked us to slow down, and still did after the SDK's retries
 * - `checksum-mismatch`: the bytes that arrived are not the bytes that were sent
 * - `invalid-key`, `invalid-metadata`: the store cannot hold this key or these properties
 * - `archived`: the object must be restored (S3 Glacier) or rehydrated (Blob archive) before it can be read
 * - `destination-archived`: the object is archived, and so cannot be replaced or changed
 * - `upload-blocked`: what another tool has left under the key is in the way of an upload in parts
 * - `aborted`: the caller's signal fired
 * - `unavailable`: the service or the network failed, and still did after the SDK's retries
 * - `rejected`: any other refusal by the service
 */
export type StoreErrorCode =
  | 'not-found'
  | 'precondition-failed'
  | 'permission-denied'
  | 'credentials-expired'
  | 'throttled'
  | 'checksum-mismatch'
  | 'invalid-key'
  | 'invalid-metadata'
  | 'archived'
  | 'destination-archived'
  | 'upload-blocked'
  | 'aborted'
  | 'unavailable'
  | 'rejected';

interface StoreErrorDetails {
  /** The SDK's error. */
  readonly cause?: unknown;
  /** `true` when the whole location is the trouble (no such bucket, access denied to list it), not one object. */
  readonly isWholeStore?: boolean;
}

/** The only error that a store throws. Its message is for people and holds no secret, no token and no query string. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;
  readonly isWholeStore: boolean;

  constructor(code: StoreErrorCode, message: string, details: StoreErrorDetails = {}) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.code = code;
    this.isWholeStore = details.isWholeStore ?? false;
  }
}

/** Tells whether `error` is a {@link StoreError} with one of `codes`. */
export function isStoreError(error: unknown, ...codes: readonly StoreErrorCode[]): error is StoreError {
  return error instanceof StoreError && (codes.length === 0 || codes.includes(error.code));
}
