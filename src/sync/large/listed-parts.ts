import { lengthOfPart, type PartPlan, type PartSpan, partsOfRange } from '../copy/part-plan.ts';
import { type Crc64, combineCrc64 } from '../store/crc64.ts';
import type { Store, UploadedPart } from '../store/store.ts';
import { StoreError } from '../store/store-error.ts';
import { type CopiedRange, crc64OfRange, type LargeUpload } from './large-task.ts';

/**
 * All parts of a large object: those that were streamed by their names, the others as the destination lists them, checked against what was copied: a range may have been copied twice at once,
 * or by a worker that was taken for dead. Throws `not-found` when a part is missing, `checksum-mismatch` when one is another.
 */
export async function listCopiedParts(
  destination: Store,
  { upload, plan }: LargeUpload,
  ranges: readonly CopiedRange[],
  signal: AbortSignal,
): Promise<UploadedPart[]> {
  if (plan.isStreamed) return ranges.flatMap((range, index) => partsNamed(range, plan, index));
  const listed = new Map((await destination.listParts(upload, { signal })).map((part) => [part.number, part]));
  const name = `${JSON.stringify(upload.key)} at ${destination.url}`;

  function partsOf({ fromNumber, toNumber }: PartSpan): UploadedPart[] {
    const parts: UploadedPart[] = [];
    for (let number = fromNumber; number <= toNumber; number++) {
      const part = listed.get(number);
      if (part?.sizeBytes !== lengthOfPart(plan, number))
        throw new StoreError('not-found', `Part ${number} of ${name} is gone. Run again.`);
      parts.push(part);
    }
    return parts;
  }

  return ranges.flatMap((range, index) => {
    const parts = partsOf(partsOfRange(plan, index));
    const crc = crc64Of(parts);
    if (crc === undefined || crc === crc64OfRange(range)) return parts;
    throw new StoreError('checksum-mismatch', `The parts of ${name} are not the ones that were copied. Run again.`);
  });
}

function partsNamed({ etags = [] }: CopiedRange, plan: PartPlan, index: number): UploadedPart[] {
  const { fromNumber } = partsOfRange(plan, index);
  return etags.map((etag, position) => {
    const number = fromNumber + position;
    return { number, sizeBytes: lengthOfPart(plan, number), etag };
  });
}

/** `undefined` where the destination does not tell the checksum of each. */
function crc64Of(parts: readonly UploadedPart[]): Crc64 | undefined {
  let crc: Crc64 = 0n;
  for (const { crc64, sizeBytes } of parts) {
    if (crc64 === undefined) return undefined;
    crc = combineCrc64(crc, crc64, sizeBytes);
  }
  return crc;
}
