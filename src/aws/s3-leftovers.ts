import {
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  type MultipartUpload,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { LeftoverUpload, LeftoverUploads } from '../sync/leftovers.ts';
import { present } from '../sync/present.ts';
import { toStoreError } from './errors.ts';
import { listedKey } from './s3-listing.ts';
import { abortable, createS3Requests } from './s3-requests.ts';
import { abortUpload } from './s3-uploads.ts';

interface LeftoversOptions {
  readonly client: S3Client;
  readonly bucket: string;
  readonly prefix: string;
  /** Uploads in a page; 1,000, the service's maximum, unless given. */
  readonly pageSize?: number;
}

/** The left-over uploads of an S3 location. Its client comes from `createS3Client`. */
export function createS3Leftovers({ client, bucket, prefix, pageSize }: LeftoversOptions): LeftoverUploads {
  const requests = createS3Requests({ client, bucket, prefix });

  async function page(after: Marker, signal: AbortSignal | undefined): Promise<ListMultipartUploadsCommandOutput> {
    // Keys may hold what XML cannot.
    const input = { Bucket: bucket, Prefix: prefix || undefined, MaxUploads: pageSize, EncodingType: 'url', ...after } as const;
    try {
      return await client.send(new ListMultipartUploadsCommand(input), abortable(signal));
    } catch (error) {
      throw toStoreError(error, { action: 'list the uploads of', url: requests.urlOf(''), signal });
    }
  }

  return {
    async *list({ signal } = {}) {
      for (let after: Marker | undefined = {}; after !== undefined; ) {
        const answer = await page(after, signal);
        yield (answer.Uploads ?? []).map((upload) => toLeftover(upload, prefix));
        after = markerIn(answer);
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
function markerIn({ IsTruncated, Uploads = [], NextUploadIdMarker }: ListMultipartUploadsCommandOutput): Marker | undefined {
  if (!IsTruncated) return undefined;
  return { KeyMarker: listedKey(Uploads.at(-1)?.Key), UploadIdMarker: present(NextUploadIdMarker, 'NextUploadIdMarker') };
}

function toLeftover({ Key, UploadId, Initiated, Initiator }: MultipartUpload, prefix: string): LeftoverUpload {
  const sessionName = sessionNameIn(Initiator?.ID);
  return {
    key: listedKey(Key).slice(prefix.length),
    id: present(UploadId, 'UploadId'),
    initiatedAt: present(Initiated, 'Initiated'),
    ...(sessionName === undefined ? {} : { sessionName }),
  };
}

function sessionNameIn(arn = ''): string | undefined {
  return /^arn:[^:]+:sts::\d+:assumed-role\/[^/]+\/(.+)$/.exec(arn)?.[1];
}
