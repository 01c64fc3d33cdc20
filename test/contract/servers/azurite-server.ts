import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AnonymousCredential,
  ContainerClient,
  ContainerSASPermissions,
  newPipeline,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';
import { startAzurite } from '../../../local/azurite.ts';
import { createBlobServiceClient } from '../../../src/stores/blob/blob-clients.ts';
import { createBlobStore } from '../../../src/stores/blob/blob-store.ts';
import { startAzuriteFront } from '../../support/servers/azurite-front.ts';
import type { StoreServer } from '../suite/store-contract.ts';

/** Azurite, behind its front, with its data in a folder that goes away with it. */
export async function startAzuriteServer(): Promise<StoreServer & { readonly connectionString: string }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'azurite-'));
  const azurite = await startAzurite({ dataDir });
  const front = await startAzuriteFront(azurite);
  const service = createBlobServiceClient({ connectionString: front.connectionString });
  const sharedKey = new StorageSharedKeyCredential(azurite.account, azurite.key);
  const storeOf = (container: ContainerClient) => createBlobStore({ container, prefix: '' });

  return {
    connectionString: front.connectionString,

    async createLocation() {
      const container = service.getContainerClient(`test-${randomUUID()}`);
      await container.create();
      const listOnly = { permissions: ContainerSASPermissions.parse('l'), expiresOn: new Date(Date.now() + 3_600_000) };
      const listOnlyUrl = await container.generateSasUrl(listOnly);
      return {
        otherTier: 'Cool',
        maxMetadataBytes: 8 * 1024,
        open: ({ prefix = '', pageSize } = {}) => createBlobStore({ container, prefix, ...(pageSize === undefined ? {} : { pageSize }) }),
        openMissing: () => storeOf(service.getContainerClient('no-such-container')),
        openDenied: () => storeOf(new ContainerClient(listOnlyUrl, new AnonymousCredential())),
        openUnreachable: () => {
          const pipeline = newPipeline(sharedKey, { retryOptions: { maxTries: 2, retryDelayInMs: 1 } });
          return storeOf(new ContainerClient('http://127.0.0.1:1/account/container', pipeline));
        },
      };
    },

    async stop() {
      await front.stop();
      await azurite.stop();
      await rm(dataDir, { recursive: true });
    },
  };
}
