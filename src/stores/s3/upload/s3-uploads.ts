import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
} from '@aws-sdk/client-s3';
import { present } from '../../../sync/store/present.ts';
import type { CallOptions, Store, Upload, UploadedPart } from '../../../sync/store/store.ts';
import { StoreError } from '../../../sync/store/store-error.ts';
import { keepsCrc64, quoted, toBase64, verifiedBy } from '../s3-checksums.ts';
import { fromS3Headers, toS3Headers } from '../s3-properties.ts';
import { conditionsOf, isAbsent, type S3Requests } from '../s3-requests.ts';
import { writeActionOf } from '../s3-tags.ts';

/** The part of the port that begins and ends an upload in parts. */
export function createS3Uploads(requests: S3Requests): Pick<Store, 'beginUpload' | 'commit' | 'abort'> {
  const { client, send, urlOf, rules } = requests;

  /**
   * The ETag of what was committed, where the answer lacks it, as that of Ceph's gateway does. An answer that something on the way has emptied
   * looks the same, so that what is there must have the size and the mark of the upload.
   */
  async function etagOf({ key, sizeBytes, provenance }: Upload, signal: AbortSignal | undefined): Promise<string> {
    const head = await send({ action: 'read', key, signal }, (target, options) => client.send(new HeadObjectCommand(target), options));
    const isOurs = head.ContentLength === sizeBytes && fromS3Headers(head).provenance?.sourceEtag === provenance?.sourceEtag;
    if (isOurs) return quoted(head.ETag);
    const message = `The answer to the commit of ${urlOf(key)} says nothing, and there is another object. Start the run again, and check what is between the bridge and the service.`;
    throw new StoreError('unavailable', message);
  }

  return {
    async beginUpload(request, { signal } = {}) {
      const { key } = request;
      const checksum = (await keepsCrc64(client)) ? ({ ChecksumAlgorithm: 'CRC64NVME', ChecksumType: 'FULL_OBJECT' } as const) : {};
      const headers = { ...toS3Headers(request, urlOf(key)), ...rules };
      const { UploadId } = await send({ action: writeActionOf(request, rules), key, signal }, (target, options) =>
        client.send(new CreateMultipartUploadCommand({ ...target, ...headers, ...checksum }), options),
      );
      return { ...request, id: present(UploadId, 'UploadId') };
    },

    async commit(upload, parts, { condition, crc64, signal }) {
      const { key, id, sizeBytes } = upload;
      const isCrc64Kept = await keepsCrc64(client);
      const checksum = isCrc64Kept ? ({ ChecksumCRC64NVME: toBase64(crc64), ChecksumType: 'FULL_OBJECT' } as const) : {};
      const whole = { UploadId: id, MpuObjectSize: sizeBytes, MultipartUpload: { Parts: parts.map(toCompletedPart) } };
      const answer = await send({ action: 'write', key, signal }, (target, options) =>
        client.send(new CompleteMultipartUploadCommand({ ...target, ...whole, ...checksum, ...conditionsOf(condition) }), options),
      );
      const etag = answer.ETag?.startsWith('"') ? answer.ETag : await etagOf(upload, signal);
      return { etag, verified: verifiedBy(answer, crc64, isCrc64Kept) };
    },

    abort: (upload, options) => abortUpload(requests, upload, options),
  };
}

/** Throws the parts of an upload away. Succeeds when it is gone already. */
export async function abortUpload(
  { client, send }: S3Requests,
  { key, id }: Pick<Upload, 'key' | 'id'>,
  { signal }: CallOptions = {},
): Promise<void> {
  try {
    await send({ action: 'abort the upload of', key, signal }, (target, options) =>
      client.send(new AbortMultipartUploadCommand({ ...target, UploadId: id }), options),
    );
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
}

function toCompletedPart({ number, etag }: UploadedPart): { PartNumber: number; ETag: string | undefined } {
  return { PartNumber: number, ETag: etag };
}
