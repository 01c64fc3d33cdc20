import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AwsStandIn } from '../../../../local/aws/server.ts';
import { sendSigned } from '../support/raw-request.ts';
import { allow, startTestAws, type TestAws } from '../support/setup.ts';

const DENIED = { $metadata: { httpStatusCode: 403 } };
const HELLO_MD5 = '"5d41402abc4b2a76b9719d911017c592"';

let test: TestAws;
beforeAll(async () => {
  test = await startTestAws();
});
afterAll(() => test.stop());

function bucketWith(settings: Parameters<AwsStandIn['configureBucket']>[1]): string {
  const Bucket = test.newBucket();
  test.aws.configureBucket(Bucket, settings);
  return Bucket;
}

/** Uploads one object in one part, and says what its HEAD shows. */
async function uploadInParts(Bucket: string, more: object = {}) {
  const client = test.client();
  const target = { Bucket, Key: 'parts' };
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ ...target, ChecksumAlgorithm: 'CRC32', ...more }));
  const part = await client.send(new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body: 'hello' }));
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag: part.ETag, ChecksumCRC32: part.ChecksumCRC32 }] };
  await client.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload }));
  return { part, head: await client.send(new HeadObjectCommand(target)) };
}

describe('a bucket whose requesters pay', () => {
  it('serves only those who agree to it, and says that they are charged', async () => {
    const Bucket = bucketWith({ isRequesterPays: true });
    const agreed = { Bucket, RequestPayer: 'requester' } as const;
    const client = test.client();

    await expect(client.send(new PutObjectCommand({ Bucket, Key: 'key', Body: 'x' }))).rejects.toMatchObject({ name: 'AccessDenied' });
    await client.send(new PutObjectCommand({ ...agreed, Key: 'key', Body: 'x' }));

    await expect(client.send(new ListObjectsV2Command({ Bucket }))).rejects.toMatchObject(DENIED);
    await expect(client.send(new HeadObjectCommand({ Bucket, Key: 'key' }))).rejects.toMatchObject(DENIED);
    expect(await client.send(new ListObjectsV2Command(agreed))).toMatchObject({ KeyCount: 1, RequestCharged: 'requester' });
    expect(await client.send(new GetObjectCommand({ ...agreed, Key: 'key' }))).toMatchObject({ RequestCharged: 'requester' });
  });
});

describe('the ACL of a write', () => {
  it.each(['private', 'public-read', 'bucket-owner-read'] as const)('is refused in a bucket without ACLs: %s', async (ACL) => {
    const put = test.client().send(new PutObjectCommand({ Bucket: test.newBucket(), Key: 'key', Body: 'x', ACL }));

    await expect(put).rejects.toMatchObject({ name: 'AccessControlListNotSupported', $metadata: { httpStatusCode: 400 } });
  });

  it('may be full control for the owner of the bucket, and any in a bucket with ACLs', async () => {
    const put = (Bucket: string, ACL: 'bucket-owner-full-control' | 'private') =>
      test.client().send(new PutObjectCommand({ Bucket, Key: 'key', Body: 'x', ACL }));

    await expect(put(test.newBucket(), 'bucket-owner-full-control')).resolves.toBeDefined();
    await expect(put(bucketWith({ ownership: 'ObjectWriter' }), 'private')).resolves.toBeDefined();
  });

  it('takes a permission of its own', async () => {
    const Bucket = test.newBucket();
    const client = test.clientOf([allow('s3:PutObject', '*')]);
    const more = { Bucket, Key: 'key', ACL: 'bucket-owner-full-control' } as const;

    await expect(client.send(new PutObjectCommand({ ...more, Body: 'x' }))).rejects.toMatchObject(DENIED);
    await expect(client.send(new CreateMultipartUploadCommand(more))).rejects.toMatchObject(DENIED);
    await expect(client.send(new PutObjectCommand({ Bucket, Key: 'key', Body: 'x' }))).resolves.toBeDefined();
  });
});

