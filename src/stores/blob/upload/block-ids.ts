import { createHash, randomBytes } from 'node:crypto';
import type { Crc64 } from '../../../sync/store/crc64.ts';
import type { UploadedPart } from '../../../sync/store/store.ts';

/** All block ids of one blob must have one length, of 64 bytes at most, so that of their three fields is fixed. */
const UPLOAD_ID_BYTES = 16;
const NUMBER_DIGITS = 5;
const CRC64_DIGITS = 16;
const ID_BYTES = 2 * UPLOAD_ID_BYTES + NUMBER_DIGITS + CRC64_DIGITS;

const BLOCK_ID = new RegExp(`^([0-9a-f]{${2 * UPLOAD_ID_BYTES}})(\\d{${NUMBER_DIGITS}})(-|[0-9a-f])([0-9a-f]{${CRC64_DIGITS - 1}})$`);

/** The bytes of a part's number in an id that is as long as those of another tool. */
const SHORT_NUMBER_BYTES = 2;

/** Below that, ids cannot tell uploads apart. */
const MIN_SHORT_ID_BYTES = 4;

/**
 * Names the blocks of an upload beside `others`, which are not committed: Azure refuses ids of another length than theirs. `undefined` where
 * there are none, or theirs are as long as ours, or leave no room. No listing gives the parts of such an upload.
 */
export function uploadIdBeside(others: readonly { readonly name: string }[]): string | undefined {
  const [other] = others;
  const idBytes = other === undefined ? 0 : Buffer.from(other.name, 'base64').length;
  return idBytes >= MIN_SHORT_ID_BYTES && idBytes !== ID_BYTES ? `${newUploadId()}.${idBytes}` : undefined;
}

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
  const [ownId = '', idBytes] = uploadId.split('.');
  const text = ownId + number.toString().padStart(NUMBER_DIGITS, '0') + tag;
  return (idBytes === undefined ? Buffer.from(text) : shortId(text, number, Number(idBytes))).toString('base64');
}

/** Two parts of an upload never have the same id, and those of two uploads hardly ever. */
function shortId(text: string, number: number, idBytes: number): Buffer {
  const id = Buffer.alloc(idBytes);
  id.writeUInt16BE(number);
  createHash('sha512').update(text).digest().copy(id, SHORT_NUMBER_BYTES);
  return id;
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
