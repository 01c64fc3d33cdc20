import { z } from 'zod';
import { AwsError } from '../../aws-error.ts';
import { isDeleteMarker, versionIdOf } from '../../storage/history.ts';
import type { Change } from '../../storage/storage.ts';
import type { StoredVersion } from '../../storage/stored-object.ts';
import { malformedXml, parseXml, renderXml, type XmlElement } from '../../xml.ts';
import { readDeclaredChecksum } from '../body/checksums.ts';
import { receiveText } from '../body/receive-body.ts';
import { accessDenied, invalidRequest } from '../errors.ts';
import { deletedHeaders } from '../listing/versions.ts';
import { objectArn, S3_NAMESPACE, type S3Call, type S3Environment, type S3Operation } from '../s3-call.ts';
import { checkIfMatch } from './preconditions.ts';

const MAX_KEYS = 1000;

const deleteDocument = z.object({
  Delete: z.object({
    Quiet: z.enum(['true', 'false']).optional(),
    Object: z
      .array(z.object({ Key: z.string(), ETag: z.string().optional(), VersionId: z.string().optional() }))
      .min(1)
      .max(MAX_KEYS),
  }),
});

/**
 * DeleteObject: succeeds when the object is absent already, unless the request says which version it must be. Where versions are kept it
 * only hides the object, unless the request names a version.
 */
export function createDeleteObject(environment: S3Environment): S3Operation {
  return async (call) => {
    const versionId = call.request.parameter('versionId');
    const change = await deleteObject(environment, call, { Key: call.key, ETag: call.request.header('if-match'), VersionId: versionId });
    return { status: 204, headers: deletedHeaders(change, versionId) };
  };
}

/** DeleteObjects: each key succeeds or fails on its own. */
export function createDeleteObjects(environment: S3Environment): S3Operation {
  return async (call) => {
    if (call.request.header('content-md5') === undefined && readDeclaredChecksum(call.request) === undefined) {
      throw invalidRequest('Missing required header for this request: Content-MD5');
    }
    const parsed = deleteDocument.safeParse(parseXml(await receiveText(call)));
    if (!parsed.success) throw malformedXml();
    const { Object: objects, Quiet } = parsed.data.Delete;
    const outcomes: XmlElement[] = [];
    for (const one of objects) outcomes.push(await tryDelete(environment, call, one));
    const result = {
      Deleted: Quiet === 'true' ? [] : outcomes.filter((outcome) => outcome['Code'] === undefined),
      Error: outcomes.filter((outcome) => outcome['Code'] !== undefined),
    };
    return { status: 200, body: renderXml('DeleteResult', result, S3_NAMESPACE) };
  };
}

interface Doomed {
  readonly Key: string;
  readonly ETag?: string | undefined;
  readonly VersionId?: string | undefined;
}

async function tryDelete(environment: S3Environment, call: S3Call, doomed: Doomed): Promise<XmlElement> {
  const { Key, VersionId } = doomed;
  try {
    const { version } = await deleteObject(environment, call, doomed);
    const marker = version !== undefined && isDeleteMarker(version) ? { DeleteMarker: true, DeleteMarkerVersionId: version.versionId } : {};
    return { Key, VersionId, ...marker };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { Key, VersionId, Code: error.code, Message: error.message };
  }
}

async function deleteObject({ storage, clock }: S3Environment, call: S3Call, doomed: Doomed): Promise<Change> {
  const { bucket } = call;
  const { Key: key, ETag: ifMatch, VersionId: versionId } = doomed;
  call.authorize(versionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion', objectArn(bucket, key));
  // To name a version is to learn whether it is there, which takes the permission to read.
  if (ifMatch !== undefined && ifMatch !== '*') call.authorize('s3:GetObject', objectArn(bucket, key));
  if (isLockedVersion(call, storage.history.versionsOf(bucket, key), versionId))
    throw accessDenied('Access Denied because object protected by object lock.');
  checkIfMatch(ifMatch, key, storage.objects.find(bucket, key));
  const change = versionId === undefined ? storage.deleteObject(bucket, key, clock()) : storage.deleteVersion(bucket, key, versionId);
  await storage.bodies.remove(change.unused);
  return change;
}

/** A delete marker is never locked. */
function isLockedVersion({ settings }: S3Call, versions: readonly StoredVersion[], versionId: string | undefined): boolean {
  return settings.isLocked === true && versions.some((one) => !isDeleteMarker(one) && versionIdOf(one) === versionId);
}
