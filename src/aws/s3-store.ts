import type { S3Client } from '@aws-sdk/client-s3';
import type { Store, StreamTarget } from '../sync/store.ts';
import { listObjects } from './s3-listing.ts';
import { createS3Objects } from './s3-objects.ts';
import { createS3Requests } from './s3-requests.ts';
import { createS3Uploads } from './s3-uploads.ts';
import { createS3StreamTarget } from './stream-target.ts';

interface S3StoreOptions {
  readonly client: S3Client;
  readonly bucket: string;
  /** Cut from the keys when reading and put in front when writing; '' for the whole bucket. */
  readonly prefix: string;
  /** Objects in a page of the listing; 1,000, the service's maximum, unless given. */
  readonly pageSize?: number;
}

/** The store of an S3 bucket, narrowed to a prefix. Its client comes from `createS3Client`. */
export function createS3Store({ client, bucket, prefix, pageSize }: S3StoreOptions): Store & StreamTarget {
  const requests = createS3Requests({ client, bucket, prefix });
  return {
    url: requests.urlOf(''),
    refuseKey: requests.refuseKey,
    list: (options = {}) => listObjects(requests, { ...options, pageSize }),
    ...createS3Objects(requests),
    ...createS3Uploads(requests),
    ...createS3StreamTarget(requests),
  };
}
