import type { ObjectHead } from '../../sync/store/objects.ts';
import { present } from '../../sync/store/present.ts';
import { contentRangeIn } from '../../sync/store/read-pinned.ts';
import type { CallOptions, Deleted, Store } from '../../sync/store/store.ts';
import { isStoreError } from '../../sync/store/store-error.ts';
import { bodyOf } from './blob-body.ts';
import { toStoreError } from './blob-errors.ts';
import { fromBlobHeaders, toBlobHeaders } from './blob-properties.ts';
import { abortable, type BlobRequests, conditionsOf, crc64Bytes, isAbsent, modifiedAtIn } from './blob-requests.ts';
import { writeActionOf } from './blob-tags.ts';
import { isFolder, stateOf } from './listing/blob-entry.ts';

/** In the answer to Delete Blob: whether the account has no soft delete that would keep the blob. */
const IS_DELETED_FOR_GOOD = 'x-ms-delete-type-permanent';

const RESOURCE_TYPE = 'x-ms-resource-type';

/** The part of the port that handles whole blobs. */
export function createBlobObjects({ send, urlOf, encryption }: BlobRequests): Pick<Store, 'head' | 'read' | 'write' | 'delete'> {
  async function head(key: string, { signal }: CallOptions = {}): Promise<ObjectHead | undefined> {
    try {
      const answer = await send({ action: 'read', key, signal }, (blob) => blob.getProperties(abortable(signal)));
      // A directory of a hierarchical account, which no listing has among the objects.
      if (answer._response.headers.get(RESOURCE_TYPE) === 'directory') return undefined;
      const description = fromBlobHeaders(answer, answer.contentMD5);
      return {
        sizeBytes: present(answer.contentLength, 'Content-Length'),
        etag: present(answer.etag, 'ETag'),
        lastModified: present(answer.lastModified, 'Last-Modified'),
        ...description,
        ...(isFolder(new Map(Object.entries(description.properties.metadata))) && { isFolder: true }),
        ...stateOf(answer),
      };
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }

  return {
    head,

    async read(key, { ifMatch, range, signal } = {}) {
      const subject = { action: 'read', key, signal } as const;
      // The SDK would read on after a break, from whatever version then answers, and not compare its ETag.
      const options = { ...abortable(signal), conditions: ifMatch === undefined ? {} : { ifMatch }, maxRetryRequests: 0 };
      const offset = range?.startByte;
      const count = range && range.endByte - range.startByte + 1;
      const answer = await send(subject, (blob) => blob.download(offset, count, options));
      // With a range, Content-MD5 would be the range's; the whole blob's has a header of its own.
      const md5 = range === undefined ? answer.contentMD5 : answer.blobContentMD5;
      return {
        etag: present(answer.etag, 'ETag'),
        contentLengthBytes: present(answer.contentLength, 'Content-Length'),
        ...contentRangeIn(answer.contentRange),
        ...fromBlobHeaders(answer, md5),
        body: bodyOf(answer.readableStreamBody, {
          signal,
          toStoreError: (error) => toStoreError(error, { action: 'read', url: urlOf(key), signal }),
        }),
      };
    },

    async write(key, body, { crc64, condition, signal, ...description }) {
      const options = {
        ...abortable(signal),
        ...encryption,
        ...toBlobHeaders(description, crc64, urlOf(key)),
        conditions: conditionsOf(condition),
        // The service refuses anything else, and works out Content-MD5 by itself.
        transactionalContentCrc64: crc64Bytes(crc64),
      };
      const answer = await send({ action: writeActionOf(description), key, signal }, (blob) => blob.upload(body, body.length, options));
      return { etag: present(answer.etag, 'ETag'), ...modifiedAtIn(answer), verified: 'crc64' };
    },

    async delete(key, { ifMatch, signal } = {}) {
      const options = { ...abortable(signal), conditions: ifMatch === undefined ? {} : { ifMatch } };
      try {
        const answer = await send({ action: 'delete', key, signal }, (blob) => blob.delete(options));
        return recoverability(answer._response.headers.get(IS_DELETED_FOR_GOOD));
      } catch (error) {
        // A blob that is gone does not match either.
        const isGone =
          isAbsent(error) || (isStoreError(error, 'precondition-failed') && (await head(key, signal && { signal })) === undefined);
        if (!isGone) throw error;
        return {};
      }
    },
  };
}

function recoverability(isDeletedForGood: string | undefined): Deleted {
  return isDeletedForGood === undefined ? {} : { isRecoverable: isDeletedForGood.toLowerCase() === 'false' };
}
