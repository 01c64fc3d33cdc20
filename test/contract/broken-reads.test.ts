import { ContainerClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBlobStore } from '../../src/stores/blob/blob-store.ts';
import { createS3Client } from '../../src/stores/s3/s3-client.ts';
import { createS3Store } from '../../src/stores/s3/s3-store.ts';
import type { Store } from '../../src/sync/store/store.ts';
import { startBrokenServer } from './servers/broken-server.ts';
import { failureOf } from './suite/objects.ts';

let server: Awaited<ReturnType<typeof startBrokenServer>>;
beforeAll(async () => {
  server = await startBrokenServer();
});
afterAll(() => server.stop());

function openS3(): Store {
  const credentials = { accessKeyId: 'id', secretAccessKey: 'secret' };
  const client = createS3Client({
    region: 'eu-central-1',
    endpoint: server.url,
    credentials,
    forcePathStyle: true,
    checksums: 'when-supported',
  });
  return createS3Store({ client, bucket: 'bucket', prefix: '' });
}

const openBlob = (): Store => createBlobStore({ container: new ContainerClient(`${server.url}/account/container`), prefix: '' });

describe.each([
  ['S3', openS3],
  ['Blob', openBlob],
])('a read from %s that breaks off', (_, open) => {
  it('fails as unavailable, not as aborted, and never ends as if it were whole', async () => {
    const { body, contentLengthBytes } = await open().read('a');

    const failure = await failureOf(Array.fromAsync(body));

    expect(contentLengthBytes).toBe(1_000);
    expect(failure.code).toBe('unavailable');
  });

  it('does no harm when nobody reads it', async () => {
    const { body } = await open().read('a');
    await new Promise((resolve) => setTimeout(resolve, 50));

    expect((await failureOf(Array.fromAsync(body))).code).toBe('unavailable');
  });
});