describe('encryption', () => {
  it("is by S3's own keys where nothing else is said, and answers say so", async () => {
    const target = { Bucket: test.newBucket(), Key: 'key' };

    const put = await test.client().send(new PutObjectCommand({ ...target, Body: 'hello' }));

    expect(put).toMatchObject({ ServerSideEncryption: 'AES256', ETag: HELLO_MD5 });
    expect(await test.client().send(new HeadObjectCommand(target))).toMatchObject({ ServerSideEncryption: 'AES256' });
  });

  it.each(['aws:kms', 'aws:kms:dsse'] as const)(
    'by %s, as the default of a bucket or asked for, makes ETags that are no MD5',
    async (kind) => {
      const asked = { Bucket: test.newBucket(), Key: 'key', ServerSideEncryption: kind };
      const byDefault = { Bucket: bucketWith({ encryption: kind }), Key: 'key' };

      const answers = await Promise.all(
        [asked, byDefault].map((target) => test.client().send(new PutObjectCommand({ ...target, Body: 'hello' }))),
      );

      for (const { ETag, ServerSideEncryption } of answers) {
        expect(ETag).toMatch(/^"[0-9a-f]{32}"$/);
        expect(ETag).not.toBe(HELLO_MD5);
        expect(ServerSideEncryption).toBe(kind);
      }
      const { part, head } = await uploadInParts(byDefault.Bucket);
      expect(part.ETag).not.toBe(HELLO_MD5);
      expect(head).toMatchObject({ ServerSideEncryption: kind, ETag: expect.stringMatching(/^"[0-9a-f]{32}-1"$/) });
    },
  );
});

describe('the policy of a bucket', () => {
  const denyUnless = (Bucket: string, header: string, value: string) => ({
    Statement: [
      {
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:PutObject',
        Resource: `arn:aws:s3:::${Bucket}/*`,
        Condition: { StringNotEquals: { [`s3:${header}`]: value } },
      },
    ],
  });

  it('may want encryption by name, also of uploads in parts, whose parts do not name it', async () => {
    const Bucket = test.newBucket();
    test.aws.configureBucket(Bucket, { policy: denyUnless(Bucket, 'x-amz-server-side-encryption', 'AES256') });
    const put = (more: Partial<PutObjectCommandInput>) =>
      test.client().send(new PutObjectCommand({ Bucket, Key: 'key', Body: 'x', ...more }));

    await expect(put({})).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(put({ ServerSideEncryption: 'aws:kms' })).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(put({ ServerSideEncryption: 'AES256' })).resolves.toBeDefined();
    await expect(uploadInParts(Bucket)).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(uploadInParts(Bucket, { ServerSideEncryption: 'AES256' })).resolves.toBeDefined();
  });

  it('may want an ACL', async () => {
    const Bucket = test.newBucket();
    test.aws.configureBucket(Bucket, { policy: denyUnless(Bucket, 'x-amz-acl', 'bucket-owner-full-control') });
    const put = (more: Partial<PutObjectCommandInput>) =>
      test.client().send(new PutObjectCommand({ Bucket, Key: 'key', Body: 'x', ...more }));

    await expect(put({})).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(put({ ACL: 'bucket-owner-full-control' })).resolves.toBeDefined();
  });

  it('is refused when it allows something, which the stand-in does not evaluate', () => {
    const policy = { Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:*', Resource: '*' }] };

    expect(() => bucketWith({ policy })).toThrow('Deny');
  });
});

describe('a bucket that locks its objects', () => {
  it('wants a digest of the bytes of every object and part', async () => {
    const Bucket = bucketWith({ isLocked: true });
    const client = test.client({ requestChecksumCalculation: 'WHEN_REQUIRED' });
    const target = { Bucket, Key: 'key' };
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(target));
    const part = { ...target, UploadId, PartNumber: 1, Body: 'hello' };
    const md5 = Buffer.from(HELLO_MD5.replaceAll('"', ''), 'hex').toString('base64');
    const refused = { name: 'InvalidRequest', message: expect.stringContaining('Content-MD5') };

    await expect(client.send(new PutObjectCommand({ ...target, Body: 'hello' }))).rejects.toMatchObject(refused);
    await expect(client.send(new UploadPartCommand(part))).rejects.toMatchObject(refused);
    await expect(client.send(new PutObjectCommand({ ...target, Body: 'hello', ContentMD5: md5 }))).resolves.toBeDefined();
    await expect(client.send(new UploadPartCommand({ ...part, ContentMD5: md5 }))).resolves.toBeDefined();
    await expect(test.client().send(new PutObjectCommand({ ...target, Body: 'hello' }))).resolves.toBeDefined();
  });

  it('hides what is deleted, and gives no version away', async () => {
    const target = { Bucket: bucketWith({ isLocked: true }), Key: 'key' };
    const { VersionId } = await test.client().send(new PutObjectCommand({ ...target, Body: 'hello' }));

    const deleted = await test.client().send(new DeleteObjectCommand(target));

    expect(deleted).toMatchObject({ DeleteMarker: true });
    await expect(test.client().send(new DeleteObjectCommand({ ...target, VersionId }))).rejects.toMatchObject({ name: 'AccessDenied' });
    await test.client().send(new DeleteObjectCommand({ ...target, VersionId: deleted.VersionId }));
    expect((await sendSigned(test, { method: 'GET', path: `/${target.Bucket}/key` })).text).toBe('hello');
  });
});
