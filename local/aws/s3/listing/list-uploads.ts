import type { AwsRequest } from '../../aws-request.ts';
import type { StoredUpload } from '../../storage/stored-object.ts';
import { renderXml, type XmlElement } from '../../xml.ts';
import { checksumElement } from '../body/checksums.ts';
import { invalidArgument } from '../errors.ts';
import { bucketArn, objectArn, S3_NAMESPACE, type S3Environment, type S3Operation } from '../s3-call.ts';
import { findUpload } from '../uploads/multipart.ts';
import { chooseEncoding } from './list-objects.ts';

const MAX_PAGE = 1000;

/** ListParts. */
export function createListParts(environment: S3Environment): S3Operation {
  return (call) => {
    call.authorize('s3:ListMultipartUploadParts', objectArn(call.bucket, call.key));
    const upload = findUpload(environment, call);
    const limit = readNumber(call.request, 'max-parts', MAX_PAGE);
    const marker = readNumber(call.request, 'part-number-marker', 0);
    const behind = environment.storage.uploads.parts(upload.id).filter((part) => part.number > marker);
    const page = behind.slice(0, Math.min(limit, MAX_PAGE));
    const choice: XmlElement = upload.isChecksumChosen
      ? { ChecksumAlgorithm: upload.checksumAlgorithm.toUpperCase(), ChecksumType: upload.checksumType }
      : {};
    const result = {
      Bucket: call.bucket,
      Key: call.key,
      UploadId: upload.id,
      PartNumberMarker: marker,
      NextPartNumberMarker: page.at(-1)?.number ?? 0,
      MaxParts: limit,
      IsTruncated: page.length < behind.length,
      ...partiesOf(upload, environment),
      StorageClass: upload.storageClass,
      ...choice,
      Part: page.map((part) => ({
        PartNumber: part.number,
        LastModified: new Date(part.lastModifiedMs).toISOString(),
        ETag: `"${part.etag}"`,
        Size: part.segment.sizeBytes,
        [checksumElement(upload.checksumAlgorithm)]: upload.isChecksumChosen ? part.checksum : undefined,
      })),
    };
    return { status: 200, body: renderXml('ListPartsResult', result, S3_NAMESPACE) };
  };
}

/** ListMultipartUploads. */
export function createListMultipartUploads(environment: S3Environment): S3Operation {
  const { storage } = environment;
  return (call) => {
    const { bucket, request } = call;
    call.authorize('s3:ListBucketMultipartUploads', bucketArn(bucket));
    const encodingType = request.parameter('encoding-type');
    const write = chooseEncoding(encodingType);
    const prefix = request.parameter('prefix') ?? '';
    const keyMarker = request.parameter('key-marker') ?? '';
    const idMarker = request.parameter('upload-id-marker') ?? '';
    const limit = Math.min(readNumber(request, 'max-uploads', MAX_PAGE), MAX_PAGE);
    const isBehind = (key: string, id: string) => {
      const order = Buffer.compare(Buffer.from(key), Buffer.from(keyMarker));
      return order > 0 || (order === 0 && idMarker !== '' && id > idMarker);
    };
    const behind = storage.uploads.ofBucket(bucket).filter(({ key, id }) => key.startsWith(prefix) && isBehind(key, id));
    const page = behind.slice(0, limit);
    const last = page.length < behind.length ? page.at(-1) : undefined;
    const result = {
      Bucket: bucket,
      Prefix: write(prefix),
      KeyMarker: write(keyMarker),
      UploadIdMarker: idMarker,
      NextKeyMarker: last === undefined ? undefined : write(last.key),
      NextUploadIdMarker: last?.id,
      MaxUploads: limit,
      EncodingType: encodingType,
      IsTruncated: last !== undefined,
      Upload: page.map((upload) => ({
        Key: write(upload.key),
        UploadId: upload.id,
        Initiated: new Date(upload.initiatedMs).toISOString(),
        ...partiesOf(upload, environment),
        StorageClass: upload.storageClass,
      })),
    };
    return { status: 200, body: renderXml('ListMultipartUploadsResult', result, S3_NAMESPACE) };
  };
}

/** Who began the upload, which is told by ARN, and whose its object will be. */
function partiesOf({ initiatorArn }: StoredUpload, { accountId }: S3Environment): XmlElement {
  return { Initiator: { ID: initiatorArn }, Owner: { ID: accountId } };
}

function readNumber(request: AwsRequest, name: string, whenAbsent: number): number {
  const text = request.parameter(name) ?? String(whenAbsent);
  if (!/^\d{1,9}$/.test(text)) throw invalidArgument(name, text, `Provided ${name} not an integer or within integer range`);
  return Number(text);
}
