import { Readable } from 'node:stream';
import type { StreamTarget } from '../../../sync/store/store.ts';
import { abortable, type BlobRequests } from '../blob-requests.ts';

const BLOCK_BYTES = 8 * 1024 * 1024;
const BLOCKS_AT_ONCE = 3;

/** Writes blobs of unknown length, in blocks as the bytes come; the blob appears when all are there. */
export function createBlobStreamTarget({ send }: BlobRequests): StreamTarget {
  return {
    async writeStream(key, body, { contentType, signal }) {
      // The SDK does not hand its signal to the blocks; a stream that fails stops them as well.
      const stream = Readable.from(body, signal === undefined ? {} : { signal });
      const options = { ...abortable(signal), blobHTTPHeaders: { blobContentType: contentType } };
      await send({ action: 'write', key, signal }, (blob) => blob.uploadStream(stream, BLOCK_BYTES, BLOCKS_AT_ONCE, options));
    },
  };
}
