import { randomBytes } from 'node:crypto';
import type { StoredObject } from '../../storage/stored-object.ts';
import { checksumHeaders, readDeclaredChecksum } from '../body/checksums.ts';
import { hidesMd5 } from '../encryption.ts';
import { invalidRequest } from '../errors.ts';
import { writtenHeaders } from '../listing/versions.ts';
import { objectArn, type S3Call, type S3Environment, type S3Operation } from '../s3-call.ts';
import { readAttributes } from './attributes.ts';
import { checkWriteConditions } from './preconditions.ts';
import { keepBody, replaceObject, wholeSeconds } from './write-object.ts';

/** PutObject: the key holds what it held before, or all of the new object. */
export function createPutObject(environment: S3Environment): S3Operation {
  return async (call) => {
    authorizeWrite(call);
    const attributes = readAttributes(call);
    checkDigestOfLocked(call, 'Put Object');
    const body = await keepBody(environment, call);
    const object: StoredObject = {
      ...attributes,
      etag: hidesMd5(attributes.encryption) ? randomBytes(16).toString('hex') : body.md5Hex,
      sizeBytes: body.sizeBytes,
      lastModifiedMs: wholeSeconds(environment.clock()),
      checksum: { ...body.checksum, type: 'FULL_OBJECT' },
      segments: [body.segment],
    };
    const change = await replaceObject(environment, call, object, (current) => checkWriteConditions(call.request, call.key, current));
    const version = writtenHeaders(change);
    return { status: 200, headers: { etag: `"${object.etag}"`, ...version, ...object.encryption, ...checksumHeaders(object.checksum) } };
  };
}

/** A bucket that locks its objects takes no bytes without a digest of them. */
export function checkDigestOfLocked({ request, settings }: S3Call, what: 'Put Object' | 'Put Part'): void {
  const hasDigest = request.header('content-md5') !== undefined || readDeclaredChecksum(request) !== undefined;
  if (settings.isLocked !== true || hasDigest) return;
  throw invalidRequest(`Content-MD5 OR x-amz-checksum- HTTP header is required for ${what} requests with Object Lock parameters`);
}

/** Setting tags or an ACL along with an object takes a permission of its own. */
export function authorizeWrite(call: S3Call): void {
  const arn = objectArn(call.bucket, call.key);
  call.authorize('s3:PutObject', arn);
  if (call.request.header('x-amz-acl') !== undefined) call.authorize('s3:PutObjectAcl', arn);
  if (call.request.header('x-amz-tagging') !== undefined) call.authorize('s3:PutObjectTagging', arn);
  if (call.request.header('x-amz-acl') !== undefined) call.authorize('s3:PutObjectAcl', arn);
}
