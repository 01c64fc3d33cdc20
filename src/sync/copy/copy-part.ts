import { createHash } from 'node:crypto';
import { type Crc64, crc64, createRunningCrc64, type RunningCrc64 } from '../store/crc64.ts';
import type { ObjectVersion } from '../store/object-version.ts';
import type { Upload, UploadedPart, Verified } from '../store/store.ts';
import { StoreError } from '../store/store-error.ts';
import type { CopyPath } from './copy-task.ts';
import type { OrderedMd5 } from './ordered-md5.ts';
import { bytesOfPart, lengthOfPart, type PartPlan } from './part-plan.ts';
import { readRange, streamRange } from './read-verified.ts';

export interface PartRequest {
  /** The version whose part it is. */
  readonly entry: ObjectVersion;
  readonly upload: Upload;
  readonly plan: PartPlan;
  readonly signal: AbortSignal;
  /** Gets the bytes of each part that goes through a buffer. */
  readonly md5?: OrderedMd5;
}

/** A part that the destination has, and the checksum of what was read for it. */
export interface CopiedPart {
  readonly part: UploadedPart;
  readonly crc64: Crc64;
  /** How far the destination confirmed it, as long as the commit does not say less. */
  readonly verified: Verified;
}

/** Copies part `number`. Throws SourceChangedError or a StoreError. */
export function copyPart(path: CopyPath, request: PartRequest, number: number): Promise<CopiedPart> {
  return request.plan.isStreamed ? streamPart(path, request, number) : bufferPart(path, request, number);
}

async function bufferPart({ source, destination, pool }: CopyPath, request: PartRequest, number: number): Promise<CopiedPart> {
  const { entry, upload, plan, signal, md5 } = request;
  const buffer = await pool.acquire(plan.partBytes, signal);
  try {
    const bytes = await readRange(source, { entry, buffer: buffer.bytes, signal }, bytesOfPart(plan, number));
    await md5?.add(number - 1, bytes, signal);
    const crc = crc64(bytes);
    const part = await destination.uploadPart(upload, number, bytes, { crc64: crc, signal });
    return { part, crc64: crc, verified: 'crc64' };
  } finally {
    buffer.release();
  }
}

async function streamPart({ source, destination }: CopyPath, request: PartRequest, number: number): Promise<CopiedPart> {
  const { entry, upload, plan, signal } = request;
  const sizeBytes = lengthOfPart(plan, number);
  const range = bytesOfPart(plan, number);
  const md5 = (await destination.wantsMd5OfStreams?.()) ? await streamRange(source, { entry, signal }, range, md5Of) : undefined;
  return streamRange(source, { entry, signal }, range, async (body) => {
    const running = await createRunningCrc64();
    const options = { sizeBytes, signal, ...(md5 !== undefined && { md5 }) };
    const part = await destination.uploadStreamedPart(upload, number, addTo(running, body), options);
    const crc = running.digest();
    const verified = compare(part, crc, upload.key, destination.url);
    return { part, crc64: crc, verified: verified === 'length' && md5 !== undefined ? 'md5' : verified };
  });
}

async function md5Of(body: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('md5');
  for await (const chunk of body) hash.update(chunk);
  return hash.digest('base64');
}

async function* addTo(crc: RunningCrc64, body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    crc.add(chunk);
    yield chunk;
  }
}

function compare(part: UploadedPart, crc: Crc64, key: string, url: string): Verified {
  if (part.crc64 === undefined) return 'length';
  if (part.crc64 === crc) return 'crc64';
  const what = `Part ${part.number} of ${JSON.stringify(key)} did not arrive at ${url} as it was sent.`;
  throw new StoreError('checksum-mismatch', `${what} It is not committed; start the run again.`);
}
