import type { Readable } from 'node:stream';
import { ContainerClient } from '@azure/storage-blob';
import { crc64FromBase64 } from '../../../sync/store/crc64.ts';
import { present } from '../../../sync/store/present.ts';
import type { Store } from '../../../sync/store/store.ts';
import { sendOnce } from '../../common/send-once.ts';
import { toBlobHeaders } from '../blob-properties.ts';
import { abortable, type BlobRequests, conditionsOf, crc64Bytes, createBlobRequests, isAbsent, modifiedAtIn } from '../blob-requests.ts';
import { writeActionOf } from '../blob-tags.ts';
import { blockId, partsAmong, streamedBlockId } from './block-ids.ts';
import { uncommittedBlocks } from './block-list.ts';

/** https://learn.microsoft.com/rest/api/storageservices/understanding-block-blobs--append-blobs--and-page-blobs */
const UPLOAD_LIMITS = { maxParts: 50_000, maxPartBytes: 4_000 * 1024 ** 2 };

/** The part of the port that puts and lists the blocks of an upload. A block's id is the ETag of its part. */
export function createBlobParts(
  requests: BlobRequests,
): Pick<Store, 'uploadLimits' | 'uploadPart' | 'uploadStreamedPart' | 'listParts' | 'writeStreamed'> {
  const { container, prefix, send, urlOf, encryption } = requests;
  const withoutRetries = new ContainerClient(container.url, container.credential, { retryOptions: { maxTries: 1 } });
  const { send: sendStream } = createBlobRequests(withoutRetries, prefix);

  return {
    uploadLimits: UPLOAD_LIMITS,

    async uploadPart({ key, id }, number, body, { crc64, signal }) {
      const etag = blockId(id, number, crc64);
      const options = { ...abortable(signal), ...encryption, transactionalContentCrc64: crc64Bytes(crc64) };
      await send({ action: 'write', key, signal }, (blob) => blob.stageBlock(etag, body, body.length, options));
      return { number, sizeBytes: body.length, etag, crc64 };
    },

    async uploadStreamedPart({ key, id }, number, body, { sizeBytes, signal }) {
      const etag = streamedBlockId(id, number);
      const { xMsContentCrc64 } = await sendStream({ action: 'write', key, signal }, (blob) =>
        sendOnce(body, { sizeBytes, signal }, (stream, abortSignal) =>
          blob.stageBlock(etag, taker(stream), sizeBytes, { abortSignal, ...encryption }),
        ),
      );
      const crc64 = crc64FromBase64(Buffer.from(present(xMsContentCrc64, 'x-ms-content-crc64')).toString('base64'), 'little-endian');
      return { number, sizeBytes, etag, crc64: present(crc64, 'a CRC-64 in x-ms-content-crc64') };
    },

    /** Put Blob, at which Azure forgets all blocks that are not committed. */
    async writeStreamed(key, body, { sizeBytes, crc64, condition, signal, ...description }) {
      const options = {
        ...encryption,
        ...toBlobHeaders(description, crc64, urlOf(key)),
        conditions: conditionsOf(condition),
        transactionalContentCrc64: crc64Bytes(crc64),
      };
      const answer = await sendStream({ action: writeActionOf(description), key, signal }, (blob) =>
        sendOnce(body, { sizeBytes, signal }, (stream, abortSignal) => blob.upload(taker(stream), sizeBytes, { ...options, abortSignal })),
      );
      return { etag: present(answer.etag, 'ETag'), ...modifiedAtIn(answer), verified: 'crc64' };
    },

    async listParts({ key, id }, { fromNumber = 1, toNumber = UPLOAD_LIMITS.maxParts, signal } = {}) {
      try {
        const blocks = await uncommittedBlocks(requests, key, signal);
        return partsAmong(blocks, id).filter(({ number }) => number >= fromNumber && number <= toNumber);
      } catch (error) {
        if (isAbsent(error)) return [];
        throw error;
      }
    },
  };
}

/** Gives the stream once. The SDK would send what is left of it again, with a new token, when the first one is refused. */
function taker(stream: Readable): () => Readable {
  let isTaken = false;
  return () => {
    if (isTaken) throw new Error('The request would have to be sent again, and its body is spent.');
    isTaken = true;
    return stream;
  };
}
