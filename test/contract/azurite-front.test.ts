import { BlobServiceClient, type BlockBlobClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAzuriteServer } from './servers/azurite-server.ts';

const BLOCK = Buffer.from('0001').toString('base64');

let server: Awaited<ReturnType<typeof startAzuriteServer>>;
let newBlob: () => BlockBlobClient;
beforeAll(async () => {
  server = await startAzuriteServer();
  const container = BlobServiceClient.fromConnectionString(server.connectionString).getContainerClient('front');
  await container.create();
  let blobs = 0;
  newBlob = () => container.getBlockBlobClient(`blob ${blobs++}`);
});
afterAll(() => server.stop());

async function archivedBlob(): Promise<BlockBlobClient> {
  const blob = newBlob();
  await blob.upload('old', 3, { tier: 'Archive' });
  return blob;
}

describe('an archived blob', () => {
  it.each([
    ['Put Blob', (blob: BlockBlobClient) => blob.upload('new', 3)],
    ['Set Blob Metadata', (blob: BlockBlobClient) => blob.setMetadata({ a: 'b' })],
    ['Set Blob Properties', (blob: BlockBlobClient) => blob.setHTTPHeaders({ blobContentType: 'text/plain' })],
    ['Snapshot Blob', (blob: BlockBlobClient) => blob.createSnapshot()],
    ['Get Blob', (blob: BlockBlobClient) => blob.download()],
    [
      'Put Block List',
      async (blob: BlockBlobClient) => {
        await blob.stageBlock(BLOCK, 'new', 3);
        await blob.commitBlockList([BLOCK]);
      },
    ],
  ])('refuses %s', async (_name, request) => {
    const blob = await archivedBlob();

    await expect(request(blob)).rejects.toMatchObject({ statusCode: 409, code: 'BlobArchived' });
    expect(await blob.getProperties()).toMatchObject({ accessTier: 'Archive', contentLength: 3, metadata: {} });
  });

  it('takes tags, another tier, and its deletion', async () => {
    const [blob, other] = [await archivedBlob(), await archivedBlob()];

    await blob.setTags({ a: 'b' });
    await blob.setAccessTier('Hot');
    await other.delete();

    expect(await blob.getProperties()).toMatchObject({ tagCount: 1 });
    expect(await other.exists()).toBe(false);
  });
});

describe('metadata of a blob', () => {
  const upload = (metadata: Record<string, string>) => newBlob().upload('', 0, { metadata });

  it('may have 8 KiB, names included', async () => {
    await expect(upload({ a: 'x'.repeat(4000), b: 'x'.repeat(4190) })).resolves.toBeDefined();
    await expect(upload({ a: 'x'.repeat(4000), b: 'x'.repeat(4191) })).rejects.toMatchObject({ statusCode: 400, code: 'MetadataTooLarge' });
  });

  it.each(['my-name', '1a', 'a.b'])('may not be called %j, which is no identifier of C#', async (name) => {
    await expect(upload({ [name]: 'x' })).rejects.toMatchObject({ statusCode: 400, code: 'InvalidMetadata' });
  });
});

describe('an uncommitted block', () => {
  it('keeps out others whose ids have another length', async () => {
    const blob = newBlob();
    await blob.stageBlock(BLOCK, 'x', 1);

    const staged = blob.stageBlock(Buffer.from('000002').toString('base64'), 'x', 1);

    await expect(staged).rejects.toMatchObject({ statusCode: 400, code: 'InvalidBlobOrBlock' });
  });
});
