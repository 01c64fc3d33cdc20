import { S3ServiceException } from '@aws-sdk/client-s3';
import { foreignText, wordsOf } from '../../sync/store/foreign-text.ts';
import { StoreError, type StoreErrorCode } from '../../sync/store/store-error.ts';

/** The SDK's message for an error without one, and its name for an error without a code. */
const NO_WORDS = ['UnknownError', 'Unknown', 'unknown'];
const MAX_CODE_LENGTH = 100;
const NO_REASON =
  'the service gave no reason: check the names of the bucket and the key, the policies of role and bucket, and the endpoint.';

/** Actions, and the permission that each needs. */
const PERMISSIONS = {
  list: 's3:ListBucket',
  read: 's3:GetObject',
  'read the tags of': 's3:GetObjectTagging',
  write: 's3:PutObject',
  'write, with its tags,': 's3:PutObject and s3:PutObjectTagging',
  'write, with its ACL,': 's3:PutObject and s3:PutObjectAcl',
  'write, with its tags and ACL,': 's3:PutObject, s3:PutObjectTagging and s3:PutObjectAcl',
  delete: 's3:DeleteObject',
  restore: 's3:RestoreObject',
  'list the parts of': 's3:ListMultipartUploadParts',
  'abort the upload of': 's3:AbortMultipartUpload',
  'list the uploads of': 's3:ListBucketMultipartUploads',
} as const;

export type Action = keyof typeof PERMISSIONS;

/** An action and its target. */
interface Attempt {
  readonly action: Action;
  readonly url: string;
  readonly signal?: AbortSignal | undefined;
}

/** Where the service's error code says more than its HTTP status. */
const CODES: Readonly<Record<string, StoreErrorCode>> = {
  NoSuchUpload: 'not-found',
  InvalidPart: 'not-found',
  ConditionalRequestConflict: 'precondition-failed',
  ExpiredToken: 'credentials-expired',
  ExpiredTokenException: 'credentials-expired',
  TokenRefreshRequired: 'credentials-expired',
  InvalidToken: 'permission-denied',
  SlowDown: 'throttled',
  RequestLimitExceeded: 'throttled',
  BadDigest: 'checksum-mismatch',
  InvalidDigest: 'checksum-mismatch',
  XAmzContentChecksumMismatch: 'checksum-mismatch',
  XAmzContentSHA256Mismatch: 'checksum-mismatch',
  InvalidObjectState: 'archived',
  KeyTooLongError: 'invalid-key',
  MetadataTooLarge: 'invalid-metadata',
  InvalidTag: 'invalid-metadata',
  RequestTimeout: 'unavailable',
  OperationAborted: 'unavailable',
};

const WHOLE_STORE_CODES = new Set([
  'NoSuchBucket',
  'AllAccessDisabled',
  'AccessControlListNotSupported',
  'AccountProblem',
  'InvalidAccessKeyId',
  'InvalidToken',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
]);

/** Refusals that no permission changes. */
const REMEDIES: Readonly<Partial<Record<string, string>>> = {
  RequestTimeTooSkewed: 'Set the clock of the machine',
  InvalidAccessKeyId: 'S3 does not know the credentials: check that AWS_REGION and the endpoint belong to the partition of AWS_ROLE_ARN',
  InvalidToken:
    'S3 does not accept the session: check that AWS_REGION is enabled in the account and belongs to the partition of AWS_ROLE_ARN',
  SignatureDoesNotMatch: 'A proxy may have changed the request, or the endpoint is another server: check AWS_ENDPOINT_URL_S3 and the clock',
  AllAccessDisabled: 'AWS has closed the bucket: ask its owner',
};

const PASSING_CODES: readonly StoreErrorCode[] = ['throttled', 'unavailable', 'credentials-expired'];

/** Actions that read no object. If one of them is refused since an object is archived, that is the object at the destination. */
const READING: readonly Action[] = ['list', 'read', 'read the tags of', 'restore'];

/** Turns whatever the SDK or the credential provider threw into one of our codes, with a message that says what to do. */
export function toStoreError(error: unknown, { action, url, signal }: Attempt): StoreError {
  if (error instanceof StoreError) return error;
  if (signal?.aborted) return new StoreError('aborted', `Stopped: did not ${action} ${url}.`, { cause: error });
  if (isFederationError(error)) {
    return new StoreError(error.isTransient ? 'unavailable' : 'permission-denied', error.message, { cause: error, isWholeStore: true });
  }
  const serviceCode = serviceCodeOf(error);
  const status = statusOf(error);
  if (isElsewhere(error, status, serviceCode)) return elsewhere(error, { action, url, status });
  const known = (Object.hasOwn(CODES, serviceCode) ? CODES[serviceCode] : undefined) ?? codeOfStatus(status);
  const code = known === 'archived' && !READING.includes(action) ? 'destination-archived' : known;
  const isWholeStore =
    WHOLE_STORE_CODES.has(serviceCode) ||
    (action === 'list' && !PASSING_CODES.includes(code)) ||
    // A principal that may not write one object's tags or ACL may not write any.
    (action.startsWith('write, with') && code === 'permission-denied');
  const answer = [status, serviceCode].filter(Boolean).join(' ') || 'no answer';
  const message = `Amazon S3 did not ${action} ${url} (${answer}). ${advice(code, { action, isWholeStore, error })}`;
  return new StoreError(code, message, { cause: error, isWholeStore });
}

function serviceCodeOf(error: unknown): string {
  if (!(error instanceof S3ServiceException) || NO_WORDS.includes(error.name)) return '';
  return foreignText(error.name).slice(0, MAX_CODE_LENGTH);
}

