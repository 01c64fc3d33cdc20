import {
  type ChecksumAlgorithm,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { BucketAccess } from './left-object.ts';

interface PartedObject {
  readonly Key: string;
  readonly bytes: Buffer;
  readonly partBytes: number;
  readonly Metadata?: Record<string, string>;
  /** Without one S3 keeps a CRC64NVME of the whole. */
  readonly ChecksumAlgorithm?: ChecksumAlgorithm;
}

/** Uploads in parts of the size that is given, each after the one before. */
export async function putInParts({ client, bucket: Bucket }: BucketAccess, object: PartedObject): Promise<void> {
  const { Key, bytes, partBytes, ...more } = object;
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key, ...more }));
  const Parts: CompletedPart[] = [];
  for (let from = 0; from < bytes.length; from += partBytes) {
    const PartNumber = Parts.length + 1;
    const part = { Bucket, Key, UploadId, PartNumber, Body: bytes.subarray(from, from + partBytes) };
    const { ETag, ChecksumCRC32C } = await client.send(
      new UploadPartCommand({ ...part, ...(more.ChecksumAlgorithm && { ChecksumAlgorithm: more.ChecksumAlgorithm }) }),
    );
    Parts.push({ PartNumber, ETag, ChecksumCRC32C });
  }
  await client.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }));
}
