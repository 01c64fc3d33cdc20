import type { S3Client } from '@aws-sdk/client-s3';
import type { Store, StreamTarget } from '../../sync/store/store.ts';
import { listObjects } from './listing/s3-listing.ts';
import type { CannedAcl, S3Encryption } from './s3-encryption.ts';
import { escapeS3Key } from './s3-keys.ts';
import { createS3Objects } from './s3-objects.ts';
import { createS3Requests } from './s3-requests.ts';
import { createS3Restore } from './s3-restore.ts';
import { createS3Tags } from './s3-tags.ts';
import { createS3Parts } from './upload/s3-parts.ts';
import { createS3StreamTarget } from './upload/s3-stream-target.ts';
import { createS3Uploads } from './upload/s3-uploads.ts';

interface S3StoreOptions {
  readonly client: S3Client;
  readonly bucket: string;
  /** Cut from the keys when reading and put in front when writing; '' for the whole bucket. */
  readonly prefix: string;
  /** Objects in a page of the listing; 1,000, the service's maximum, unless given. */
  readonly pageSize?: number;
  /** Encryption for writes; the bucket's default unless given. */
  readonly encryption?: S3Encryption | undefined;
  /** ACL for writes; none is sent unless given. */
  readonly acl?: CannedAcl | undefined;
}

/** The store of an S3 bucket, narrowed to a prefix. Its client comes from `createS3Client`. */
export function createS3Store({ client, bucket, prefix, pageSize, encryption, acl }: S3StoreOptions): Store & StreamTarget {
  const requests = createS3Requests({ client, bucket, prefix, encryption, acl });
  const defaults = pageSize === undefined ? {} : { pageSize };
  return {
    url: requests.urlOf(''),
    folderForm: 'slash',
    refuseKey: requests.refuseKey,
    escapeKey: escapeS3Key,
    list: (options) => listObjects(requests, { ...defaults, ...options }),
    ...createS3Objects(requests),
    ...createS3Uploads(requests),
    ...createS3Parts(requests),
    ...createS3Tags(requests),
    ...createS3Restore(requests),
    ...createS3StreamTarget(requests),
  };
}
