import { type Copied, type CopyPath, type CopyTask, orAlreadyOurs, weaker } from './copy-task.ts';
import { type Crc64, combineCrc64, crc64 } from './crc64.ts';
import { createFailFast } from './fail-fast.ts';
import { mapInOrder } from './map-in-order.ts';
import { createOrderedMd5, type OrderedMd5 } from './ordered-md5.ts';
import { pinned, proved, readRange, SourceChangedError } from './read-verified.ts';
import type { ByteRange, ObjectHead, Upload, UploadedPart, Verified } from './store.ts';

/** Length of a part, and of the largest object that is copied whole. A multiple of what both services like, and one pooled buffer. */
export const PART_BYTES = 8 * 1024 * 1024;

/** Parts of one object under way at once. */
const PARTS_AT_ONCE = 4;

/** Copies an object part by part; readers see nothing of it before the commit. Throws SourceChangedError or a StoreError, and then no part is left. */
export async function copyParts(path: CopyPath, task: CopyTask): Promise<Copied> {
  const { destination } = path;
  const { entry, signal } = task;
  const head = await headOfListed(path, task);
  const { key, sizeBytes } = entry;
  const request = { key, sizeBytes, properties: head.properties, provenance: { sourceEtag: entry.etag } };
  const upload = await destination.beginUpload(request, { signal });
  try {
    const md5 = head.crc64 === undefined && head.md5 !== undefined ? createOrderedMd5() : undefined;
    const { parts, crc } = await uploadParts(path, task, upload, md5);
    const verified = compareWithRecord(head, crc, md5, key);
    const commit = destination.commit(upload, parts, { condition: task.condition, crc64: crc, signal });
    const written = await orAlreadyOurs(commit, destination, task, crc);
    return { destinationEtag: written.etag, crc64: crc, verified: weaker(verified, written.verified) };
  } catch (error) {
    // A part that stays costs money on S3. If this fails too, the first error is the one to tell; a lifecycle rule takes the rest.
    await destination.abort(upload).catch(() => undefined);
    throw error;
  }
}

async function headOfListed({ source }: CopyPath, { entry, signal }: CopyTask): Promise<ObjectHead> {
  const head = await pinned(source.head(entry.key, { signal }), entry);
  if (head?.etag === entry.etag) return head;
  throw new SourceChangedError(`The source object ${JSON.stringify(entry.key)} changed after it was listed.`);
}

interface CopiedPart {
  readonly part: UploadedPart;
  readonly crc: Crc64;
}

async function uploadParts(path: CopyPath, task: CopyTask, upload: Upload, md5: OrderedMd5 | undefined) {
  const { signal, guard, firstOr } = createFailFast(task.signal);
  const limits = { concurrency: PARTS_AT_ONCE, window: PARTS_AT_ONCE };
  const copied = mapInOrder(partRanges(upload.sizeBytes), limits, (range) =>
    guard(copyPart(path, { ...task, signal }, upload, range, md5)),
  );
  const parts: UploadedPart[] = [];
  let crc: Crc64 = 0n;
  try {
    for await (const { part, crc: crcOfPart } of copied) {
      crc = combineCrc64(crc, crcOfPart, part.sizeBytes);
      parts.push(part);
    }
  } catch (error) {
    throw firstOr(error);
  }
  return { parts, crc };
}

async function* partRanges(sizeBytes: number): AsyncGenerator<ByteRange> {
  for (let startByte = 0; startByte < sizeBytes; startByte += PART_BYTES) {
    yield { startByte, endByte: Math.min(startByte + PART_BYTES, sizeBytes) - 1 };
  }
}

async function copyPart(
  { source, destination, pool }: CopyPath,
  { entry, signal }: CopyTask,
  upload: Upload,
  range: ByteRange,
  md5: OrderedMd5 | undefined,
): Promise<CopiedPart> {
  const buffer = await pool.acquire(PART_BYTES, signal);
  try {
    const index = range.startByte / PART_BYTES;
    const bytes = await readRange(source, { entry, buffer: buffer.bytes, signal }, range);
    await md5?.add(index, bytes, signal);
    const crc = crc64(bytes);
    return { part: await destination.uploadPart(upload, index + 1, bytes, { crc64: crc, signal }), crc };
  } finally {
    buffer.release();
  }
}

function compareWithRecord(head: ObjectHead, crc: Crc64, md5: OrderedMd5 | undefined, key: string): Verified {
  if (head.crc64 !== undefined) return proved(head.crc64 === crc, 'crc64', key);
  if (md5 !== undefined) return proved(md5.digest() === head.md5, 'md5', key);
  return 'length';
}
