import { randomBytes } from 'node:crypto';
import type { StoredObject } from '../storage/stored-object.ts';
import { readAttributes } from './attributes.ts';
import { checksumHeaders } from './checksums.ts';
import { hidesMd5 } from './encryption.ts';
import { checkWriteConditions } from './preconditions.ts';
import { objectArn, type S3Call, type S3Environment, type S3Operation } from './s3-call.ts';
import { writtenHeaders } from './versions.ts';
import { keepBody, replaceObject, wholeSeconds } from './write-object.ts';

/** PutObject: the key holds what it held before, or all of the new object. */
export function createPutObject(environment: S3Environment): S3Operation {
  return async (call) => {
    authorizeWrite(call);
    const attributes = readAttributes(call.request);
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

/** Setting tags along with an object takes a permission of its own. */
export function authorizeWrite(call: S3Call): void {
  const arn = objectArn(call.bucket, call.key);
  call.authorize('s3:PutObject', arn);
  if (call.request.header('x-amz-tagging') !== undefined) call.authorize('s3:PutObjectTagging', arn);
}
