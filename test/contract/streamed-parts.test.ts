import type { ServerResponse } from 'node:http';
import { ContainerClient } from '@azure/storage-blob';
import { describe, expect, it } from 'vitest';
import { createBlobStore } from '../../src/stores/blob/blob-store.ts';
import { createS3Client } from '../../src/stores/s3/s3-client.ts';
import { createS3Store } from '../../src/stores/s3/s3-store.ts';
import type { Store } from '../../src/sync/store/store.ts';
import { startRefusingServer } from './servers/refusing-server.ts';
import { failureOf, NO_PROPERTIES, someBytes } from './suite/objects.ts';

function openS3(endpoint: string): Store {
  const credentials = { accessKeyId: 'id', secretAccessKey: 'secret' };
  const client = createS3Client({ region: 'eu-central-1', endpoint, credentials, forcePathStyle: true, checksums: 'when-supported' });
  return createS3Store({ client, bucket: 'bucket', prefix: '' });
}

const openBlob = (url: string): Store => createBlobStore({ container: new ContainerClient(`${url}/account/container`), prefix: '' });

const refuseWith = (status: number) => (response: ServerResponse) => void response.writeHead(status).end();

describe.each([
  ['S3', openS3],
  ['Blob', openBlob],
])('a streamed part to %s', (_, open) => {
  it.each([
    ['is too busy', refuseWith(503), 'throttled'],
    ['fails', refuseWith(500), 'unavailable'],
    ['denies it', refuseWith(403), 'permission-denied'],
    ['breaks the connection', (response: ServerResponse) => void response.destroy(), 'unavailable'],
  ])('is sent once, and its body closed, when the server %s', async (__, refuse, code) => {
    const server = await startRefusingServer(refuse);
    const upload = { id: '0'.repeat(32), key: 'a', sizeBytes: 200_000_000, properties: NO_PROPERTIES };
    let isClosed = false;
    const body = (async function* () {
      try {
        for (let sent = 0; sent < upload.sizeBytes; sent += 1_000_000) yield someBytes(1_000_000);
      } finally {
        isClosed = true;
      }
    })();

    const failure = await failureOf(open(server.url).uploadStreamedPart(upload, 1, body, { sizeBytes: upload.sizeBytes }));
    const requests = server.count();
    await server.stop();

    expect(failure.code).toBe(code);
    expect(requests).toBe(1);
    await expect.poll(() => isClosed).toBe(true);
  });
});
