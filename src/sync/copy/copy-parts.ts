import type { Current, Verdict } from '../outcomes/verdict.ts';
import { describeCopy } from '../properties/carry.ts';
import { anyRecordOf, serviceRecordOf } from '../store/content-record.ts';
import { destinationKeyOf } from '../store/object-version.ts';
import type { ObjectHead } from '../store/objects.ts';
import type { Upload } from '../store/store.ts';
import { isStoreError } from '../store/store-error.ts';
import { copyStreamed } from './copy-streamed.ts';
import { type Copied, type CopyPath, type CopyTask, destinationOf, orAlreadyOurs, weaker } from './copy-task.ts';
import { createOrderedMd5, type OrderedMd5 } from './ordered-md5.ts';
import { findOrigin } from './origin.ts';
import { allParts, type PartPlan, type PartSizes } from './part-plan.ts';
import { headPinned, proveSource } from './read-verified.ts';
import { uploadParts } from './upload-parts.ts';

/** An upload is thrown away although its own signal has fired, but a store that does not answer is not waited for. */
export const ABORT_LIMIT_MS = 30_000;

/** Length of a part, and of the largest object that is copied whole. A multiple of what both services like, and one pooled buffer. */
export const PART_BYTES = 8 * 1024 * 1024;

export const PART_SIZES: PartSizes = { bufferBytes: PART_BYTES, rangeBytes: 64 * 1024 * 1024 };

/**
 * Copies an object part by part; readers see nothing of it before the commit. Returns something else than a copy when the source's mark
 * shows that there is nothing to copy. Throws SourceChangedError or a StoreError. No part is left but of a copy.
 */
export async function copyParts(path: CopyPath, task: CopyTask, plan: PartPlan): Promise<Copied | Current | Verdict> {
  const { source, destination } = path;
  const { entry, signal } = task;
  const head = await headPinned(source, entry, signal);
  const origin = await findOrigin(path, task, head);
  if (origin !== undefined) return origin;
  const [key, sizeBytes] = [destinationKeyOf(entry), entry.sizeBytes];
  const { description, leftOut } = await describeCopy(path, task, head.properties);
  const request = { key, sizeBytes, ...description };
  const upload = await destination.beginUpload(request, { signal });
  const pinned = { ...task, head, plan, leftOut };
  try {
    return await copyInto(path, pinned, upload);
  } catch (error) {
    if (!isStoreError(error, 'upload-blocked')) throw error;
    const beside = await destination.beginUploadBeside?.(request, { signal });
    if (beside !== undefined) return copyInto(path, pinned, beside);
    const write = destination.writeStreamed;
    if (write === undefined) throw error;
    return { ...(await copyStreamed(path, task, head, { description, write })), leftOut };
  }
}

interface PinnedTask extends CopyTask, Pick<Copied, 'leftOut'> {
  /** HEAD of the source's version. */
  readonly head: ObjectHead;
  readonly plan: PartPlan;
}

async function copyInto(path: CopyPath, task: PinnedTask, upload: Upload): Promise<Copied | Current | Verdict> {
  const { source, destination } = path;
  const { entry, condition, signal, head, plan, leftOut } = task;
  try {
    const md5 = orderedMd5For(head, plan);
    const span = allParts(plan);
    const { parts, crc64, verified: received } = await uploadParts(path, { entry, upload, plan, span, signal, ...(md5 && { md5 }) });
    const lateOrigin = head.crc64 === undefined ? await findOrigin(path, task, { ...head, crc64 }) : undefined;
    if (lateOrigin !== undefined) return await giveBack(destination, upload, lateOrigin);
    const sent = await proveSource(source, task, head, { crc64, md5: md5?.digest() });
    const commit = destination.commit(upload, parts, { condition, crc64, signal });
    const written = await orAlreadyOurs(commit, destination, task, crc64);
    const verified = [sent.verified, received, written.verified].reduce(weaker);
    return { ...destinationOf(written), crc64, verified, sourceRecord: sent.sourceRecord, leftOut };
  } catch (error) {
    // A part that stays costs money on S3. If this fails too, the first error is the one to tell; a lifecycle rule takes the rest.
    await destination.abort(upload, { signal: AbortSignal.timeout(ABORT_LIMIT_MS) }).catch(() => undefined);
    throw error;
  }
}

async function giveBack<T>(destination: CopyPath['destination'], upload: Upload, origin: T): Promise<T> {
  await destination.abort(upload, { signal: AbortSignal.timeout(ABORT_LIMIT_MS) });
  return origin;
}

/** Only where nothing better is known. Streamed parts are never whole in memory, and so not to be had in order. */
function orderedMd5For(head: ObjectHead, { isStreamed }: PartPlan): OrderedMd5 | undefined {
  const [service, any] = [serviceRecordOf(head), anyRecordOf(head)];
  const isBest = service.crc64 === undefined && (service.md5 !== undefined || (any.crc64 === undefined && any.md5 !== undefined));
  return isBest && !isStreamed ? createOrderedMd5() : undefined;
}
