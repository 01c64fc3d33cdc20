import { notImplemented } from '../aws-error.ts';
import type { AwsRequest } from '../aws-request.ts';
import { createBucketOperations } from './bucket-operations.ts';
import { hoistedHeaders } from './hoisted-headers.ts';
import { createListObjects, createListObjectsV2 } from './listing/list-objects.ts';
import { createListMultipartUploads, createListParts } from './listing/list-uploads.ts';
import { createBucketVersioning, createListObjectVersions } from './listing/versioning.ts';
import { createCopyObject } from './objects/copy-object.ts';
import { createDeleteObject, createDeleteObjects } from './objects/delete-objects.ts';
import { createGetObject, RESPONSE_OVERRIDES } from './objects/get-object.ts';
import { createObjectTagging } from './objects/object-tagging.ts';
import { createPutObject } from './objects/put-object.ts';
import { createRestoreObject } from './objects/restore-object.ts';
import type { S3Environment, S3Operation } from './s3-call.ts';
import { createCompleteMultipartUpload } from './uploads/complete-upload.ts';
import { createAbortMultipartUpload, createCreateMultipartUpload, createUploadPart } from './uploads/multipart.ts';

/** What the path of a request names. */
export type Level = 'service' | 'bucket' | 'object';

export interface Route {
  readonly operation: string;
  readonly method: string;
  readonly level: Level;
  /** What must be in the query to choose this operation. */
  readonly selectors: readonly string[];
  /** What else may be in it. */
  readonly parameters: readonly string[];
  readonly run: S3Operation;
}

// A copy is a PUT with this header, which therefore chooses an operation just as a sub-resource in the query does.
const COPY_SOURCE = 'x-amz-copy-source';

const LISTING = ['prefix', 'delimiter', 'max-keys', 'encoding-type'];
const LISTED_VERSIONS = ['prefix', 'max-keys', 'encoding-type'];

/** Every operation of S3 that the stand-in has. */
export function createRoutes(environment: S3Environment): readonly Route[] {
  const buckets = createBucketOperations(environment);
  const tagging = createObjectTagging(environment);
  const versioning = createBucketVersioning(environment);
  const listV2 = [...LISTING, 'start-after', 'continuation-token', 'fetch-owner'];
  const uploads = ['prefix', 'key-marker', 'upload-id-marker', 'max-uploads', 'encoding-type'];
  const getObject = createGetObject(environment, { withBody: true });
  const headObject = createGetObject(environment, { withBody: false });
  return [
    route('ListBuckets', 'GET', 'service', buckets.listBuckets),
    route('CreateBucket', 'PUT', 'bucket', buckets.createBucket),
    route('HeadBucket', 'HEAD', 'bucket', buckets.headBucket),
    route('DeleteBucket', 'DELETE', 'bucket', buckets.deleteBucket),
    route('GetBucketLocation', 'GET', 'bucket', buckets.getBucketLocation, ['location']),
    route('PutBucketVersioning', 'PUT', 'bucket', versioning.putBucketVersioning, ['versioning']),
    route('GetBucketVersioning', 'GET', 'bucket', versioning.getBucketVersioning, ['versioning']),
    route('ListObjectVersions', 'GET', 'bucket', createListObjectVersions(environment), ['versions'], LISTED_VERSIONS),
    route('ListObjects', 'GET', 'bucket', createListObjects(environment), [], [...LISTING, 'marker']),
    route('ListObjectsV2', 'GET', 'bucket', createListObjectsV2(environment), ['list-type'], listV2),
    route('DeleteObjects', 'POST', 'bucket', createDeleteObjects(environment), ['delete']),
    route('GetObject', 'GET', 'object', getObject, [], ['partNumber', 'versionId', ...RESPONSE_OVERRIDES]),
    route('HeadObject', 'HEAD', 'object', headObject, [], ['partNumber', 'versionId', ...RESPONSE_OVERRIDES]),
    route('PutObject', 'PUT', 'object', createPutObject(environment)),
    route('CopyObject', 'PUT', 'object', createCopyObject(environment), [COPY_SOURCE]),
    route('DeleteObject', 'DELETE', 'object', createDeleteObject(environment), [], ['versionId']),
    route('GetObjectTagging', 'GET', 'object', tagging.getObjectTagging, ['tagging']),
    route('PutObjectTagging', 'PUT', 'object', tagging.putObjectTagging, ['tagging']),
    route('DeleteObjectTagging', 'DELETE', 'object', tagging.deleteObjectTagging, ['tagging']),
    route('RestoreObject', 'POST', 'object', createRestoreObject(environment), ['restore']),
    route('CreateMultipartUpload', 'POST', 'object', createCreateMultipartUpload(environment), ['uploads']),
    route('UploadPart', 'PUT', 'object', createUploadPart(environment), ['uploadId', 'partNumber']),
    route('CompleteMultipartUpload', 'POST', 'object', createCompleteMultipartUpload(environment), ['uploadId']),
    route('AbortMultipartUpload', 'DELETE', 'object', createAbortMultipartUpload(environment), ['uploadId']),
    route('ListParts', 'GET', 'object', createListParts(environment), ['uploadId'], ['max-parts', 'part-number-marker']),
    route('ListMultipartUploads', 'GET', 'bucket', createListMultipartUploads(environment), ['uploads'], uploads),
  ];
}

/** Finds the operation of a request; `NotImplemented`, with the name of what is in the way, when there is none. */
export function findRoute(routes: readonly Route[], request: AwsRequest, level: Level): Route {
  const headers = [...request.headers.keys(), ...hoistedHeaders(request).keys()];
  const names = request.query.map(([name]) => name).filter((name) => name !== 'x-id' && !/^x-amz-/i.test(name));
  if (headers.includes(COPY_SOURCE)) names.push(COPY_SOURCE);
  const [best] = routes
    .filter((one) => one.method === request.method && one.level === level && one.selectors.every((name) => names.includes(name)))
    .sort((a, b) => b.selectors.length - a.selectors.length);
  if (best === undefined) throw notImplemented(`${request.method} on the ${level} with the query [${names.join(', ')}]`);
  const unknown = names.find((name) => !best.selectors.includes(name) && !best.parameters.includes(name));
  if (unknown !== undefined) throw notImplemented(`"${unknown}" with ${best.operation}`);
  return best;
}

function route(
  operation: string,
  method: string,
  level: Level,
  run: S3Operation,
  selectors: readonly string[] = [],
  parameters: readonly string[] = [],
): Route {
  return { operation, method, level, run, selectors, parameters };
}
