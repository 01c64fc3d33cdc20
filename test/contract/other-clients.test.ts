import { randomUUID } from 'node:crypto';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBlobStore } from '../../src/stores/blob/blob-store.ts';
import { createS3Store } from '../../src/stores/s3/s3-store.ts';
import { entryOf } from '../../src/sync/compare/pair-by-head.ts';
import type { Store } from '../../src/sync/store/store.ts';
import { AZURE_TOOLS } from '../support/other-clients/azure-tools.ts';
import { BLOBFUSE2 } from '../support/other-clients/blobfuse2.ts';
import { HADOOP_BLOB, HADOOP_S3 } from '../support/other-clients/hadoop.ts';
import type { LeftObject } from '../support/other-clients/left-object.ts';
import { RCLONE_AZUREBLOB } from '../support/other-clients/rclone-azureblob.ts';
import { S3_TOOLS } from '../support/other-clients/s3-tools.ts';
import { S3FS } from '../support/other-clients/s3fs.ts';
import { startAzuriteServer } from './servers/azurite-server.ts';
import { startS3Server } from './servers/s3-server.ts';
import { entriesOf, readBytes } from './suite/objects.ts';

/** Asserts that listing, HEAD and read show an object for what it is, and agree with each other. */
async function expectShown(store: Store, object: LeftObject): Promise<void> {
  const { key, bytes, metadata, isFolder, isArchived, contentType, contentEncoding } = object;

  const entries = await entriesOf(store);
  const head = await store.head(key);

  expect(entries).toHaveLength(1);
  const [entry] = entries;
  expect(entry).toMatchObject({ key, sizeBytes: bytes.length });
  expect({ isFolder: entry?.isFolder, isArchived: entry?.isArchived }).toEqual({ isFolder, isArchived });
  expect(head?.properties.metadata).toEqual(metadata);
  expect(head).toMatchObject({ sizeBytes: bytes.length, etag: entry?.etag, lastModified: entry?.lastModified });
  // Azurite gives page and append blobs a tier in HEAD alone; no listing of S3 shows our mark, or that a KMS key was used.
  const tier = entry?.tier ?? head?.tier;
  expect(head && { ...entryOf(key, head), tier, sourceEtag: entry?.sourceEtag }).toEqual({
    ...{ ...entry, tier, sourceEtag: entry?.sourceEtag },
    md5: head?.md5,
  });
  if (contentType !== undefined) expect(head?.properties.contentType).toBe(contentType);
  if (contentEncoding !== undefined) expect(head?.properties.contentEncoding).toBe(contentEncoding);
  if (isArchived) {
    await expect(store.read(key)).rejects.toMatchObject({ code: 'archived' });
    return;
  }
  expect(await readBytes(store, key, { ifMatch: entry?.etag ?? '' })).toEqual(bytes);
}

describe('what other clients leave in Blob Storage', () => {
  let server: Awaited<ReturnType<typeof startAzuriteServer>>;
  beforeAll(async () => {
    server = await startAzuriteServer();
  });
  afterAll(() => server.stop());

  it.each([...RCLONE_AZUREBLOB, ...BLOBFUSE2, ...AZURE_TOOLS, ...HADOOP_BLOB])('is what it is: $name', async ({ leave }) => {
    const container = BlobServiceClient.fromConnectionString(server.connectionString).getContainerClient(`other-${randomUUID()}`);
    await container.create();

    const object = await leave(container);

    await expectShown(createBlobStore({ container, prefix: '' }), object);
  });
});

describe('what other clients leave in S3', () => {
  let server: Awaited<ReturnType<typeof startS3Server>>;
  beforeAll(async () => {
    server = await startS3Server();
  });
  afterAll(() => server.stop());

  it.each([...S3FS, ...S3_TOOLS, ...HADOOP_S3])('is what it is: $name', async ({ leave }) => {
    const bucket = server.createBucket();
    server.aws.configureBucket(bucket, { versioning: 'Enabled' });

    const object = await leave({ client: server.clientFor({ checksums: 'when-required' }), bucket });

    await expectShown(createS3Store({ client: server.clientFor(), bucket, prefix: '' }), object);
  });
});
