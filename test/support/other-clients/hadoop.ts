import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { BlobClientHabit, S3ClientHabit } from './left-object.ts';

const NOTHING = Buffer.alloc(0);

/** Hadoop: WASB and ABFS on Blob Storage. */
export const HADOOP_BLOB: readonly BlobClientHabit[] = [
  {
    name: 'Hadoop on Blob Storage: a folder, with its permissions',
    async leave(container) {
      const metadata = { hdi_isfolder: 'true', hdi_permission: '{"owner":"a","permissions":"rwxr-xr-x"}' };
      await container.getBlockBlobClient('hadoop/dir').upload('', 0, { metadata });
      return { key: 'hadoop/dir', bytes: NOTHING, metadata, isFolder: true };
    },
  },
  {
    name: 'Hadoop on Blob Storage: an empty result',
    async leave(container) {
      await container.getBlockBlobClient('hadoop/_SUCCESS').upload('', 0);
      return { key: 'hadoop/_SUCCESS', bytes: NOTHING, metadata: {} };
    },
  },
];

/** Hadoop: S3A, and S3N before it. */
export const HADOOP_S3: readonly S3ClientHabit[] = [
  {
    name: 'Hadoop S3A: a folder',
    async leave({ client, bucket: Bucket }) {
      await client.send(new PutObjectCommand({ Bucket, Key: 'hadoop/dir/', ContentType: 'application/x-directory' }));
      return { key: 'hadoop/dir/', bytes: NOTHING, metadata: {}, contentType: 'application/x-directory' };
    },
  },
  {
    name: 'Hadoop S3N: a folder',
    async leave({ client, bucket: Bucket }) {
      await client.send(new PutObjectCommand({ Bucket, Key: 'hadoop/dir_$folder$' }));
      return { key: 'hadoop/dir_$folder$', bytes: NOTHING, metadata: {} };
    },
  },
];
