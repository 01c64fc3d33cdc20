import { present } from '../../../sync/store/present.ts';
import type { Store } from '../../../sync/store/store.ts';
import { isStoreError } from '../../../sync/store/store-error.ts';
import { toBlobHeaders } from '../blob-properties.ts';
import { abortable, type BlobRequests, conditionsOf, isAbsent, modifiedAtIn } from '../blob-requests.ts';
import { writeActionOf } from '../blob-tags.ts';
import { createBlobParts } from './blob-parts.ts';
import { newUploadId, uploadIdBeside } from './block-ids.ts';
import { uncommittedBlocks } from './block-list.ts';

type Uploads =
  | 'uploadLimits'
  | 'beginUpload'
  | 'beginUploadBeside'
  | 'uploadPart'
  | 'uploadStreamedPart'
  | 'writeStreamed'
  | 'listParts'
  | 'commit'
  | 'abort';

/** The part of the port that puts a blob together from blocks. */
export function createBlobUploads(requests: BlobRequests): Pick<Store, Uploads> {
  const { send, urlOf, encryption } = requests;
  return {
    ...createBlobParts(requests),

    /** Makes no request: the ids of the blocks name their upload. */
    async beginUpload(request) {
      // Properties that the blob cannot have are refused now, not by the commit after all bytes were sent.
      toBlobHeaders(request, 0n, urlOf(request.key));
      return { ...request, id: newUploadId() };
    },

    async beginUploadBeside(request, { signal } = {}) {
      const { key } = request;
      toBlobHeaders(request, 0n, urlOf(key));
      try {
        const id = uploadIdBeside(await uncommittedBlocks(requests, key, signal));
        return id === undefined ? undefined : { ...request, id };
      } catch (error) {
        // A blob of another type has no blocks.
        if (isAbsent(error) || isStoreError(error, 'upload-blocked')) return undefined;
        throw error;
      }
    },

    async commit(upload, parts, { condition, crc64, signal }) {
      const { key } = upload;
      const options = {
        ...abortable(signal),
        ...encryption,
        ...toBlobHeaders(upload, crc64, urlOf(key)),
        conditions: conditionsOf(condition),
      };
      const ids = parts.map(({ etag }) => present(etag, 'the id of the block'));
      const answer = await send({ action: writeActionOf(upload), key, signal }, (blob) => blob.commitBlockList(ids, options));
      // Each of these blocks was accepted with its checksum, or the checksum of what arrived was answered.
      return { etag: present(answer.etag, 'ETag'), ...modifiedAtIn(answer), verified: 'crc64' };
    },

    /** Makes no request: Azure has none that drops blocks, and drops by itself what is not committed within a week. */
    async abort() {},
  };
}
