import { AnonymousCredential, ContainerClient, newPipeline } from '@azure/storage-blob';
import { afterEach, describe, expect, it } from 'vitest';
import { createBlobStore } from '../../src/stores/blob/blob-store.ts';
import { createS3Client } from '../../src/stores/s3/s3-client.ts';
import { createS3Store } from '../../src/stores/s3/s3-store.ts';
import { type AnsweringServer, startAnsweringServer } from '../support/servers/answering-server.ts';

let server: AnsweringServer | undefined;
afterEach(() => server?.stop());

const NAMES = ['prototype', 'constructor', '__proto__', 'hasownproperty', 'tostring', 'valueof', 'length', 'name', '_', 'x_1'];

const expected = NAMES.map((name) => [name, ` of ${name} `.trim()] as const).sort();

async function startServer(prefix: string) {
  const headers = {
    etag: '"1"',
    'last-modified': 'Wed, 01 Jul 2026 00:00:00 GMT',
    'content-length': '1',
    ...Object.fromEntries(expected.map(([name, value]) => [prefix + name, value])),
  };
  server = await startAnsweringServer(() => ({ headers, body: 'x' }));
  return server.url;
}

async function metadataFrom(store: ReturnType<typeof createBlobStore> | ReturnType<typeof createS3Store>) {
  const head = await store.head('a');
  const read = await store.read('a');
  await Array.fromAsync(read.body);
  return [head?.properties.metadata, read.properties.metadata].map((metadata) => Object.entries(metadata ?? {}).sort());
}

describe('metadata with names that JavaScript’s objects have themselves', () => {
  it('are read from Blob Storage, by HEAD and by GET', async () => {
    const container = new ContainerClient(`${await startServer('x-ms-meta-')}/c`, newPipeline(new AnonymousCredential()));

    expect(await metadataFrom(createBlobStore({ container, prefix: '' }))).toEqual([expected, expected]);
  });

  it('are read from S3, by HEAD and by GET', async () => {
    const client = createS3Client({
      ...{ region: 'us-east-1', endpoint: await startServer('x-amz-meta-'), forcePathStyle: true, checksums: 'when-supported' },
      credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
    });

    expect(await metadataFrom(createS3Store({ client, bucket: 'b', prefix: '' }))).toEqual([expected, expected]);
  });
});
