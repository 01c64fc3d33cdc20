import type { CopiedPart } from '../copy/copy-part.ts';
import type { CopyPath } from '../copy/copy-task.ts';
import { lengthOfPart, type PartSpan, partsOfRange } from '../copy/part-plan.ts';
import { uploadParts } from '../copy/upload-parts.ts';
import { crc64ToBase64 } from '../store/crc64.ts';
import { present } from '../store/present.ts';
import type { Store } from '../store/store.ts';
import type { CopiedRange, LargeUpload } from './large-task.ts';

interface RangeOptions {
  readonly signal: AbortSignal;
  /** Whether to leave the rest of the range to another call. */
  readonly isLate: () => boolean;
  /** Told the size of each part that was not in place already. */
  readonly onPart?: ((sizeBytes: number) => void) | undefined;
}

/**
 * Copies those parts of a range that the destination does not have yet; `undefined` when some were left to another call. What the
 * destination lists is the checkpoint, so a call that died is simply made again. Throws SourceChangedError or a StoreError.
 */
export async function copyRange(
  path: CopyPath,
  object: LargeUpload,
  rangeIndex: number,
  { signal, isLate, onPart }: RangeOptions,
): Promise<CopiedRange | undefined> {
  const span = partsOfRange(object.plan, rangeIndex);
  const kept = await partsInPlace(path.destination, object, span, signal);
  let isKeepable = false;
  const { parts, crc64, sizeBytes, verified } = await uploadParts(path, {
    ...object,
    span,
    kept,
    signal,
    // Parts that the next call could not keep would be copied for nothing, and the range might never end.
    mustStop: () => isKeepable && isLate(),
    onCopied: ({ part }) => {
      isKeepable = part.crc64 !== undefined && !object.plan.isStreamed;
      onPart?.(part.sizeBytes);
    },
  });
  if (parts.at(-1)?.number !== span.toNumber) return undefined;
  const etags = object.plan.isStreamed ? { etags: parts.map(({ etag, number }) => present(etag, `the ETag of part ${number}`)) } : {};
  return { crc64nvme: crc64ToBase64(crc64, 'big-endian'), sizeBytes, verified, ...etags };
}

/**
 * The parts that the destination would have refused had they not arrived as they were read, and whose checksum it tells. A streamed part is
 * stored before anyone compares it, so that its being there proves nothing.
 */
async function partsInPlace(
  destination: Store,
  { upload, plan }: LargeUpload,
  span: PartSpan,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, CopiedPart>> {
  const kept = new Map<number, CopiedPart>();
  if (plan.isStreamed) return kept;
  for (const part of await destination.listParts(upload, { ...span, signal })) {
    const { number, sizeBytes, crc64 } = part;
    if (crc64 === undefined || sizeBytes !== lengthOfPart(plan, number)) continue;
    kept.set(number, { part, crc64, verified: 'crc64' });
  }
  return kept;
}
