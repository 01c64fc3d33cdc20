import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUCKET } from '../../local/clouds.ts';
import { createBlobStore } from '../../src/stores/blob/blob-store.ts';
import { createS3Client } from '../../src/stores/s3/s3-client.ts';
import { createS3Store } from '../../src/stores/s3/s3-store.ts';
import type { Store } from '../../src/sync/store/store.ts';
import { startTestBridge, type TestBridge } from '../support/bridge/test-bridge.ts';
import { AZURE_TOOLS } from '../support/other-clients/azure-tools.ts';
import { BLOBFUSE2 } from '../support/other-clients/blobfuse2.ts';
import { HADOOP_BLOB, HADOOP_S3 } from '../support/other-clients/hadoop.ts';
import type { LeftObject } from '../support/other-clients/left-object.ts';
import { RCLONE_AZUREBLOB } from '../support/other-clients/rclone-azureblob.ts';
import { S3_TOOLS } from '../support/other-clients/s3-tools.ts';
import { S3FS } from '../support/other-clients/s3fs.ts';
import { getObject, putObject } from '../support/stores/store-objects.ts';

const BLOB_HABITS = [...RCLONE_AZUREBLOB, ...BLOBFUSE2, ...AZURE_TOOLS, ...HADOOP_BLOB];
const S3_HABITS = [...S3FS, ...S3_TOOLS, ...HADOOP_S3];

const CONTAINERS = ['test', 'left-as-source', 'left-at-destination'] as const;

let bridge: TestBridge;
beforeAll(async () => {
  bridge = await startTestBridge({
    settings: ({ azurite }) => ({
      BRIDGE_ALLOWED_LOCATIONS: [`s3://${BUCKET}`, ...CONTAINERS.map((name) => `${azurite.blobUrl}/${name}`)].join(' '),
    }),
  });
});
afterAll(() => bridge.stop());

/** A container of its own, with what the clients leave there. */
async function leaveBlobs(name: (typeof CONTAINERS)[number]) {
  const { azurite } = bridge.clouds;
  const container = BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient(name);
  await container.create();
  const objects: LeftObject[] = [];
  for (const { leave } of BLOB_HABITS) objects.push(await leave(container));
  return { objects, store: createBlobStore({ container, prefix: '' }), location: `${azurite.blobUrl}/${name}/` };
}

/** A bucket has one of these only: its keys begin as the habits want them. */
async function leaveObjects() {
  const { aws, roleArn } = bridge.clouds;
  const credentials = aws.issueSession({ roleArn, expiresInSeconds: 3_600 });
  const client = createS3Client({ region: aws.region, endpoint: aws.url, forcePathStyle: true, checksums: 'when-required', credentials });
  const objects: LeftObject[] = [];
  for (const { leave } of S3_HABITS) objects.push(await leave({ client, bucket: BUCKET }));
  client.destroy();
  return { objects, store: s3Store(''), location: `s3://${BUCKET}/` };
}

function s3Store(prefix: string): Store {
  return createS3Store({ client: bridge.s3Client, bucket: BUCKET, prefix });
}

async function expectCopied(store: Store, { key, bytes, metadata, contentEncoding }: LeftObject): Promise<void> {
  const head = await store.head(key);
  expect(head, key).toMatchObject({ sizeBytes: bytes.length });
  expect(head?.properties.metadata, key).toEqual(metadata);
  expect(head?.properties.contentEncoding, key).toBe(contentEncoding);
  expect(await getObject(store, key)).toEqual(bytes);
}

describe('what other clients left', () => {
  it('is copied from Blob Storage to S3 as it is, once', async () => {
    const { objects, location } = await leaveBlobs('left-as-source');
    const readable = objects.filter(({ isArchived }) => !isArchived);

    const first = await bridge.sync(location, bridge.s3('from-blob/'));
    const second = await bridge.sync(location, bridge.s3('from-blob/'));

    expect(first.counts).toMatchObject({ copied: readable.length, failed: 0 });
    expect(first.skippedByReason).toEqual({ archived: 1 });
    expect(second.counts).toMatchObject({ copied: 0, failed: 0 });
    for (const object of readable) await expectCopied(s3Store('from-blob/'), object);
  });

  it('is copied from S3 to Blob Storage as it is, once', async () => {
    const { objects, location } = await leaveObjects();
    const readable = objects.filter(({ isArchived }) => !isArchived);
    const filter = { exclude: ['from-blob/**', 'over/**'] };

    const first = await bridge.sync(location, bridge.blob('from-s3/'), { options: filter });
    const second = await bridge.sync(location, bridge.blob('from-s3/'), { options: filter });

    expect(first.counts).toMatchObject({ copied: readable.length, failed: 0 });
    expect(first.skippedByReason).toEqual({ archived: 1 });
    expect(second.counts).toMatchObject({ copied: 0, failed: 0 });
    for (const object of readable) await expectCopied(createBlobStore({ container: bridge.container, prefix: 'from-s3/' }), object);
  });

  it('is replaced in Blob Storage by other bytes of the same size', async () => {
    const { objects, store, location } = await leaveBlobs('left-at-destination');
    const replaceable = objects.filter(({ isArchived }) => !isArchived);
    for (const { key, bytes } of replaceable) await putObject(s3Store('over/'), key, Buffer.alloc(bytes.length, 'new'));

    const run = await bridge.sync(bridge.s3('over/'), location);

    // Empty ones are equal already. Those that are older than the source's, by whole seconds, are copied all the same.
    const copied = (await bridge.receiptsOf(run)).filter(({ action, sizeBytes }) => action === 'copied' && sizeBytes > 0);
    expect(run.counts.failed).toBe(0);
    expect(copied).toHaveLength(replaceable.filter(({ bytes }) => bytes.length > 0).length);
    for (const { key, bytes } of replaceable) expect(await getObject(store, key), key).toEqual(Buffer.alloc(bytes.length, 'new'));
  });
});