/** Also the status of a response that the SDK could not read; but none for one that it took for a success. */
function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined;
  const { $metadata } = error;
  const status =
    typeof $metadata === 'object' && $metadata !== null && 'httpStatusCode' in $metadata ? $metadata.httpStatusCode : undefined;
  return typeof status === 'number' && status >= 300 ? status : undefined;
}

const REDIRECTS = [301, 302, 303, 307, 308];
const OTHER_REGION_CODES = [
  'PermanentRedirect',
  'TemporaryRedirect',
  'Redirect',
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
];

/** Tells whether the bucket is in another region than the one that was asked. A HEAD says so with 301 or 400, and a header alone. */
function isElsewhere(error: unknown, status: number | undefined, serviceCode: string): boolean {
  if (status === undefined) return false;
  return (
    REDIRECTS.includes(status) ||
    OTHER_REGION_CODES.includes(serviceCode) ||
    (status === 400 && regionIn(error) !== undefined && serviceCode === '')
  );
}

function elsewhere(error: unknown, { action, url, status }: { action: Action; url: string; status: number | undefined }): StoreError {
  const region = regionIn(error);
  const where = region === undefined ? 'the bucket has another endpoint' : `the bucket is in the region ${region}`;
  const advice = `Set AWS_REGION to ${region ?? "the bucket's region"}, or use a bucket of the region that is set; look at the endpoint if one is set. A new bucket may need an hour.`;
  const message = `Amazon S3 did not ${action} ${url} (${status}): ${where}. ${advice}`;
  return new StoreError('rejected', message, { cause: error, isWholeStore: true });
}

function codeOfStatus(status: number | undefined): StoreErrorCode {
  if (status === 429 || status === 503) return 'throttled';
  if (status === 404) return 'not-found';
  if (status === 412) return 'precondition-failed';
  if (status === 401 || status === 403) return 'permission-denied';
  // 501: the server lacks what was asked for, and will lack it next time.
  const isPassing = status === undefined || status === 408 || (status >= 500 && status !== 501);
  return isPassing ? 'unavailable' : 'rejected';
}

interface Circumstances {
  readonly action: Action;
  readonly isWholeStore: boolean;
  readonly error: unknown;
}

function advice(code: StoreErrorCode, { action, isWholeStore, error }: Circumstances): string {
  switch (code) {
    case 'not-found':
      return isWholeStore ? 'Create the bucket, or correct the location.' : 'There is no such object, or its upload is gone.';
    case 'precondition-failed':
      return 'It exists already or has changed; the next run compares it again.';
    case 'permission-denied':
      if (isExplicitDeny(error))
        return `A policy denies it explicitly, which no permission outweighs. Change that policy, or exempt the role in it: ${reasonOf(error)}`;
      if (Object.hasOwn(REMEDIES, serviceCodeOf(error))) return `${REMEDIES[serviceCodeOf(error)]}: ${reasonOf(error)}`;
      if (deniedKeyAction(error) !== undefined) return `Allow ${deniedKeyAction(error)} on the KMS key for the role: ${reasonOf(error)}`;
      return `Allow ${PERMISSIONS[action]} on it for the role (and set the option requesterPays if requesters pay for the bucket), and check the bucket policy and the KMS key: ${reasonOf(error)}`;
    case 'credentials-expired':
      return 'The session has expired: start the run again for a new one.';
    case 'throttled':
      return 'S3 asks for fewer requests: lower the concurrency, or start the run again later.';
    case 'checksum-mismatch':
      return 'The bytes were damaged on their way, and nothing was stored: start the run again.';
    case 'archived':
      return 'Restore the object from its archive first.';
    case 'destination-archived':
      return 'The object there is archived: restore or delete it, then start the run again.';
    case 'unavailable':
      return `The service or the network failed, also when tried again: ${reasonOf(error)}`;
    default:
      return reasonOf(error);
  }
}

/** A policy of any kind denies it: of the role, its boundary, the bucket, the key, the network or the organization. The message says which. */
function isExplicitDeny(error: unknown): boolean {
  return error instanceof Error && /explicit(?:ly)? den(?:y|ied|ies)/i.test(error.message.slice(0, 10_000));
}

/** The KMS action that AWS denied while S3 used the key for the request. */
function deniedKeyAction(error: unknown): string | undefined {
  return error instanceof Error ? /not authorized to perform: ?(kms:\w{1,40})/.exec(error.message.slice(0, 10_000))?.[1] : undefined;
}

function regionIn(error: unknown): string | undefined {
  const region = error instanceof S3ServiceException ? error.$response?.headers['x-amz-bucket-region'] : undefined;
  return region !== undefined && /^[a-z\d-]{1,40}$/.test(region) ? region : undefined;
}

interface FederationError extends Error {
  readonly isTransient: boolean;
}

/** The credential provider's own error, whose message is for people already. */
function isFederationError(error: unknown): error is FederationError {
  return error instanceof Error && error.name === 'FederationError' && 'isTransient' in error;
}

/** The error's own words, or a general reason where it has none. Never holds the body of a response, as messages of the SDK may. */
function reasonOf(error: unknown): string {
  if (isUnreadable(error)) return 'its answer could not be read.';
  const words = wordsOf(error);
  if (words !== '' && !NO_WORDS.includes(words)) return words;
  return serviceCodeOf(error) || NO_REASON;
}

function isUnreadable(error: unknown): boolean {
  return (
    error instanceof Error &&
    !(error instanceof S3ServiceException) &&
    '$metadata' in error &&
    statusOf(error) === undefined &&
    'message' in error &&
    /XML parse error|Deserialization error/.test(error.message.slice(0, 1_000))
  );
}
