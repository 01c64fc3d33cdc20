import { randomBytes } from 'node:crypto';
import type { Crc64 } from '../sync/crc64.ts';
import type { UploadedPart } from '../sync/store.ts';

/** All block ids of one blob must have one length, of 64 bytes at most, so that of their three fields is fixed. */
const UPLOAD_ID_BYTES = 16;
const NUMBER_DIGITS = 5;
const CRC64_DIGITS = 16;

const BLOCK_ID = new RegExp(`^([0-9a-f]{${2 * UPLOAD_ID_BYTES}})(\\d{${NUMBER_DIGITS}})(-|[0-9a-f])([0-9a-f]{${CRC64_DIGITS - 1}})$`);

/** Names the blocks of one upload and of no other. */
export function newUploadId(): string {
  return randomBytes(UPLOAD_ID_BYTES).toString('hex');
}

/** The id of a part's block: the same bytes as the same part of the same upload always have the same one. */
export function blockId(uploadId: string, number: number, crc64: Crc64): string {
  return encode(uploadId, number, crc64.toString(16).padStart(CRC64_DIGITS, '0'));
}

/**
 * The id of a block that is streamed, whose checksum is not known when it gets its id. No two are alike: of two workers that send the same
 * part at once, neither replaces the block that the other has compared.
 */
export function streamedBlockId(uploadId: string, number: number): string {
  const nonce = randomBytes(CRC64_DIGITS / 2).toString('hex');
  return encode(uploadId, number, `-${nonce.slice(1)}`);
}

function encode(uploadId: string, number: number, tag: string): string {
  return Buffer.from(uploadId + number.toString().padStart(NUMBER_DIGITS, '0') + tag).toString('base64');
}

/**
 * The parts of this upload among a blob's blocks, which may be anyone's, ascending by number and each once. Where a part was put twice with
 * different ids, one whose checksum is known is preferred.
 */
export function partsAmong(blocks: readonly { readonly name: string; readonly size: number }[], uploadId: string): UploadedPart[] {
  const parts = new Map<number, UploadedPart>();
  for (const { name, size } of blocks) {
    const [, ofUpload, number, first, rest] = BLOCK_ID.exec(Buffer.from(name, 'base64').toString()) ?? [];
    const isStreamed = first === '-';
    if (ofUpload !== uploadId || (isStreamed && parts.has(Number(number)))) continue;
    const crc64 = isStreamed ? {} : { crc64: BigInt(`0x${first}${rest}`) };
    parts.set(Number(number), { number: Number(number), sizeBytes: size, etag: name, ...crc64 });
  }
  return [...parts.values()].sort((a, b) => a.number - b.number);
}
