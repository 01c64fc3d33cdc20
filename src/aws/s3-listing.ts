import { type _Object, ListObjectsV2Command, type ListObjectsV2CommandInput, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { compareKeys } from '../sync/key-order.ts';
import type { ObjectEntry } from '../sync/objects.ts';
import { present } from '../sync/present.ts';
import type { ListOptions } from '../sync/store.ts';
import { toStoreError } from './errors.ts';
import { md5OfEtag } from './s3-checksums.ts';
import { abortable, type S3Requests } from './s3-requests.ts';

/** The class of an object of which S3 names none. */
export const DEFAULT_CLASS = 'STANDARD';

/** Pages of the objects between `startAfter` and `endBefore`, in the service's own order, which is that of UTF-8. */
export async function* listObjects(requests: S3Requests, options: ListOptions): AsyncGenerator<readonly ObjectEntry[]> {
  try {
    yield* withinBounds(requests, options);
  } catch (error) {
    throw toStoreError(error, { action: 'list', url: requests.urlOf(''), signal: options.signal });
  }
}

async function* withinBounds(
  { client, bucket, prefix }: S3Requests,
  { startAfter, endBefore, pageSize, signal }: ListOptions,
): AsyncGenerator<readonly ObjectEntry[]> {
  const input = {
    Bucket: bucket,
    Prefix: prefix || undefined,
    StartAfter: startAfter === undefined ? undefined : prefix + startAfter || undefined,
    // Keys may hold what XML cannot.
    EncodingType: 'url',
    OptionalObjectAttributes: ['RestoreStatus'],
  } satisfies ListObjectsV2CommandInput;
  for await (const { Contents = [] } of paginateListObjectsV2(
    pageSize === undefined ? { client } : { client, pageSize },
    input,
    abortable(signal),
  )) {
    const entries = Contents.map((object) => toEntry(object, prefix));
    const end = endBefore === undefined ? -1 : entries.findIndex(({ key }) => compareKeys(key, endBefore) >= 0);
    yield end < 0 ? entries : entries.slice(0, end);
    if (end >= 0) return;
  }
}

/** What must be restored before it can be read. Of what Intelligent-Tiering has archived, only a HEAD or a read tells. */
const ARCHIVE_CLASSES = ['GLACIER', 'DEEP_ARCHIVE'];

function toEntry({ Key, Size, ETag, LastModified, StorageClass = DEFAULT_CLASS, RestoreStatus }: _Object, prefix: string): ObjectEntry {
  const etag = present(ETag, 'ETag');
  const md5 = md5OfEtag(etag);
  return {
    key: listedKey(Key).slice(prefix.length),
    sizeBytes: present(Size, 'Size'),
    etag,
    lastModified: present(LastModified, 'LastModified'),
    // No listing tells whether a KMS key was used. Then this is no MD5 and equals none, so that it never proves too much.
    ...(md5 === undefined ? {} : { md5 }),
    tier: StorageClass,
    ...(ARCHIVE_CLASSES.includes(StorageClass) && archiveStateOf(RestoreStatus)),
  };
}

/** A restored object keeps its class, and has a date until which it can be read. */
function archiveStateOf(status: _Object['RestoreStatus']): Pick<ObjectEntry, 'isArchived' | 'isRestoring'> {
  if (status?.IsRestoreInProgress === true) return { isArchived: true, isRestoring: true };
  return status?.RestoreExpiryDate === undefined ? { isArchived: true } : {};
}

/** A key as it is, from the form that `EncodingType: 'url'` gives it. */
export function listedKey(key: string | undefined): string {
  return decodeURIComponent(present(key, 'Key').replaceAll('+', ' '));
}

/**
 * Asks the listing whether there is an object of this key. S3 answers a HEAD or GET of an absent object with 403 where the permission to
 * list depends on the prefix, and its 404 to a HEAD does not tell a missing object from a missing bucket; the listing knows both.
 */
export async function isListed({ client, send }: S3Requests, key: string, signal: AbortSignal | undefined): Promise<boolean> {
  return send({ action: 'list', key, signal }, async ({ Bucket, Key }, options) => {
    const command = new ListObjectsV2Command({ Bucket, Prefix: Key, MaxKeys: 1, EncodingType: 'url' });
    const { Contents: [first] = [] } = await client.send(command, options);
    return first !== undefined && listedKey(first.Key) === Key;
  });
}
