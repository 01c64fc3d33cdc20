import { present } from '../sync/present.ts';
import type { Store } from '../sync/store.ts';
import { toBlobHeaders } from './blob-properties.ts';
import { abortable, type BlobRequests, conditionsOf, crc64Bytes, isAbsent } from './blob-requests.ts';
import { blockId, newUploadId, partsAmong } from './block-ids.ts';

/** The part of the port that puts a blob together from blocks. */
export function createBlobUploads({
  send,
  urlOf,
}: BlobRequests): Pick<Store, 'beginUpload' | 'uploadPart' | 'listParts' | 'commit' | 'abort'> {
  return {
    /** Makes no request: the ids of the blocks name their upload. */
    async beginUpload(request) {
      return { ...request, id: newUploadId() };
    },

    async uploadPart({ key, id }, number, body, { crc64, signal }) {
      const options = { ...abortable(signal), transactionalContentCrc64: crc64Bytes(crc64) };
      await send({ action: 'write', key, signal }, (blob) => blob.stageBlock(blockId(id, number), body, body.length, options));
      return { number, sizeBytes: body.length };
    },

    async listParts({ key, id }, { signal } = {}) {
      try {
        const answer = await send({ action: 'read', key, signal }, (blob) => blob.getBlockList('uncommitted', abortable(signal)));
        return partsAmong(answer.uncommittedBlocks ?? [], id);
      } catch (error) {
        if (isAbsent(error)) return [];
        throw error;
      }
    },

    async commit({ key, id, properties, provenance }, parts, { condition, crc64, signal }) {
      const options = {
        ...abortable(signal),
        ...toBlobHeaders({ properties, provenance, crc64 }, urlOf(key)),
        conditions: conditionsOf(condition),
      };
      const ids = parts.map(({ number }) => blockId(id, number));
      const answer = await send({ action: 'write', key, signal }, (blob) => blob.commitBlockList(ids, options));
      // Each of these blocks was accepted with its checksum only.
      return { etag: present(answer.etag, 'ETag'), verified: 'crc64' };
    },

    /** Makes no request: Azure has none that drops blocks, and drops by itself what is not committed within a week. */
    async abort() {},
  };
}
