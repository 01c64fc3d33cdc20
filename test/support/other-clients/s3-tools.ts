import { createHash } from 'node:crypto';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { base64, type S3ClientHabit } from './left-object.ts';
import { putInParts } from './put-in-parts.ts';

const MIB = 1024 * 1024;
const SIX_MIB = Buffer.alloc(6 * MIB, 'six');
const MD5_OF_SIX = createHash('md5').update(SIX_MIB).digest();

/** Rclone, s3cmd, the AWS CLI, Mountpoint, the console, and programs that call REST themselves. */
export const S3_TOOLS: readonly S3ClientHabit[] = [
  {
    name: 'rclone: a file in parts, with its time and MD5',
    async leave(access) {
      const metadata = { mtime: '1769000000.123456789', md5chksum: base64(MD5_OF_SIX) };
      await putInParts(access, { Key: 'tools/rclone.bin', bytes: SIX_MIB, partBytes: 5 * MIB, Metadata: metadata });
      return { key: 'tools/rclone.bin', bytes: SIX_MIB, metadata };
    },
  },
  {
    name: 's3cmd: a file with its attributes',
    async leave({ client, bucket: Bucket }) {
      const metadata = { 's3cmd-attrs': 'atime:1769000000/ctime:1769000000/gid:0/gname:root/md5:5d41402abc4b2a76b9719d911017c592/uid:0' };
      await client.send(new PutObjectCommand({ Bucket, Key: 'tools/s3cmd.txt', Body: 'hello', Metadata: metadata }));
      return { key: 'tools/s3cmd.txt', bytes: Buffer.from('hello'), metadata };
    },
  },
  {
    name: 'Mountpoint or an SDK: parts with a composite checksum, and of an odd size',
    async leave(access) {
      const upload = { Key: 'tools/composite.bin', bytes: SIX_MIB, partBytes: 5 * MIB + 1, ChecksumAlgorithm: 'CRC32C' } as const;
      await putInParts(access, upload);
      return { key: 'tools/composite.bin', bytes: SIX_MIB, metadata: {} };
    },
  },
  {
    name: 'an SDK: an object of one part',
    async leave(access) {
      await putInParts(access, { Key: 'tools/one-part.bin', bytes: Buffer.from('small'), partBytes: 5 * MIB });
      return { key: 'tools/one-part.bin', bytes: Buffer.from('small'), metadata: {} };
    },
  },
  {
    name: 'the AWS CLI: an object that KMS encrypts',
    async leave({ client, bucket: Bucket }) {
      await client.send(new PutObjectCommand({ Bucket, Key: 'tools/kms.txt', Body: 'secret', ServerSideEncryption: 'aws:kms' }));
      return { key: 'tools/kms.txt', bytes: Buffer.from('secret'), metadata: {} };
    },
  },
  {
    name: 'the console: a folder',
    async leave({ client, bucket: Bucket }) {
      await client.send(new PutObjectCommand({ Bucket, Key: 'tools/dir/', ContentType: 'application/x-directory; charset=UTF-8' }));
      return { key: 'tools/dir/', bytes: Buffer.alloc(0), metadata: {}, contentType: 'application/x-directory; charset=UTF-8' };
    },
  },
  {
    name: 'REST: aws-chunked left in the encoding, and empty and encoded values',
    async leave({ client, bucket: Bucket }) {
      const Metadata = { empty: '', City: `=?UTF-8?B?${base64('Köln')}?=`, note: '=?UTF-8?Q?gr=C3=BC=C3=9Fe?=' };
      const headers = { ContentEncoding: 'aws-chunked,gzip', Metadata };
      await client.send(new PutObjectCommand({ Bucket, Key: 'tools/chunked.gz', Body: 'zipped', ...headers }));
      const metadata = { empty: '', city: 'Köln', note: 'grüße' };
      return { key: 'tools/chunked.gz', bytes: Buffer.from('zipped'), metadata, contentEncoding: 'gzip' };
    },
  },
  {
    name: 'a lifecycle rule: an archived object',
    async leave({ client, bucket: Bucket }) {
      await client.send(new PutObjectCommand({ Bucket, Key: 'tools/archived.bin', Body: 'cold', StorageClass: 'DEEP_ARCHIVE' }));
      return { key: 'tools/archived.bin', bytes: Buffer.from('cold'), metadata: {}, isArchived: true };
    },
  },
  {
    name: 'a bucket that keeps versions: the newest of several, and a deleted one',
    async leave({ client, bucket: Bucket }) {
      for (const Body of ['one', 'two']) await client.send(new PutObjectCommand({ Bucket, Key: 'tools/versions.txt', Body }));
      await client.send(new PutObjectCommand({ Bucket, Key: 'tools/deleted.txt', Body: 'gone' }));
      await client.send(new DeleteObjectCommand({ Bucket, Key: 'tools/deleted.txt' }));
      return { key: 'tools/versions.txt', bytes: Buffer.from('two'), metadata: {} };
    },
  },
];
