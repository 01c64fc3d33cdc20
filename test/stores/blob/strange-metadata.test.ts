import { randomUUID } from 'node:crypto';
import type { ContainerClient } from '@azure/storage-blob';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createBlobServiceClient } from '../../../src/stores/blob/blob-clients.ts';
import { createBlobStore } from '../../../src/stores/blob/blob-store.ts';
import { startAzuriteServer } from '../../contract/servers/azurite-server.ts';
import { entriesOf, keysOf, readText, write } from '../../contract/suite/objects.ts';

let azurite: Awaited<ReturnType<typeof startAzuriteServer>>;
let container: ContainerClient;

beforeAll(async () => {
  azurite = await startAzuriteServer();
});
afterAll(() => azurite.stop());
beforeEach(async () => {
  container = createBlobServiceClient(azurite).getContainerClient(randomUUID());
  await container.create();
});

const store = () => createBlobStore({ container, prefix: '' });
const upload = (name: string, metadata: Record<string, string>) => container.getBlockBlobClient(name).upload('x', 1, { metadata });

// Azurite itself loses or spoils what it keeps under constructor, __proto__ and the like; see listing-page.test.ts.
describe('a blob that another client has given strange metadata', () => {
  it.each(['prototype', 'x_', 'Name', 'Metadata', 'Blob', 'BlobPrefix', 'NextMarker'])(
    'is listed and read with the others: %s',
    async (name) => {
      await write(store(), 'before', 'x');
      await upload('odd', Object.fromEntries([[name, 'true']]));

      expect(await keysOf(store())).toEqual(['before', 'odd']);
      const [head, text] = await Promise.all([store().head('odd'), readText(store(), 'odd')]);
      expect(Object.entries(head?.properties.metadata ?? {})).toEqual([[name.toLowerCase(), 'true']]);
      expect(text).toBe('x');
    },
  );

  it('is known for a folder, and for a copy, whatever the case of the names', async () => {
    const { etag } = await write(store(), 'copy', 'x', { provenance: { sourceEtag: '"source"' } });
    expect(etag).toBeTruthy();
    await container.getBlockBlobClient('dir').upload('', 0, { metadata: { Hdi_isfolder: 'True' } });
    const { metadata = {} } = await container.getBlobClient('copy').getProperties();
    await container
      .getBlobClient('copy')
      .setMetadata({ Source_Etag: metadata['source_etag'] ?? '', Crc64nvme: metadata['crc64nvme'] ?? '' });

    const [copy, dir] = await entriesOf(store());
    const head = await store().head('copy');

    expect([copy?.sourceEtag, copy?.isFolder, dir?.isFolder]).toEqual(['"source"', undefined, true]);
    expect(head?.provenance?.sourceEtag).toBe('"source"');
  });
});
