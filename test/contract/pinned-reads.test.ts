import { ContainerClient } from '@azure/storage-blob';
import { describe, expect, it } from 'vitest';
import { createBlobStore } from '../../src/stores/blob/blob-store.ts';
import { createS3Client } from '../../src/stores/s3/s3-client.ts';
import { createS3Store } from '../../src/stores/s3/s3-store.ts';
import { createCopier } from '../../src/sync/copy/copy-object.ts';
import { PART_BYTES } from '../../src/sync/copy/copy-parts.ts';
import { createBufferPool } from '../../src/sync/flow/buffer-pool.ts';
import { contentRangeIn, readPinned } from '../../src/sync/store/read-pinned.ts';
import type { Store } from '../../src/sync/store/store.ts';
import { createMemoryStore } from '../support/stores/memory-store.ts';
import { type Carelessness, startCarelessServer } from './servers/careless-server.ts';
import { failureOf, someBytes } from './suite/objects.ts';

function openS3(url: string): Store {
  const credentials = { accessKeyId: 'id', secretAccessKey: 'secret' };
  const where = { region: 'eu-central-1', endpoint: url, credentials, forcePathStyle: true } as const;
  return createS3Store({ client: createS3Client({ ...where, checksums: 'when-supported' }), bucket: 'bucket', prefix: '' });
}

const openBlob = (url: string): Store => createBlobStore({ container: new ContainerClient(`${url}/account/container`), prefix: '' });

/** Copies the one object of a careless server. */
async function copyFrom(open: (url: string) => Store, sizeBytes: number, kind: Carelessness) {
  const bytes = Buffer.from(someBytes(sizeBytes));
  const server = await startCarelessServer(bytes, kind);
  try {
    const destination = createMemoryStore('memory://destination/');
    const pool = createBufferPool([{ bufferBytes: PART_BYTES, count: 4 }]);
    const copy = createCopier({ source: open(server.url), destination, pool, clock: Date.now });
    const entry = { key: 'k', sizeBytes, etag: '"listed"', lastModified: new Date() };
    const decision = { action: 'copy', reason: 'missing', condition: 'if-absent' } as const;
    const receipt = await copy({ entry, decision, signal: new AbortController().signal });
    return {
      receipt,
      isCopied: destination.objects.get('k')?.bytes !== undefined && bytes.equals(destination.objects.get('k')?.bytes ?? bytes),
    };
  } finally {
    await server.stop();
  }
}

describe.each([
  ['S3', openS3],
  ['Blob', openBlob],
])('copying from %s through something', (_, open) => {
  it.each([
    ['ignores If-Match', 5, 'source-changed'],
    ['ignores If-Match', PART_BYTES + 5, 'source-changed'],
    ['ignores Range', PART_BYTES + 5, 'unavailable'],
    ['shifts ranges', PART_BYTES + 5, 'unavailable'],
    ['cuts ranges', PART_BYTES + 5, 'unavailable'],
  ] as const)('that %s commits nothing (%i bytes)', async (kind, sizeBytes, reason) => {
    const { receipt, isCopied } = await copyFrom(open, sizeBytes, kind);

    expect(receipt).toMatchObject({ action: 'failed', reason });
    expect(isCopied).toBe(false);
  });

  it.each([5, PART_BYTES + 5])('that does as it is asked works (%i bytes)', async (sizeBytes) => {
    const { receipt, isCopied } = await copyFrom(open, sizeBytes, 'none');

    expect(receipt).toMatchObject({ action: 'copied', sourceEtag: '"listed"' });
    expect(isCopied).toBe(true);
  });
});

describe('a pinned read', () => {
  it.each([
    ['another size of the whole object', { sizeBytes: 6 }],
    ['another size of the object that a range is of', { sizeBytes: 6, range: { startByte: 1, endByte: 2 } }],
    ['another version', { etag: '"before"' }],
  ])('refuses %s, and lets go of the body', async (_, more) => {
    const store = createMemoryStore();
    const { etag } = store.put('k', 'hello');
    let isClosed = false;
    const read: Store['read'] = async (key, { ifMatch: _ifMatch, ...options } = {}) => ({
      ...(await store.read(key, options)),
      body: {
        [Symbol.asyncIterator]: () => ({
          next: async () => ({ done: true, value: undefined }),
          async return() {
            isClosed = true;
            return { done: true, value: undefined };
          },
        }),
      },
    });

    const failure = await failureOf(readPinned({ read }, { key: 'k', etag, sizeBytes: 5, ...more }, {}));

    expect(failure.code).toBe('etag' in more ? 'precondition-failed' : 'unavailable');
    expect(isClosed).toBe(true);
  });

  it.each([
    ['bytes 0-9/10', { startByte: 0, totalBytes: 10 }],
    ['bytes 5-9/*', { startByte: 5 }],
    ['bytes */10', undefined],
    ['items 0-9/10', undefined],
    [undefined, undefined],
  ])('understands the Content-Range %j', (header, contentRange) => {
    expect(contentRangeIn(header)).toEqual(contentRange === undefined ? {} : { contentRange });
  });
});
