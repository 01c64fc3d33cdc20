import { randomBytes } from 'node:crypto';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { ContainerClient } from '@azure/storage-blob';

const WRITES_AT_ONCE = 32;

/** Objects of random bytes, with keys such as `<prefix>3/000123.bin`. */
export interface Filling {
  readonly prefix: string;
  readonly count: number;
  readonly sizeBytes: number;
}

export function fillContainer(container: ContainerClient, filling: Filling): Promise<void> {
  return fill(filling, (name, body) => container.getBlockBlobClient(name).upload(body, body.length));
}

export function fillBucket(client: S3Client, bucket: string, filling: Filling): Promise<void> {
  return fill(filling, (key, body) => client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body })));
}

async function fill({ prefix, count, sizeBytes }: Filling, write: (key: string, body: Buffer) => Promise<unknown>): Promise<void> {
  let next = 0;
  async function writeSome(): Promise<void> {
    for (let n = next++; n < count; n = next++) await write(`${prefix}${n % 10}/${String(n).padStart(6, '0')}.bin`, randomBytes(sizeBytes));
  }
  await Promise.all(Array.from({ length: WRITES_AT_ONCE }, writeSome));
}
