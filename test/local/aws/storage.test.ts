import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { startTestAws } from './support/setup.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'aws-storage-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

/** Starts a stand-in in a process of its own. */
async function startProcess(): Promise<{ readonly client: S3Client; kill(): Promise<void> }> {
  const server = spawn(process.execPath, [join(import.meta.dirname, 'support/serve.ts'), dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(server, 'exit');
  onTestFinished(() => void server.kill('SIGKILL'));
  const { value: line } = await createInterface({ input: server.stdout })[Symbol.asyncIterator]().next();
  if (line === undefined) throw new Error('The stand-in ended before it was ready; its own output says why.');
  const { url, region, credentials } = JSON.parse(line);
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const client = new S3Client({
    endpoint: url,
    region,
    credentials: { accessKeyId, secretAccessKey, sessionToken },
    forcePathStyle: true,
    maxAttempts: 1,
  });
  return {
    client,
    async kill() {
      server.kill('SIGKILL');
      await exited;
    },
  };
}

describe('a stand-in with a data folder', () => {
  it('keeps objects and uploads in parts over a restart', async () => {
    const before = await startTestAws({ dataDir });
    const target = { Bucket: before.newBucket(), Key: 'key 😀' };
    await before.client().send(new PutObjectCommand({ ...target, Body: 'hello', Metadata: { a: 'b' } }));
    const { UploadId } = await before.client().send(new CreateMultipartUploadCommand({ ...target, ChecksumAlgorithm: 'CRC32' }));
    await before.client().send(new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body: 'part' }));
    await before.stop();

    const after = await startTestAws({ dataDir });
    const { Body, Metadata } = await after.client().send(new GetObjectCommand(target));
    const { Parts } = await after.client().send(new ListPartsCommand({ ...target, UploadId }));

    expect(await Body?.transformToString()).toBe('hello');
    expect(Metadata).toEqual({ a: 'b' });
    expect(Parts).toMatchObject([{ PartNumber: 1, Size: 4 }]);
    await after.stop();
  });

  it('keeps older versions over a restart', async () => {
    const before = await startTestAws({ dataDir });
    const target = { Bucket: before.newBucket(), Key: 'key' };
    before.aws.configureBucket(target.Bucket, { versioning: 'Enabled' });
    const { VersionId } = await before.client().send(new PutObjectCommand({ ...target, Body: 'one' }));
    await before.client().send(new PutObjectCommand({ ...target, Body: 'two' }));
    await before.stop();

    const after = await startTestAws({ dataDir });
    const { Body } = await after.client().send(new GetObjectCommand({ ...target, VersionId }));
    const next = await after.client().send(new PutObjectCommand({ ...target, Body: 'three' }));

    expect(await Body?.transformToString()).toBe('one');
    expect(next.VersionId).toEqual(expect.any(String));
    await after.stop();
  });

  it('loses nothing that it confirmed when it is killed, and sweeps up what it did not', async () => {
    const first = await startProcess();
    const confirmed: string[] = [];
    const writing = Array.from({ length: 8 }, async (_, writer) => {
      for (let index = 0; ; index++) {
        const Key = `${writer}-${index}`;
        await first.client.send(new PutObjectCommand({ Bucket: 'bucket', Key, Body: Key.repeat(1000) }));
        confirmed.push(Key);
        if (confirmed.length === 200) await first.kill();
      }
    });
    await Promise.allSettled(writing);

    const second = await startProcess();
    const listed = await second.client.send(new ListObjectsV2Command({ Bucket: 'bucket' }));
    const keys = listed.Contents?.map((one) => one.Key ?? '') ?? [];
    const bodies = await Promise.all(
      keys.map(async (Key) => {
        const { Body } = await second.client.send(new GetObjectCommand({ Bucket: 'bucket', Key }));
        return await Body?.transformToString();
      }),
    );

    expect(confirmed.length).toBeGreaterThanOrEqual(200);
    expect(keys).toEqual(expect.arrayContaining(confirmed));
    expect(bodies).toEqual(keys.map((key) => key.repeat(1000)));
    expect(await readdir(join(dataDir, 'bodies'))).toHaveLength(keys.length);
  });

  it('is used by one stand-in at a time', async () => {
    const first = await startTestAws({ dataDir });

    await expect(startTestAws({ dataDir })).rejects.toThrow('locked');

    await first.stop();
  });
});

describe('a stand-in without a data folder', () => {
  it('forgets everything when it stops', async () => {
    const before = await startTestAws();
    before.aws.createBucket('bucket');
    await before.stop();

    const after = await startTestAws();
    const listed = after.client().send(new ListObjectsV2Command({ Bucket: 'bucket' }));

    await expect(listed).rejects.toMatchObject({ name: 'NoSuchBucket' });
    await after.stop();
  });
});
