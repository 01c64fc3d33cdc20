import { CopyObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { S3ClientHabit } from './left-object.ts';

const STAT = { uid: '1000', gid: '1000', mode: '33188', mtime: '1769000000' };

/** s3fs: what `stat` shows is metadata. It keeps all of it when it saves a file anew, and copies an object onto itself for `chmod`. */
export const S3FS: readonly S3ClientHabit[] = [
  {
    name: 's3fs: a folder',
    async leave({ client, bucket: Bucket }) {
      const Metadata = { ...STAT, mode: '16877' };
      await client.send(new PutObjectCommand({ Bucket, Key: 's3fs/dir/', ContentType: 'application/x-directory', Metadata }));
      return { key: 's3fs/dir/', bytes: Buffer.alloc(0), metadata: Metadata, contentType: 'application/x-directory' };
    },
  },
  {
    name: 's3fs: a copy of the bridge saved anew, mark and all',
    async leave({ client, bucket: Bucket }) {
      const marked = { ...STAT, 'source-etag': '"of-the-copy-before"' };
      await client.send(new PutObjectCommand({ Bucket, Key: 's3fs/file.txt', Body: 'A COPY', Metadata: marked }));
      await client.send(new PutObjectCommand({ Bucket, Key: 's3fs/file.txt', Body: 'a copy', Metadata: marked }));
      return { key: 's3fs/file.txt', bytes: Buffer.from('a copy'), metadata: STAT };
    },
  },
  {
    name: 's3fs: chmod',
    async leave({ client, bucket: Bucket }) {
      const Key = 's3fs/chmod.txt';
      const Metadata = { ...STAT, mode: '33261' };
      await client.send(new PutObjectCommand({ Bucket, Key, Body: 'text', Metadata: STAT }));
      await client.send(new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/${Key}`, Metadata, MetadataDirective: 'REPLACE' }));
      return { key: Key, bytes: Buffer.from('text'), metadata: Metadata };
    },
  },
];
