import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBlobServiceClient } from '../../../src/stores/blob/blob-clients.ts';
import { createBlobStore } from '../../../src/stores/blob/blob-store.ts';
import { crc64 } from '../../../src/sync/store/crc64.ts';
import { startAzuriteServer } from '../../contract/servers/azurite-server.ts';
import { NO_PROPERTIES, piecesOf, uploadPart, write } from '../../contract/suite/objects.ts';
import { type FaultProxy, startFaultProxy } from '../../support/servers/fault-proxy.ts';

const SCOPE = 'x-ms-encryption-scope';
const BYTES = Buffer.from('x');

let azurite: Awaited<ReturnType<typeof startAzuriteServer>>;
let proxy: FaultProxy;

beforeAll(async () => {
  [azurite, proxy] = await Promise.all([startAzuriteServer(), startFaultProxy()]);
});
afterAll(() => Promise.all([azurite.stop(), proxy.stop()]));

/** A store, and which scope each write of it named. Azurite has no scopes, and takes them for granted. */
async function openStore(encryption: { readonly encryptionScope?: string }) {
  const [, origin = ''] = /BlobEndpoint=(http:\/\/[^/;]+)/.exec(azurite.connectionString) ?? [];
  proxy.forwardTo(origin);
  const connectionString = azurite.connectionString.replace(origin, proxy.url);
  const container = createBlobServiceClient({ connectionString }).getContainerClient(`scope-${encryption.encryptionScope ?? 'none'}`);
  await container.create();
  const scopes: unknown[] = [];
  proxy.observe(({ method, headers }) => {
    if (method === 'PUT') scopes.push(headers[SCOPE]);
  });
  return { store: createBlobStore({ container, prefix: '', encryption }), scopes };
}

async function writeInEveryWay({ store }: Awaited<ReturnType<typeof openStore>>): Promise<void> {
  await write(store, 'whole', 'x');
  const upload = await store.beginUpload({ key: 'in parts', sizeBytes: 2, properties: NO_PROPERTIES });
  const parts = [await uploadPart(store, upload, 1, BYTES), await store.uploadStreamedPart(upload, 2, piecesOf(BYTES), { sizeBytes: 1 })];
  await store.commit(upload, parts, { crc64: crc64(Buffer.from('xx')) });
}

describe('the encryption scope of blobs', () => {
  it('is named by every request that writes: the blob, its blocks, and their list', async () => {
    const opened = await openStore({ encryptionScope: 'finance' });

    await writeInEveryWay(opened);

    expect(opened.scopes).toEqual(['finance', 'finance', 'finance', 'finance']);
  });

  it('is left to the container unless one is given', async () => {
    const opened = await openStore({});

    await writeInEveryWay(opened);

    expect(opened.scopes).toEqual([undefined, undefined, undefined, undefined]);
  });
});
