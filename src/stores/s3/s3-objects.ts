import { DeleteObjectCommand, type DeleteObjectCommandOutput, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { present } from '../../sync/store/present.ts';
import { contentRangeIn } from '../../sync/store/read-pinned.ts';
import type { Store } from '../../sync/store/store.ts';
import { isStoreError, StoreError } from '../../sync/store/store-error.ts';
import { bodyOf } from './s3-body.ts';
import { askForChecksum, checksumOf, checksumsIn, keepsCrc64, quoted, verifiedBy } from './s3-checksums.ts';
import { toStoreError } from './s3-errors.ts';
import { createS3Head } from './s3-head.ts';
import { fromS3Headers, toS3Headers } from './s3-properties.ts';
import { conditionsOf, isAbsent, type S3Requests } from './s3-requests.ts';
import { writeActionOf } from './s3-tags.ts';

/** The part of the port that handles whole objects. */
export function createS3Objects(requests: S3Requests): Pick<Store, 'head' | 'read' | 'write' | 'delete'> {
  const { client, send, urlOf, rules } = requests;

  const { head, isHidden } = createS3Head(requests);

  return {
    head,

    async read(key, { ifMatch, range, signal } = {}) {
      const answer = await send({ action: 'read', key, signal }, (target, options) => {
        const Range = range && `bytes=${range.startByte}-${range.endByte}`;
        const command = new GetObjectCommand({ ...target, IfMatch: ifMatch, Range });
        return client.send(range === undefined ? askForChecksum(command) : command, options);
      }).catch(async (error: unknown) => {
        throw (await isHidden(error, key, signal))
          ? new StoreError('not-found', `There is no object ${urlOf(key)}: Amazon S3 denies the read, and does not list it.`, {
              cause: error,
            })
          : error;
      });
      const contentLengthBytes = present(answer.ContentLength, 'Content-Length');
      return {
        etag: quoted(answer.ETag),
        contentLengthBytes,
        ...contentRangeIn(answer.ContentRange),
        ...fromS3Headers(answer),
        ...checksumsIn(answer),
        body: bodyOf(answer.Body, {
          contentLengthBytes,
          signal,
          toStoreError: (error) => toStoreError(error, { action: 'read', url: urlOf(key), signal }),
        }),
      };
    },

    async write(key, body, { crc64, condition, signal, ...description }) {
      const isCrc64Kept = await keepsCrc64(client);
      const content = { Body: body, ContentLength: body.length, ...checksumOf(body, crc64, isCrc64Kept) };
      const headers = { ...toS3Headers(description, urlOf(key), crc64), ...rules };
      const answer = await send({ action: writeActionOf(description, rules), key, signal }, (target, options) =>
        client.send(new PutObjectCommand({ ...target, ...content, ...headers, ...conditionsOf(condition) }), options),
      );
      return { etag: quoted(answer.ETag), verified: verifiedBy(answer, crc64, isCrc64Kept) };
    },

    async delete(key, { ifMatch, signal } = {}) {
      try {
        const answer = await send({ action: 'delete', key, signal }, (target, options) =>
          client.send(new DeleteObjectCommand({ ...target, IfMatch: ifMatch }), options),
        );
        return { isRecoverable: isVersionKept(answer) };
      } catch (error) {
        // An object that is gone does not match either.
        const isGone =
          isAbsent(error) || (isStoreError(error, 'precondition-failed') && (await head(key, signal && { signal })) === undefined);
        if (!isGone) throw error;
        return {};
      }
    },
  };
}

/**
 * A bucket with versioning keeps the version, and puts a delete marker with an id of its own over it. Where versioning is suspended the
 * marker takes the place of the version `null`, which is lost; it may have been the only one.
 */
function isVersionKept({ DeleteMarker, VersionId }: Pick<DeleteObjectCommandOutput, 'DeleteMarker' | 'VersionId'>): boolean {
  return DeleteMarker === true && VersionId !== undefined && VersionId !== '' && VersionId !== 'null';
}
