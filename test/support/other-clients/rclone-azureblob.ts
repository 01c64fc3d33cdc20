import { createHash } from 'node:crypto';
import { type BlobClientHabit, base64 } from './left-object.ts';

/** The number of a block, eight bytes, before eight that are random for the upload. */
function blockId(number: number, random: Uint8Array): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(number));
  return base64(Buffer.concat([counter, random]));
}

const RANDOM = Buffer.from('8c0ffee042ad5e11', 'hex');

/** Rclone's backend `azureblob`: `Mtime` as Go writes header names, and an MD5 of its own with a block list. */
export const RCLONE_AZUREBLOB: readonly BlobClientHabit[] = [
  {
    name: 'rclone: a file in blocks, with its MD5',
    async leave(container) {
      const bytes = Buffer.from('one two');
      const blob = container.getBlockBlobClient('rclone/file.bin');
      const ids = [0, 1].map((number) => blockId(number, RANDOM));
      await blob.stageBlock(ids[0] ?? '', bytes.subarray(0, 4), 4);
      await blob.stageBlock(ids[1] ?? '', bytes.subarray(4), 3);
      await blob.commitBlockList(ids, {
        metadata: { Mtime: '2026-02-03T04:05:06.123456789Z' },
        blobHTTPHeaders: { blobContentMD5: createHash('md5').update(bytes).digest(), blobContentType: 'application/octet-stream' },
      });
      return { key: 'rclone/file.bin', bytes, metadata: { mtime: '2026-02-03T04:05:06.123456789Z' } };
    },
  },
  {
    name: 'rclone: an upload that died before its block list, over a file',
    async leave(container) {
      const blob = container.getBlockBlobClient('rclone/died.bin');
      await blob.upload('whole', 5);
      await blob.stageBlock(blockId(0, RANDOM), 'half', 4);
      return { key: 'rclone/died.bin', bytes: Buffer.from('whole'), metadata: {} };
    },
  },
  {
    name: 'rclone: a folder by --azureblob-directory-markers',
    async leave(container) {
      await container.getBlockBlobClient('rclone/dir/').upload('', 0, { metadata: { Hdi_isfolder: 'true' } });
      return { key: 'rclone/dir/', bytes: Buffer.alloc(0), metadata: { hdi_isfolder: 'true' }, isFolder: true };
    },
  },
];
