import type { BlobClientHabit } from './left-object.ts';

const MARK = { source_etag: '"of-the-copy-before"', crc64nvme: 'AAAAAAAAAAA=', Owner: '1000' };

/** Azure's FUSE driver: it keeps the metadata that a blob had when it saves a file anew. */
export const BLOBFUSE2: readonly BlobClientHabit[] = [
  ...['a copy', 'a copy, longer'].map((text) => ({
    name: `blobfuse2: a copy of the bridge saved anew, mark and all: ${text}`,
    async leave(container: Parameters<BlobClientHabit['leave']>[0]) {
      const key = `fuse/${text}.txt`;
      const blob = container.getBlockBlobClient(key);
      await blob.upload('A COPY', 6, { metadata: MARK });
      const { metadata = {} } = await blob.getProperties();
      await blob.upload(text, text.length, { metadata });
      return { key, bytes: Buffer.from(text), metadata: { owner: '1000' } };
    },
  })),
  {
    name: 'blobfuse2: a symbolic link',
    async leave(container) {
      await container.getBlockBlobClient('fuse/link').upload('../target', 9, { metadata: { Is_symlink: 'true' } });
      return { key: 'fuse/link', bytes: Buffer.from('../target'), metadata: { is_symlink: 'true' } };
    },
  },
  {
    name: 'blobfuse2: a folder',
    async leave(container) {
      await container.getBlockBlobClient('fuse/dir').upload('', 0, { metadata: { Hdi_isfolder: 'true' } });
      return { key: 'fuse/dir', bytes: Buffer.alloc(0), metadata: { hdi_isfolder: 'true' }, isFolder: true };
    },
  },
];
