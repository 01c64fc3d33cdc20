import { type Copied, type CopyPath, destinationOf, orAlreadyOurs, weaker } from '../copy/copy-task.ts';
import { findOrigin } from '../copy/origin.ts';
import { headPinned } from '../copy/read-verified.ts';
import { compareWithSource, OUTDATED } from '../copy/source-proof.ts';
import type { Current, Verdict } from '../outcomes/verdict.ts';
import { type Crc64, combineCrc64 } from '../store/crc64.ts';
import type { Store, Written } from '../store/store.ts';
import { type CopiedRange, crc64OfRange, type LargeUpload } from './large-task.ts';
import { listCopiedParts } from './listed-parts.ts';

/**
 * Makes the object of all its ranges, if the source is still the version that was copied. May be called again: what an earlier call
 * committed counts as committed. Throws SourceChangedError or a StoreError, and then the destination is as it was.
 */
export async function commitRanges(
  { source, destination, isTwoWay = false }: CopyPath,
  object: LargeUpload,
  ranges: readonly CopiedRange[],
  signal: AbortSignal,
): Promise<Copied | Current | Verdict> {
  const { entry, plan, leftOut = [] } = object;
  if (ranges.length !== plan.rangeCount) throw new RangeError(`Of ${plan.rangeCount} ranges ${ranges.length} were given to commit.`);
  const head = await headPinned(source, entry, signal);
  const crc64 = ranges.reduce((crc, range) => combineCrc64(crc, crc64OfRange(range), range.sizeBytes), 0n);
  const origin =
    head.crc64 === undefined ? await findOrigin({ destination, isTwoWay }, { ...object, signal }, { ...head, crc64 }) : undefined;
  if (origin !== undefined) return origin;
  // An MD5 cannot be put together from ranges; and there is no time here to read a large object again, to see which of the two is wrong.
  const sent = compareWithSource(head, { crc64 }, entry.key) ?? OUTDATED;
  const commit = commitListed(destination, object, ranges, { crc64, signal });
  const written = await orAlreadyOurs(commit, destination, { entry, signal }, crc64);
  const received = ranges.map(({ verified }) => verified).reduce(weaker);
  const verified = [sent.verified, received, written.verified].reduce(weaker);
  return { ...destinationOf(written), crc64, verified, sourceRecord: sent.sourceRecord, leftOut };
}

async function commitListed(
  destination: Store,
  object: LargeUpload,
  ranges: readonly CopiedRange[],
  options: { readonly crc64: Crc64; readonly signal: AbortSignal },
): Promise<Written> {
  const parts = await listCopiedParts(destination, object, ranges, options.signal);
  return destination.commit(object.upload, parts, { ...options, condition: object.condition });
}
