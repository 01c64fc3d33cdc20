import {
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  type MultipartUpload,
  type S3Client,
} from '@aws-sdk/client-s3';
import { followPages } from '../../../sync/flow/follow-pages.ts';
import type { LeftoverUpload, LeftoverUploads } from '../../../sync/store/leftovers.ts';
import { present } from '../../../sync/store/present.ts';
import { toStoreError } from '../s3-errors.ts';
import { abortable, createS3Requests } from '../s3-requests.ts';
import { abortUpload } from '../upload/s3-uploads.ts';
import { keyBelow } from './s3-listing.ts';
import { nextOf, parsed, readEntries } from './whole-pages.ts';

interface LeftoversOptions {
  readonly client: S3Client;
  readonly bucket: string;
  readonly prefix: string;
  /** Uploads in a page; 1,000, the service's maximum, unless given. */
  readonly pageSize?: number;
}

/** Ceph's gateway encodes the keys as it is asked to, but does not say so. A wrong key finds no upload to abort. */
const ENCODED = { EncodingType: 'url' };

/** The left-over uploads of an S3 location. Its client comes from `createS3Client`. */
export function createS3Leftovers({ client, bucket, prefix, pageSize }: LeftoversOptions): LeftoverUploads {
  const requests = createS3Requests({ client, bucket, prefix });

  async function page(after: Marker, signal: AbortSignal | undefined) {
    // Keys may hold what XML cannot.
    const input = { Bucket: bucket, Prefix: prefix || undefined, MaxUploads: pageSize, EncodingType: 'url', ...after } as const;
    const answer = await parsed(client.send(new ListMultipartUploadsCommand(input), abortable(signal)));
    const entries = readEntries(answer.Uploads, (upload) => toLeftover(upload, keyBelow(prefix, upload.Key, ENCODED)));
    return { entries, next: nextOf(answer, markerIn(answer, prefix + (entries.at(-1)?.key ?? ''))) };
  }

  return {
    async *list({ signal } = {}) {
      const url = requests.urlOf('');
      try {
        yield* followPages<LeftoverUpload, Marker>({ url, signal, request: (after = {}) => page(after, signal) });
      } catch (error) {
        throw toStoreError(error, { action: 'list the uploads of', url, signal });
      }
    },
    abort: (upload, options) => abortUpload(requests, upload, options),
  };
}

interface Marker {
  readonly KeyMarker?: string;
  readonly UploadIdMarker?: string;
}

/** Where the next page starts: behind the last upload of this one. Ceph's gateway does not encode NextKeyMarker as it does the keys. */
function markerIn({ NextUploadIdMarker }: ListMultipartUploadsCommandOutput, lastKey: string): Marker | undefined {
  return NextUploadIdMarker === undefined ? undefined : { KeyMarker: lastKey, UploadIdMarker: NextUploadIdMarker };
}

function toLeftover({ UploadId, Initiated, Initiator }: MultipartUpload, key: string): LeftoverUpload {
  const sessionName = sessionNameIn(Initiator?.ID);
  return {
    key,
    id: present(UploadId, 'UploadId'),
    initiatedAt: present(Initiated, 'Initiated'),
    ...(sessionName === undefined ? {} : { sessionName }),
  };
}

function sessionNameIn(arn = ''): string | undefined {
  return /^arn:[^:]+:sts::\d+:assumed-role\/[^/]+\/(.+)$/.exec(arn)?.[1];
}
