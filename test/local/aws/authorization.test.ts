import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IssuedSession } from '../../../local/aws/server.ts';
import { allow, startTestAws, type TestAws } from './support/setup.ts';

const DENIED = { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } };

let test: TestAws;
beforeAll(async () => {
  test = await startTestAws();
});
afterAll(() => test.stop());

async function bucketWith(...keys: readonly string[]): Promise<string> {
  const Bucket = test.newBucket();
  for (const Key of keys) await test.client().send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
  return Bucket;
}

describe("a role's policies", () => {
  it('decide for each operation, key by key', async () => {
    const Bucket = await bucketWith('in/a', 'out/a');
    const client = test.clientOf([allow('s3:GetObject', `arn:aws:s3:::${Bucket}/in/*`)]);

    await expect(client.send(new GetObjectCommand({ Bucket, Key: 'in/a' }))).resolves.toBeDefined();
    await expect(client.send(new GetObjectCommand({ Bucket, Key: 'out/a' }))).rejects.toMatchObject(DENIED);
    await expect(client.send(new PutObjectCommand({ Bucket, Key: 'in/a', Body: 'y' }))).rejects.toMatchObject(DENIED);
    await expect(client.send(new DeleteObjectCommand({ Bucket, Key: 'in/a' }))).rejects.toMatchObject(DENIED);
    await expect(client.send(new ListObjectsV2Command({ Bucket }))).rejects.toMatchObject(DENIED);
    await expect(client.send(new ListBucketsCommand())).rejects.toMatchObject(DENIED);
  });

  it('can limit listings to a prefix', async () => {
    const Bucket = await bucketWith('in/a', 'out/a');
    const condition = { StringLike: { 's3:prefix': 'in/*' }, Bool: { 'aws:SecureTransport': 'true' } };
    const client = test.clientOf([allow('s3:ListBucket', `arn:aws:s3:::${Bucket}`, condition)]);

    await expect(client.send(new ListObjectsV2Command({ Bucket, Prefix: 'in/' }))).resolves.toMatchObject({ KeyCount: 1 });
    await expect(client.send(new ListObjectsV2Command({ Bucket, Prefix: 'out/' }))).rejects.toMatchObject(DENIED);
    await expect(client.send(new ListObjectsV2Command({ Bucket }))).rejects.toMatchObject(DENIED);
  });

  it('let only those who may list learn that a key does not exist', async () => {
    const Bucket = await bucketWith();
    const read = allow('s3:GetObject', `arn:aws:s3:::${Bucket}/*`);
    const blind = test.clientOf([read]);
    const seeing = test.clientOf([read, allow('s3:ListBucket', `arn:aws:s3:::${Bucket}`)]);
    const head = new HeadObjectCommand({ Bucket, Key: 'missing' });

    await expect(blind.send(head)).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
    await expect(seeing.send(head)).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } });
  });

  it('ask for a permission of its own to tag, to copy from, and to name the version that is deleted', async () => {
    const Bucket = await bucketWith('a');
    const client = test.clientOf([allow(['s3:PutObject', 's3:DeleteObject'], `arn:aws:s3:::${Bucket}/*`)]);
    const put = { Bucket, Key: 'b', Body: 'x' };

    await expect(client.send(new PutObjectCommand({ ...put, Tagging: 'a=1' }))).rejects.toMatchObject(DENIED);
    await expect(client.send(new CopyObjectCommand({ Bucket, Key: 'b', CopySource: `${Bucket}/a` }))).rejects.toMatchObject(DENIED);
    await expect(client.send(new DeleteObjectCommand({ Bucket, Key: 'a', IfMatch: '"x"' }))).rejects.toMatchObject(DENIED);
    await expect(client.send(new PutObjectCommand(put))).resolves.toBeDefined();
  });
});

describe("a session's own policy", () => {
  it('narrows the role, and never widens it', async () => {
    const Bucket = await bucketWith('in/a', 'out/a');
    const roleArn = test.aws.createRole({
      name: 'reader',
      trustPolicy: { Statement: { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRoleWithWebIdentity' } },
      policies: [allow('s3:GetObject', '*')],
    });
    const policy = allow('s3:*', `arn:aws:s3:::${Bucket}/in/*`);
    const client = test.client({ credentials: test.aws.issueSession({ roleArn, expiresInSeconds: 900, policy }) });

    await expect(client.send(new GetObjectCommand({ Bucket, Key: 'in/a' }))).resolves.toBeDefined();
    await expect(client.send(new GetObjectCommand({ Bucket, Key: 'out/a' }))).rejects.toMatchObject(DENIED);
    await expect(client.send(new DeleteObjectCommand({ Bucket, Key: 'in/a' }))).rejects.toMatchObject(DENIED);
  });
});

describe('a policy that is added to a role', () => {
  it('holds for the sessions after it', async () => {
    const Bucket = await bucketWith('a');
    const trustPolicy = { Statement: { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRoleWithWebIdentity' } };
    const roleArn = test.aws.createRole({ name: 'grown', trustPolicy, policies: [] });
    const read = (credentials: IssuedSession) => test.client({ credentials }).send(new GetObjectCommand({ Bucket, Key: 'a' }));
    const before = test.aws.issueSession({ roleArn, expiresInSeconds: 900 });

    test.aws.addRolePolicy('grown', allow('s3:GetObject', '*'));

    await expect(read(before)).rejects.toMatchObject(DENIED);
    await expect(read(test.aws.issueSession({ roleArn, expiresInSeconds: 900 }))).resolves.toBeDefined();
  });
});
