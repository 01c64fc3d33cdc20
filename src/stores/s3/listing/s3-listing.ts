import { type _Object, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { followPages, notUnderstood } from '../../../sync/flow/follow-pages.ts';
import { compareKeys } from '../../../sync/store/key-order.ts';
import type { ObjectEntry } from '../../../sync/store/objects.ts';
import { present } from '../../../sync/store/present.ts';
import type { ListOptions } from '../../../sync/store/store.ts';
import { md5OfEtag, quoted } from '../s3-checksums.ts';
import { toStoreError } from '../s3-errors.ts';
import { abortable, type S3Requests } from '../s3-requests.ts';
import { nextOf, parsed, readEntries } from './whole-pages.ts';

/** The class of an object of which S3 names none. */
const DEFAULT_CLASS = 'STANDARD';

/** Pages of the objects between `startAfter` and `endBefore`, in the service's own order, which is that of UTF-8. */
export async function* listObjects(requests: S3Requests, options: ListOptions): AsyncGenerator<readonly ObjectEntry[]> {
  try {
    yield* withinBounds(requests, options);
  } catch (error) {
    throw toStoreError(error, { action: 'list', url: requests.urlOf(''), signal: options.signal });
  }
}

async function* withinBounds(requests: S3Requests, { endBefore, ...options }: ListOptions): AsyncGenerator<readonly ObjectEntry[]> {
  const { startAfter } = options;
  for await (const page of pagesOf(requests, options)) {
    // A server that does not know StartAfter begins at the beginning.
    const entries = startAfter === undefined ? page : page.filter(({ key }) => compareKeys(key, startAfter) > 0);
    const end = endBefore === undefined ? -1 : entries.findIndex(({ key }) => compareKeys(key, endBefore) >= 0);
    yield end < 0 ? entries : entries.slice(0, end);
    if (end >= 0) return;
  }
}

function pagesOf({ client, bucket, prefix, urlOf }: S3Requests, { startAfter, pageSize, signal }: Omit<ListOptions, 'endBefore'>) {
  const input = {
    Bucket: bucket,
    Prefix: prefix || undefined,
    StartAfter: startAfter === undefined ? undefined : prefix + startAfter || undefined,
    MaxKeys: pageSize,
    // Keys may hold what XML cannot.
    EncodingType: 'url',
    OptionalObjectAttributes: ['RestoreStatus'] as 'RestoreStatus'[],
  } as const;
  return followPages<ObjectEntry, string>({
    url: urlOf(''),
    signal,
    async request(token) {
      const answer = await parsed(client.send(new ListObjectsV2Command({ ...input, ContinuationToken: token }), abortable(signal)));
      const entries = readEntries(answer.Contents, (object) => toEntry(object, keyBelow(prefix, object.Key, answer)));
      return { entries, next: nextOf(answer, answer.NextContinuationToken) };
    },
  });
}

/** Classes that must be restored before a read. Objects that Intelligent-Tiering has archived are shown by a HEAD or a read only. */
const ARCHIVE_CLASSES = ['GLACIER', 'DEEP_ARCHIVE'];

function toEntry({ Size, ETag, LastModified, StorageClass, RestoreStatus }: _Object, key: string): ObjectEntry {
  const etag = quoted(ETag);
  const md5 = md5OfEtag(etag);
  return {
    key,
    sizeBytes: present(Size, 'Size'),
    etag,
    lastModified: present(LastModified, 'LastModified'),
    // No listing tells whether a KMS key was used. Then this is no MD5 and equals none, so that it never proves too much.
    ...(md5 === undefined ? {} : { md5 }),
    ...stateOf(StorageClass, RestoreStatus),
  };
}

/** As far as it is known. */
export interface RestoreStatus {
  readonly IsRestoreInProgress?: boolean | undefined;
  readonly RestoreExpiryDate?: Date | undefined;
}

/** The class, and what it means for reading. A restored object keeps its class, and has a date until which it can be read. */
export function stateOf(
  storageClass: string = DEFAULT_CLASS,
  status: RestoreStatus = {},
): Pick<ObjectEntry, 'tier' | 'isArchived' | 'isRestoring'> {
  const tier = { tier: storageClass };
  if (!ARCHIVE_CLASSES.includes(storageClass)) return tier;
  if (status.IsRestoreInProgress === true) return { ...tier, isArchived: true, isRestoring: true };
  return status.RestoreExpiryDate === undefined ? { ...tier, isArchived: true } : tier;
}

/** How the response encodes its keys. */
interface KeyForm {
  readonly EncodingType?: string | undefined;
}

/**
 * A key relative to `prefix`. It is decoded only where the answer says that it is encoded: some servers ignore the request for that, and
 * `a+b` would become the key of another object.
 */
export function keyBelow(prefix: string, listed: string | undefined, { EncodingType }: KeyForm): string {
  const given = present(listed, 'Key');
  const key = EncodingType === 'url' ? decodeURIComponent(given.replaceAll('+', ' ')) : given;
  if (!key.startsWith(prefix)) throw notUnderstood('it has a key that does not begin with the prefix');
  return key.slice(prefix.length);
}

/**
 * Asks the listing whether there is an object of this key. S3 answers a HEAD or GET of an absent object with 403 where the permission to
 * list depends on the prefix, and its 404 to a HEAD does not tell a missing object from a missing bucket; the listing knows both.
 */
export async function isListed(requests: S3Requests, key: string, signal: AbortSignal | undefined): Promise<boolean> {
  const { client, bucket, prefix, send, urlOf } = requests;
  return send({ action: 'list', key, signal }, async ({ Key }, options) => {
    const input = { Bucket: bucket, Prefix: Key, MaxKeys: 1, EncodingType: 'url' } as const;
    // The object is the first of all that begin like it.
    const pages = followPages<string, string>({
      url: urlOf(key),
      signal,
      async request() {
        const answer = await parsed(client.send(new ListObjectsV2Command(input), options));
        const entries = readEntries(answer.Contents, (object) => keyBelow(prefix, object.Key, answer));
        nextOf(answer, answer.NextContinuationToken);
        return { entries, next: undefined };
      },
    });
    return (await Array.fromAsync(pages)).flat()[0] === key;
  });
}
