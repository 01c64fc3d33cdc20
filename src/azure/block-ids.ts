import { randomBytes } from 'node:crypto';
import type { UploadedPart } from '../sync/store.ts';

/** All block ids of one blob must have one length, so that of their parts is fixed. */
const NUMBER_DIGITS = 5;

/** Names the blocks of one upload and of no other. */
export function newUploadId(): string {
  return randomBytes(16).toString('hex');
}

/** The id of a part's block: the same part of the same upload always has the same one. */
export function blockId(uploadId: string, number: number): string {
  return Buffer.from(uploadId + number.toString().padStart(NUMBER_DIGITS, '0')).toString('base64');
}

/** The parts of this upload among a blob's blocks, which may be anyone's, ascending by number. */
export function partsAmong(blocks: readonly { readonly name: string; readonly size: number }[], uploadId: string): UploadedPart[] {
  return blocks
    .map(({ name, size }) => ({ id: Buffer.from(name, 'base64').toString(), sizeBytes: size }))
    .filter(({ id }) => id.startsWith(uploadId))
    .map(({ id, sizeBytes }) => ({ number: Number(id.slice(uploadId.length)), sizeBytes }))
    .sort((a, b) => a.number - b.number);
}
