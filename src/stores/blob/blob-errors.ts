import { RestError } from '@azure/storage-blob';
import { foreignText, wordsOf } from '../../sync/store/foreign-text.ts';
import { StoreError, type StoreErrorCode } from '../../sync/store/store-error.ts';

/** Actions, and the role that each needs. */
const ROLES = {
  list: 'Storage Blob Data Reader',
  read: 'Storage Blob Data Reader',
  'read the tags of': 'Storage Blob Data Owner (or one with …/blobs/tags/read)',
  write: 'Storage Blob Data Contributor',
  'write, with its tags,': 'Storage Blob Data Owner (or one with …/blobs/write and …/blobs/tags/write)',
  delete: 'Storage Blob Data Contributor',
  rehydrate: 'Storage Blob Data Contributor',
} as const;

export type Action = keyof typeof ROLES;

/** An action and its target. */
interface Attempt {
  readonly action: Action;
  /** URL of the blob, or of the container when listing. Without a query. */
  readonly url: string;
  readonly signal?: AbortSignal | undefined;
}

const MAX_CODE_LENGTH = 100;

const NO_REASON =
  'the service gave no reason: check the name of the container and the blob, the role of the identity, and the firewall of the account.';

/** Where the service's error code says more than its HTTP status. */
const CODES: Readonly<Record<string, StoreErrorCode>> = {
  ContainerBeingDeleted: 'not-found',
  InvalidBlockList: 'not-found',
  BlobAlreadyExists: 'precondition-failed',
  UnauthorizedBlobOverwrite: 'precondition-failed',
  // A lease answers 412 like a changed ETag, but looking at the blob again would not help.
  LeaseIdMissing: 'rejected',
  BlobArchived: 'archived',
  BlobBeingRehydrated: 'archived',
  InvalidBlobOrBlock: 'upload-blocked',
  InvalidBlockId: 'upload-blocked',
  InvalidBlobType: 'upload-blocked',
  Md5Mismatch: 'checksum-mismatch',
  Crc64Mismatch: 'checksum-mismatch',
  InvalidResourceName: 'invalid-key',
  InvalidUri: 'invalid-key',
  EmptyMetadataKey: 'invalid-metadata',
  InvalidMetadata: 'invalid-metadata',
  MetadataTooLarge: 'invalid-metadata',
  ServerBusy: 'throttled',
};

const IMMUTABLE = 'Leave the blob out with a rule until its retention or legal hold has ended, or write to another container.';

/** Next steps where the service names only the obstacle. */
const REMEDIES: Readonly<Partial<Record<string, string>>> = {
  LeaseIdMissing: 'Release or break the lease, then start the run again.',
  SnapshotsPresent: 'Delete its snapshots, or leave the blob out with a rule, then start the run again.',
  PendingCopyOperation: 'Wait until the copy to this blob has ended, or abort it, then start the run again.',
  BlobImmutableDueToPolicy: IMMUTABLE,
  BlobImmutableDueToLegalHold: IMMUTABLE,
  AuthorizationFailure: 'Let the network of the app through the firewall of the account, or to its private endpoint.',
  KeyBasedAuthenticationNotPermitted: 'The account takes no account keys: let the app use its identity (AzureWebJobsStorage__accountName).',
  InvalidAuthenticationInfo: 'The token is of another tenant or cloud than the account: check AZURE_TENANT_ID and AZURE_AUTHORITY_HOST.',
  AuthenticationFailed: 'The key, signature or token is not accepted: check the connection string, the identity and the clock.',
};

const WHOLE_STORE_CODES = new Set([
  'ContainerNotFound',
  'ContainerBeingDeleted',
  'AccountIsDisabled',
  'AuthenticationFailed',
  'AuthorizationFailure',
  'InvalidAuthenticationInfo',
  'KeyBasedAuthenticationNotPermitted',
  'PublicAccessNotPermitted',
]);

/** Actions that read no object. If one of them is refused since an object is archived, that is the object at the destination. */
const READING: readonly Action[] = ['list', 'read', 'read the tags of', 'rehydrate'];

