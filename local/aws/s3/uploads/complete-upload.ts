import { createHash } from 'node:crypto';
import { z } from 'zod';
import { combineCrc64, crc64FromBase64, crc64ToBase64 } from '../../../../src/sync/store/crc64.ts';
import { AwsError } from '../../aws-error.ts';
import type { StoredChecksum, StoredObject, StoredPart, StoredUpload } from '../../storage/stored-object.ts';
import { malformedXml, parseXml, renderXml } from '../../xml.ts';
import { checksumElement, readDeclaredChecksum, startChecksum } from '../body/checksums.ts';
import { receiveText } from '../body/receive-body.ts';
import { badDigest, invalidRequest } from '../errors.ts';
import { writtenHeaders } from '../listing/versions.ts';
import { checkWriteConditions } from '../objects/preconditions.ts';
import { S3_NAMESPACE, type S3Call, type S3Environment, type S3Operation } from '../s3-call.ts';
import { authorizePart, findUpload } from './multipart.ts';

const MIN_PART_BYTES = 5 * 1024 * 1024;

const namedPart = z.looseObject({ PartNumber: z.coerce.number().int(), ETag: z.string() });
const completeDocument = z.object({ CompleteMultipartUpload: z.object({ Part: z.array(namedPart).min(1) }) });

/** CompleteMultipartUpload: makes one object of the parts that the client names, in their order, or changes nothing. */
export function createCompleteMultipartUpload(environment: S3Environment): S3Operation {
  const { storage } = environment;
  return async (call) => {
    authorizePart(environment, call);
    const parsed = completeDocument.safeParse(parseXml(await receiveText({ ...call, request: withoutObjectChecksum(call) })));
    if (!parsed.success) throw malformedXml();
    const upload = findUpload(environment, call);
    const kept = storage.uploads.parts(upload.id);
    const parts = selectParts(upload, kept, parsed.data.CompleteMultipartUpload.Part);
    const object = assembleObject(upload, parts);
    checkClaims(call, object);
    checkWriteConditions(call.request, call.key, storage.objects.find(call.bucket, call.key));

    const change = storage.putObject(call.bucket, call.key, object, upload);
    const leftOver = kept.filter((part) => !parts.includes(part)).map((part) => part.segment);
    await storage.bodies.remove([...leftOver, ...change.unused]);
    return {
      status: 200,
      headers: { ...writtenHeaders(change), ...object.encryption },
      body: renderXml('CompleteMultipartUploadResult', describe(call, object), S3_NAMESPACE),
    };
  };
}

type NamedPart = z.output<typeof namedPart>;

function selectParts(upload: StoredUpload, kept: readonly StoredPart[], named: readonly NamedPart[]): StoredPart[] {
  const byNumber = new Map(kept.map((part) => [part.number, part]));
  const parts = named.map((one, index) => {
    if (one.PartNumber <= (named[index - 1]?.PartNumber ?? 0)) {
      throw new AwsError('InvalidPartOrder', 400, 'The list of parts was not in ascending order. Parts must be ordered by part number.');
    }
    const part = byNumber.get(one.PartNumber);
    if (part === undefined || !isSame(upload, part, one)) {
      const message =
        'One or more of the specified parts could not be found. The part may not have been uploaded, or its ETag or checksum may differ.';
      throw new AwsError('InvalidPart', 400, message, { UploadId: upload.id, PartNumber: one.PartNumber });
    }
    return part;
  });
  for (const part of parts.slice(0, -1)) {
    if (part.segment.sizeBytes >= MIN_PART_BYTES) continue;
    throw new AwsError('EntityTooSmall', 400, 'Your proposed upload is smaller than the minimum allowed size', {
      ProposedSize: part.segment.sizeBytes,
      MinSizeAllowed: MIN_PART_BYTES,
      PartNumber: part.number,
    });
  }
  return parts;
}

function isSame(upload: StoredUpload, part: StoredPart, named: NamedPart): boolean {
  const checksum = named[checksumElement(upload.checksumAlgorithm)];
  if (checksum === undefined && upload.checksumType === 'COMPOSITE') {
    throw invalidRequest(
      `The upload was created using a ${upload.checksumAlgorithm} checksum. The complete request must include the checksum for each part. It was missing for part ${part.number} in the request.`,
    );
  }
  return named.ETag.replaceAll('"', '') === part.etag && (checksum === undefined || checksum === part.checksum);
}

function assembleObject(upload: StoredUpload, parts: readonly StoredPart[]): StoredObject {
  const { headers, metadata, hiddenMetadata = 0, tags, storageClass, encryption } = upload;
  const md5OfParts = createHash('md5');
  for (const part of parts) md5OfParts.update(part.etag, 'hex');
  return {
    headers,
    metadata,
    hiddenMetadata,
    tags,
    storageClass,
    encryption,
    etag: `${md5OfParts.digest('hex')}-${parts.length}`,
    sizeBytes: parts.reduce((sum, part) => sum + part.segment.sizeBytes, 0),
    // S3 dates an object of parts by the beginning of its upload, not by the end.
    lastModifiedMs: upload.initiatedMs,
    checksum: combineChecksums(upload, parts),
    segments: parts.map((part) => part.segment),
  };
}

function combineChecksums(
  { checksumAlgorithm: algorithm, checksumType: type }: StoredUpload,
  parts: readonly StoredPart[],
): StoredChecksum {
  if (type === 'COMPOSITE') {
    const checksum = startChecksum(algorithm);
    for (const part of parts) checksum.update(Buffer.from(part.checksum, 'base64'));
    return { algorithm, type, value: `${checksum.digest()}-${parts.length}` };
  }
  const combined = parts.reduce(
    (sum, part) => combineCrc64(sum, crc64FromBase64(part.checksum, 'big-endian') ?? 0n, part.segment.sizeBytes),
    0n,
  );
  return { algorithm, type, value: crc64ToBase64(combined, 'big-endian') };
}

/** Verifies what the client says about the whole object, where it says anything. */
function checkClaims({ request }: S3Call, object: StoredObject): void {
  const size = request.header('x-amz-mp-object-size');
  if (size !== undefined && Number(size) !== object.sizeBytes) {
    throw invalidRequest(`The provided 'x-amz-mp-object-size' header value ${size} does not match what was computed: ${object.sizeBytes}`);
  }
  const declared = readDeclaredChecksum(request);
  if (declared === undefined) return;
  if (declared.algorithm !== object.checksum.algorithm) {
    throw invalidRequest(
      `The upload was created using a ${object.checksum.algorithm} checksum, but the complete request has a ${declared.algorithm} checksum.`,
    );
  }
  if (declared.value !== object.checksum.value) throw badDigest(declared.algorithm.toUpperCase());
}

/** Here alone the checksum header is about the object and not about the body of the request. */
function withoutObjectChecksum({ request }: S3Call): S3Call['request'] {
  const headers = new Map([...request.headers].filter(([name]) => !name.startsWith('x-amz-checksum-')));
  return { ...request, headers, header: (name) => headers.get(name) };
}

function describe({ bucket, key, request }: S3Call, object: StoredObject) {
  return {
    Location: `http://${request.header('host')}${request.rawPath}`,
    Bucket: bucket,
    Key: key,
    ETag: `"${object.etag}"`,
    [checksumElement(object.checksum.algorithm)]: object.checksum.value,
    ChecksumType: object.checksum.type,
  };
}
