import { createHash } from 'node:crypto';
import { type BlobClientHabit, base64 } from './left-object.ts';

const STALE_MD5 = createHash('md5').update('other bytes').digest();

/** AzCopy, the portal and Storage Explorer, ADLS clients, and programs that call REST themselves. */
export const AZURE_TOOLS: readonly BlobClientHabit[] = [
  {
    name: 'AzCopy or the portal: blocks with long ids, and no MD5',
    async leave(container) {
      const blob = container.getBlockBlobClient('tools/blocks.bin');
      const ids = ['00000', '00001'].map((number) => base64(`c2b1f0a4-6d1c-4a0e-8f56-2f5d4c1f0b11-${number}`.padEnd(48, '0')));
      for (const id of ids) await blob.stageBlock(id, 'abc', 3);
      await blob.commitBlockList(ids);
      return { key: 'tools/blocks.bin', bytes: Buffer.from('abcabc'), metadata: {} };
    },
  },
  {
    name: 'REST: a block list with the MD5 of other bytes',
    async leave(container) {
      const blob = container.getBlockBlobClient('tools/stale.bin');
      await blob.stageBlock(base64('1'), 'bytes', 5);
      await blob.commitBlockList([base64('1')], { blobHTTPHeaders: { blobContentMD5: STALE_MD5 } });
      return { key: 'tools/stale.bin', bytes: Buffer.from('bytes'), metadata: {} };
    },
  },
  {
    name: 'REST: a page blob that was changed in place',
    async leave(container) {
      const blob = container.getPageBlobClient('tools/disk.vhd');
      await blob.create(512, { blobHTTPHeaders: { blobContentMD5: STALE_MD5 }, metadata: { Kind: 'disk' } });
      await blob.uploadPages(Buffer.alloc(512, 'x'), 0, 512);
      return { key: 'tools/disk.vhd', bytes: Buffer.alloc(512, 'x'), metadata: { kind: 'disk' } };
    },
  },
  {
    name: 'a log: an append blob with the MD5 of its beginning',
    async leave(container) {
      const blob = container.getAppendBlobClient('tools/log.txt');
      await blob.create({ blobHTTPHeaders: { blobContentMD5: createHash('md5').digest() } });
      await blob.appendBlock('line 1\n', 7);
      await blob.appendBlock('line 2\n', 7);
      return { key: 'tools/log.txt', bytes: Buffer.from('line 1\nline 2\n'), metadata: {} };
    },
  },
  {
    name: 'Storage Explorer: a blob with snapshots',
    async leave(container) {
      const blob = container.getBlockBlobClient('tools/snapped.txt');
      await blob.upload('before', 6);
      await blob.createSnapshot();
      await blob.upload('after', 5, { metadata: { CamelCase: 'Value' } });
      return { key: 'tools/snapped.txt', bytes: Buffer.from('after'), metadata: { camelcase: 'Value' } };
    },
  },
  {
    name: 'the portal: an archived blob',
    async leave(container) {
      await container.getBlockBlobClient('tools/archived.bin').upload('cold', 4, { tier: 'Archive' });
      return { key: 'tools/archived.bin', bytes: Buffer.from('cold'), metadata: {}, isArchived: true };
    },
  },
  {
    name: 'another program: metadata under a name of ours',
    async leave(container) {
      const metadata = { original_key: 'IMG_1.jpg' };
      await container.getBlockBlobClient('tools/photo.jpg').upload('jpg', 3, { metadata });
      return { key: 'tools/photo.jpg', bytes: Buffer.from('jpg'), metadata };
    },
  },
];
