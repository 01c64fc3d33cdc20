import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  ListPartsCommand,
  type Part,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { present } from '../sync/present.ts';
import type { Store, UploadedPart } from '../sync/store.ts';
import { checksumOf, keepsCrc64, toBase64, verifiedBy } from './s3-checksums.ts';
import { toS3Headers } from './s3-properties.ts';
import { conditionsOf, isAbsent, type S3Requests } from './s3-requests.ts';

/** The part of the port that puts an object together from parts. */
export function createS3Uploads({
  client,
  send,
  urlOf,
}: S3Requests): Pick<Store, 'beginUpload' | 'uploadPart' | 'listParts' | 'commit' | 'abort'> {
  /** Ceph's gateway leaves the ETag, or its quotes, out of its answer to a commit. */
  async function etagOf(key: string, signal: AbortSignal | undefined): Promise<string> {
    const { ETag } = await send({ action: 'read', key, signal }, (target, options) => client.send(new HeadObjectCommand(target), options));
    return present(ETag, 'ETag');
  }

  return {
    async beginUpload(request, { signal } = {}) {
      const { key } = request;
      const checksum = (await keepsCrc64(client)) ? ({ ChecksumAlgorithm: 'CRC64NVME', ChecksumType: 'FULL_OBJECT' } as const) : {};
      const headers = toS3Headers(request, urlOf(key));
      const { UploadId } = await send({ action: 'write', key, signal }, (target, options) =>
        client.send(new CreateMultipartUploadCommand({ ...target, ...headers, ...checksum }), options),
      );
      return { ...request, id: present(UploadId, 'UploadId') };
    },

    async uploadPart({ key, id }, number, body, { crc64, signal }) {
      const content = { Body: body, ContentLength: body.length, ...checksumOf(body, crc64, await keepsCrc64(client)) };
      const { ETag } = await send({ action: 'write', key, signal }, (target, options) =>
        client.send(new UploadPartCommand({ ...target, ...content, UploadId: id, PartNumber: number }), options),
      );
      return { number, sizeBytes: body.length, etag: present(ETag, 'ETag') };
    },

    async listParts({ key, id }, { signal } = {}) {
      const parts: UploadedPart[] = [];
      // The SDK's paginator goes by the marker, which S3 sends with the last page as well, and would never end.
      for (let isTruncated = true; isTruncated; ) {
        const page = await send({ action: 'list the parts of', key, signal }, (target, options) =>
          client.send(new ListPartsCommand({ ...target, UploadId: id, PartNumberMarker: parts.at(-1)?.number.toString() }), options),
        );
        parts.push(...(page.Parts ?? []).map(toUploadedPart));
        isTruncated = page.IsTruncated === true;
      }
      return parts;
    },

    async commit({ key, id, sizeBytes }, parts, { condition, crc64, signal }) {
      const isCrc64Kept = await keepsCrc64(client);
      const checksum = isCrc64Kept ? ({ ChecksumCRC64NVME: toBase64(crc64), ChecksumType: 'FULL_OBJECT' } as const) : {};
      const whole = { UploadId: id, MpuObjectSize: sizeBytes, MultipartUpload: { Parts: parts.map(toCompletedPart) } };
      const answer = await send({ action: 'write', key, signal }, (target, options) =>
        client.send(new CompleteMultipartUploadCommand({ ...target, ...whole, ...checksum, ...conditionsOf(condition) }), options),
      );
      const etag = answer.ETag?.startsWith('"') ? answer.ETag : await etagOf(key, signal);
      return { etag, verified: verifiedBy(answer, crc64, isCrc64Kept) };
    },

    async abort({ key, id }, { signal } = {}) {
      try {
        await send({ action: 'abort the upload of', key, signal }, (target, options) =>
          client.send(new AbortMultipartUploadCommand({ ...target, UploadId: id }), options),
        );
      } catch (error) {
        if (!isAbsent(error)) throw error;
      }
    },
  };
}

function toUploadedPart({ PartNumber, Size, ETag }: Part): UploadedPart {
  return { number: present(PartNumber, 'PartNumber'), sizeBytes: present(Size, 'Size'), etag: present(ETag, 'ETag') };
}

function toCompletedPart({ number, etag }: UploadedPart): { PartNumber: number; ETag: string | undefined } {
  return { PartNumber: number, ETag: etag };
}