/** Turns whatever the SDK or the credential threw into one of our codes, with a message that says what to do. */
export function toStoreError(error: unknown, attempt: Attempt): StoreError {
  if (error instanceof StoreError) return error;
  if (attempt.signal?.aborted)
    return new StoreError('aborted', `Stopped before the ${attempt.action} of ${attempt.url} ended.`, { cause: error });
  if (isAuthenticationError(error)) return tokenError(error, attempt);
  const serviceCode = serviceCodeOf(error);
  const status = error instanceof RestError ? error.statusCode : undefined;
  const known = (Object.hasOwn(CODES, serviceCode) ? CODES[serviceCode] : undefined) ?? codeOfStatus(status);
  const code = known === 'archived' && !READING.includes(attempt.action) ? 'destination-archived' : known;
  const isWholeStore =
    WHOLE_STORE_CODES.has(serviceCode) ||
    (attempt.action === 'list' && code !== 'throttled' && code !== 'unavailable') ||
    // A principal that may not write one blob's tags may not write any.
    (attempt.action === 'write, with its tags,' && code === 'permission-denied');
  const answer = [status, serviceCode].filter(Boolean).join(' ') || 'no answer';
  const message = `Azure Storage did not ${attempt.action} ${attempt.url} (${answer}). ${advice(code, { attempt, isWholeStore, error })}`;
  return new StoreError(code, message, { cause: error, isWholeStore });
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

function serviceCodeOf(error: unknown): string {
  if (!(error instanceof RestError)) return '';
  // The answer to a HEAD has no body that could name the code.
  const code = error.response?.headers.get('x-ms-error-code') ?? error.code ?? '';
  return error.code === RestError.PARSE_ERROR ? '' : foreignText(code).slice(0, MAX_CODE_LENGTH);
}

interface Circumstances {
  readonly attempt: Attempt;
  readonly isWholeStore: boolean;
  readonly error: unknown;
}

function advice(code: StoreErrorCode, { attempt, isWholeStore, error }: Circumstances): string {
  switch (code) {
    case 'not-found':
      return isWholeStore ? 'Create the container, or correct the location.' : 'There is no such blob, or its upload is gone.';
    case 'precondition-failed':
      return 'It exists already or has changed; the next run compares it again.';
    case 'permission-denied':
      if (Object.hasOwn(REMEDIES, serviceCodeOf(error))) return `${REMEDIES[serviceCodeOf(error)]}`;
      return `Give the identity of the bridge the role ${ROLES[attempt.action]} on the container, and check the firewall of the account.`;
    case 'throttled':
      return 'The account asks for fewer requests: lower the concurrency, or start the run again later.';
    case 'checksum-mismatch':
      return 'The bytes were damaged on their way, and nothing was stored: start the run again.';
    case 'archived':
      return 'Rehydrate the blob from the archive tier first.';
    case 'destination-archived':
      return 'The blob there is in the archive tier, and Azure replaces none: rehydrate or delete it, then start the run again.';
    case 'upload-blocked':
      return 'An upload by blocks cannot replace what is there: blocks that another tool has left, whose ids are of another length and which Azure keeps for a week, or a blob of another type. Write any blob there in one request, or delete it.';
    case 'unavailable':
      return `The service or the network failed, also when tried again: ${reasonOf(error)}`;
    default:
      return [reasonOf(error), REMEDIES[serviceCodeOf(error)]].filter(Boolean).join(' ');
  }
}

/** An error of `@azure/identity`, whose classes may be loaded twice and so are told by name. */
function isAuthenticationError(error: unknown): error is Error & { readonly statusCode?: number } {
  return (
    error instanceof Error && ['AuthenticationError', 'CredentialUnavailableError', 'AuthenticationRequiredError'].includes(error.name)
  );
}

function tokenError(error: Error & { readonly statusCode?: number }, { url }: Attempt): StoreError {
  const isTransient = error.statusCode !== undefined && (error.statusCode >= 500 || error.statusCode === 429);
  const message = `Entra ID gave no token for ${url}: ${reasonOf(error)}`;
  return new StoreError(isTransient ? 'unavailable' : 'permission-denied', message, { cause: error, isWholeStore: true });
}

/** The error's own words, or a general reason where it has none. Never holds the body of a response, as messages of the SDK may. */
function reasonOf(error: unknown): string {
  if (!(error instanceof RestError)) return wordsOf(error) || NO_REASON;
  if (error.code === RestError.PARSE_ERROR || /\bresponse ?body\b/i.test(error.message.slice(0, 1_000)))
    return 'its answer could not be read.';
  const body = error.response?.bodyAsText?.slice(0, 100);
  const isBody = body !== undefined && body !== '' && error.message.startsWith(body);
  return (isBody ? '' : wordsOf(error)) || NO_REASON;
}
