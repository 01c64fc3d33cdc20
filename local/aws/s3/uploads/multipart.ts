import { randomBytes } from 'node:crypto';
import type { AwsRequest } from '../../aws-request.ts';
import { assumedRoleArn } from '../../iam/account.ts';
import type { StoredPart, StoredUpload } from '../../storage/stored-object.ts';
import { renderXml } from '../../xml.ts';
import { checkFormat, parseAlgorithm, readDeclaredChecksum } from '../body/checksums.ts';
import { hidesMd5 } from '../encryption.ts';
import { invalidArgument, invalidRequest, noSuchUpload } from '../errors.ts';
import { readAttributes } from '../objects/attributes.ts';
import { authorizeWrite, checkDigestOfLocked } from '../objects/put-object.ts';
import { keepBody, wholeSeconds } from '../objects/write-object.ts';
import { objectArn, S3_NAMESPACE, type S3Call, type S3Environment, type S3Operation } from '../s3-call.ts';

const MAX_PART_NUMBER = 10_000;

/** CreateMultipartUpload. */
export function createCreateMultipartUpload({ storage, accountId, clock }: S3Environment): S3Operation {
  return (call) => {
    authorizeWrite(call);
    const { bucket, key, request, caller } = call;
    const upload: StoredUpload = {
      ...readAttributes(call),
      ...readChecksumChoice(request),
      id: randomBytes(48).toString('base64url'),
      bucket,
      key,
      initiatedMs: wholeSeconds(clock()),
      initiatorArn: assumedRoleArn(caller.session, accountId),
    };
    storage.uploads.begin(upload);
    const choice = upload.isChecksumChosen
      ? { 'x-amz-checksum-algorithm': upload.checksumAlgorithm.toUpperCase(), 'x-amz-checksum-type': upload.checksumType }
      : {};
    const result = { Bucket: bucket, Key: key, UploadId: upload.id };
    return {
      status: 200,
      headers: { ...upload.encryption, ...choice },
      body: renderXml('InitiateMultipartUploadResult', result, S3_NAMESPACE),
    };
  };
}

/** UploadPart: the same number again replaces the part. */
export function createUploadPart(environment: S3Environment): S3Operation {
  const { storage, clock } = environment;
  return async (call) => {
    authorizePart(environment, call);
    checkDigestOfLocked(call, 'Put Part');
    const number = readPartNumber(call.request);
    const upload = findUpload(environment, call);
    checkPartChecksum(call.request, upload);
    const body = await keepBody(environment, call, upload.checksumAlgorithm);
    // The upload may have been completed or aborted while the body came in.
    if (storage.uploads.find(upload.bucket, upload.key, upload.id) === undefined) {
      await storage.bodies.remove([body.segment]);
      throw noSuchUpload(upload.id);
    }
    const { segment, checksum } = body;
    const etag = hidesMd5(upload.encryption) ? randomBytes(16).toString('hex') : body.md5Hex;
    const part: StoredPart = { number, etag, lastModifiedMs: wholeSeconds(clock()), checksum: checksum.value, segment };
    const replaced = storage.uploads.putPart(upload.id, part);
    if (replaced !== undefined) await storage.bodies.remove([replaced.segment]);
    const headers = upload.isChecksumChosen ? { [`x-amz-checksum-${checksum.algorithm}`]: checksum.value } : {};
    return { status: 200, headers: { etag: `"${etag}"`, ...upload.encryption, ...headers } };
  };
}

/** AbortMultipartUpload. */
export function createAbortMultipartUpload(environment: S3Environment): S3Operation {
  const { storage } = environment;
  return async (call) => {
    call.authorize('s3:AbortMultipartUpload', objectArn(call.bucket, call.key));
    const upload = findUpload(environment, call);
    const segments = storage.uploads.parts(upload.id).map((part) => part.segment);
    storage.uploads.remove(upload);
    await storage.bodies.remove(segments);
    return { status: 204 };
  };
}

/** A part, and the end of the upload, are encrypted as the upload was begun, and policies see that. */
export function authorizePart({ storage }: S3Environment, call: S3Call): void {
  const upload = storage.uploads.find(call.bucket, call.key, call.request.parameter('uploadId') ?? '');
  const encryption = Object.entries(upload?.encryption ?? {}).map(([name, value]) => [`s3:${name}`, value]);
  call.authorize('s3:PutObject', objectArn(call.bucket, call.key), Object.fromEntries(encryption));
}

/** The upload that a request names; `NoSuchUpload` when there is none, or no longer. */
export function findUpload({ storage }: S3Environment, { bucket, key, request }: S3Call): StoredUpload {
  const id = request.parameter('uploadId') ?? '';
  const upload = storage.uploads.find(bucket, key, id);
  if (upload === undefined) throw noSuchUpload(id);
  return upload;
}

type ChecksumChoice = Pick<StoredUpload, 'checksumAlgorithm' | 'checksumType' | 'isChecksumChosen'>;

function readChecksumChoice(request: AwsRequest): ChecksumChoice {
  const name = request.header('x-amz-checksum-algorithm');
  if (name === undefined) return { checksumAlgorithm: 'crc64nvme', checksumType: 'FULL_OBJECT', isChecksumChosen: false };
  const algorithm = parseAlgorithm(name);
  if (algorithm === undefined) throw invalidRequest(`The checksum algorithm ${name} is not supported.`);
  const defaultType = algorithm === 'crc64nvme' ? 'FULL_OBJECT' : 'COMPOSITE';
  const type = request.header('x-amz-checksum-type') ?? defaultType;
  if (type !== defaultType) throw invalidRequest(`The ${type} checksum type cannot be used with the ${algorithm} checksum algorithm.`);
  return { checksumAlgorithm: algorithm, checksumType: type, isChecksumChosen: true };
}

function readPartNumber(request: AwsRequest): number {
  const text = request.parameter('partNumber') ?? '';
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && number <= MAX_PART_NUMBER) return number;
  throw invalidArgument('partNumber', text, `Part number must be an integer between 1 and ${MAX_PART_NUMBER}, inclusive`);
}

/** S3 takes a part's checksum only when the upload was begun with its algorithm; a composite one needs every part's. */
function checkPartChecksum(request: AwsRequest, upload: StoredUpload): void {
  const declared = readDeclaredChecksum(request);
  const expected = upload.isChecksumChosen ? upload.checksumAlgorithm : undefined;
  if (declared?.value !== undefined) checkFormat(declared.algorithm, declared.value);
  if (declared === undefined ? upload.checksumType === 'FULL_OBJECT' : declared.algorithm === expected) return;
  throw invalidRequest(
    `Checksum Type mismatch occurred, expected checksum Type: ${expected ?? 'null'}, actual checksum Type: ${declared?.algorithm ?? 'null'}`,
  );
}
