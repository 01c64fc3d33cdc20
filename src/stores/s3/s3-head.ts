import { HeadObjectCommand, type HeadObjectCommandOutput, S3ServiceException } from '@aws-sdk/client-s3';
import type { ObjectHead } from '../../sync/store/objects.ts';
import { present } from '../../sync/store/present.ts';
import type { CallOptions, Store } from '../../sync/store/store.ts';
import { isStoreError, StoreError } from '../../sync/store/store-error.ts';
import { isListed, type RestoreStatus, stateOf } from './listing/s3-listing.ts';
import { checksumsIn, quoted } from './s3-checksums.ts';
import { fromS3Headers } from './s3-properties.ts';
import { isAbsent, type S3Requests } from './s3-requests.ts';

interface S3Head extends Pick<Store, 'head'> {
  /** Tells whether `error` refuses what the listing does not have: then there is no such object. */
  isHidden(error: unknown, key: string, signal: AbortSignal | undefined): Promise<boolean>;
}

/** The part of the port that asks about one object, and tells what is absent from what is refused. */
export function createS3Head(requests: S3Requests): S3Head {
  const { client, send, urlOf } = requests;

  async function headOnce(key: string, signal: AbortSignal | undefined): Promise<ObjectHead> {
    const answer = await send({ action: 'read', key, signal }, (target, options) =>
      client.send(new HeadObjectCommand({ ...target, ChecksumMode: 'ENABLED' }), options),
    );
    return toHead(answer);
  }

  async function head(key: string, { signal }: CallOptions = {}): Promise<ObjectHead | undefined> {
    try {
      return await headOnce(key, signal);
    } catch (error) {
      const isUnclear = isAbsent(error) || isRefused(error) || isWithoutReason(error);
      if (!isUnclear) throw error;
      const isThere = await isListed(requests, key, signal);
      if (!isThere && !isWithoutReason(error)) return undefined;
      if (isRefused(error)) throw error;
      return lookAgain(key, isThere, signal);
    }
  }

  /** It was written meanwhile, or the listing has renewed the credentials; or the server contradicts itself. */
  async function lookAgain(key: string, isThere: boolean, signal: AbortSignal | undefined): Promise<ObjectHead | undefined> {
    try {
      return await headOnce(key, signal);
    } catch (error) {
      if (!isAbsent(error)) throw error;
      if (isThere) throw contradiction(urlOf(key), error);
      return undefined;
    }
  }

  return {
    head,
    isHidden: async (error, key, signal) => isRefused(error) && !(await isListed(requests, key, signal)),
  };
}

function isRefused(error: unknown): boolean {
  return isStoreError(error, 'permission-denied') && !error.isWholeStore;
}

/** A HEAD's answer has no body that could say what is wrong, such as a session that has expired: the listing does. */
function isWithoutReason(error: unknown): boolean {
  if (!isStoreError(error, 'rejected') || error.isWholeStore) return false;
  return error.cause instanceof S3ServiceException && error.cause.$metadata.httpStatusCode === 400;
}

function contradiction(url: string, cause: unknown): StoreError {
  const message = `Amazon S3 lists ${url}, and answers that there is no such object (404). Look at it with another client: the index of the bucket may be damaged, or a proxy on the way may change the key.`;
  return new StoreError('rejected', message, { cause });
}

function toHead(answer: HeadObjectCommandOutput): ObjectHead {
  const restore = restoreStatusIn(answer.Restore);
  return {
    sizeBytes: present(answer.ContentLength, 'Content-Length'),
    etag: quoted(answer.ETag),
    lastModified: present(answer.LastModified, 'Last-Modified'),
    ...fromS3Headers(answer),
    ...checksumsIn(answer),
    ...stateOf(answer.StorageClass, restore),
    // Intelligent-Tiering archives without changing the class. No listing tells.
    ...(answer.ArchiveStatus !== undefined && { isArchived: true, ...(restore.IsRestoreInProgress === true && { isRestoring: true }) }),
  };
}

/** Reads `x-amz-restore`, such as `ongoing-request="false", expiry-date="Fri, 23 Dec 2026 00:00:00 GMT"`. */
function restoreStatusIn(header = ''): RestoreStatus {
  const expiryDate = /\bexpiry-date="([^"]{1,100})"/.exec(header)?.[1];
  return {
    IsRestoreInProgress: /\bongoing-request="true"/.test(header),
    ...(expiryDate !== undefined && { RestoreExpiryDate: new Date(expiryDate) }),
  };
}
