import { AwsError } from '../../aws-error.ts';
import { isDeleteMarker, NULL_VERSION, versionIdOf } from '../../storage/history.ts';
import type { Change } from '../../storage/storage.ts';
import type { DeleteMarker, StoredObject } from '../../storage/stored-object.ts';
import { accessDenied, invalidArgument, noSuchKey } from '../errors.ts';
import { bucketArn, objectArn, type S3Call, type S3Environment } from '../s3-call.ts';

const VERSION_ID = 'x-amz-version-id';
const DELETE_MARKER = 'x-amz-delete-marker';

interface NamedObject {
  readonly bucket: string;
  readonly key: string;
  /** Absent for the version that the key shows. */
  readonly versionId?: string | undefined;
}

/**
 * The object that a read is about. Throws what S3 answers where there is none: a key that shows nothing, an unknown version, a delete
 * marker; or `AccessDenied`, since whoever may not list the bucket does not learn whether a key exists.
 */
export function findVersion({ storage }: S3Environment, call: S3Call, { bucket, key, versionId }: NamedObject): StoredObject {
  call.authorize(versionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion', objectArn(bucket, key));
  const [latest, ...others] = storage.history.versionsOf(bucket, key);
  if (versionId === undefined && latest !== undefined && !isDeleteMarker(latest)) return latest;
  if (versionId === undefined && !call.allows('s3:ListBucket', bucketArn(bucket))) throw accessDenied();
  if (versionId === undefined) throw noSuchKey(key, latest === undefined ? {} : describeMarker(latest));
  if (versionId === '') throw invalidArgument('versionId', '', 'Version id cannot be the empty string');
  const found = [latest, ...others].find((one) => one !== undefined && versionIdOf(one) === versionId);
  if (found === undefined) throw noSuchVersion(key, versionId);
  if (!isDeleteMarker(found)) return found;
  const headers = { ...describeMarker(found), 'last-modified': new Date(found.lastModifiedMs).toUTCString(), allow: 'DELETE' };
  throw new AwsError('MethodNotAllowed', 405, 'The specified method is not allowed against this resource.', {}, headers);
}

/** The version that an answer to a read names: every one of a bucket that keeps versions or did. */
export function versionHeaders({ storage }: S3Environment, bucket: string, object: StoredObject): Record<string, string> {
  return storage.buckets.settingsOf(bucket).versioning === undefined ? {} : { [VERSION_ID]: versionIdOf(object) };
}

/** The version that an answer to a write names, but for the one that is not kept. */
export function writtenHeaders({ version }: Change): Record<string, string> {
  return version === undefined || versionIdOf(version) === NULL_VERSION ? {} : { [VERSION_ID]: versionIdOf(version) };
}

/** What an answer to a delete says: whether it wrote a delete marker or took one away, and which version. */
export function deletedHeaders({ version }: Change, versionId: string | undefined): Record<string, string> {
  if (version !== undefined && isDeleteMarker(version)) return describeMarker(version);
  return versionId === undefined ? {} : { [VERSION_ID]: versionId };
}

function describeMarker(marker: StoredObject | DeleteMarker): Record<string, string> {
  return { [DELETE_MARKER]: 'true', [VERSION_ID]: versionIdOf(marker) };
}

function noSuchVersion(key: string, versionId: string): AwsError {
  return new AwsError('NoSuchVersion', 404, 'The specified version does not exist.', { Key: key, VersionId: versionId });
}
