import { randomBytes } from 'node:crypto';
import type { Crc64 } from '../sync/crc64.ts';
import type { UploadedPart } from '../sync/store.ts';

/** All block ids of one blob must have one length, of 64 bytes at most, so that of their three fields is fixed. */
const UPLOAD_ID_BYTES = 16;
const NUMBER_DIGITS = 5;
const CRC64_DIGITS = 16;

/** Stands for the checksum of a block that was streamed: it was not known when the block got its id. */
const NO_CRC64 = '-'.repeat(CRC64_DIGITS);

const BLOCK_ID = new RegExp(`^([0-9a-f]{${2 * UPLOAD_ID_BYTES}})(\\d{${NUMBER_DIGITS}})([0-9a-f]{${CRC64_DIGITS}}|${NO_CRC64})$`);

/** Names the blocks of one upload and of no other. */
export function newUploadId(): string {
  return randomBytes(UPLOAD_ID_BYTES).toString('hex');
}

/** The id of a part's block: the same bytes as the same part of the same upload always have the same one. */
export function blockId(uploadId: string, number: number, crc64?: Crc64): string {
  const checksum = crc64 === undefined ? NO_CRC64 : crc64.toString(16).padStart(CRC64_DIGITS, '0');
  return Buffer.from(uploadId + number.toString().padStart(NUMBER_DIGITS, '0') + checksum).toString('base64');
}

/**
 * The parts of this upload among a blob's blocks, which may be anyone's, ascending by number and each once. Where a part was put twice with
 * different ids, one whose checksum is known is preferred.
 */
export function partsAmong(blocks: readonly { readonly name: string; readonly size: number }[], uploadId: string): UploadedPart[] {
  const parts = new Map<number, UploadedPart>();
  for (const { name, size } of blocks) {
    const [, ofUpload, number, checksum] = BLOCK_ID.exec(Buffer.from(name, 'base64').toString()) ?? [];
    if (ofUpload !== uploadId || (checksum === NO_CRC64 && parts.has(Number(number)))) continue;
    const crc64 = checksum === NO_CRC64 ? {} : { crc64: BigInt(`0x${checksum}`) };
    parts.set(Number(number), { number: Number(number), sizeBytes: size, etag: name, ...crc64 });
  }
  return [...parts.values()].sort((a, b) => a.number - b.number);
}
