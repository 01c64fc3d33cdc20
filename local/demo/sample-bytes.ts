import { createCipheriv } from 'node:crypto';

const CIPHER = 'aes-128-ctr';
const KEY = Buffer.alloc(16);
const BLOCK_BYTES = 16;

/** Bytes that look random and are the same every time: those of object `number` from `startByte`, a multiple of 16, on. */
export function sampleBytes(number: number, startByte: number, lengthBytes: number): Buffer {
  const counter = Buffer.alloc(BLOCK_BYTES);
  counter.writeBigUInt64BE(BigInt(number), 0);
  counter.writeBigUInt64BE(BigInt(startByte / BLOCK_BYTES), 8);
  return createCipheriv(CIPHER, KEY, counter).update(Buffer.alloc(lengthBytes));
}
