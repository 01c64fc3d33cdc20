import { createFailFast } from '../flow/fail-fast.ts';
import { mapInOrder } from '../flow/map-in-order.ts';
import { type Crc64, combineCrc64 } from '../store/crc64.ts';
import type { UploadedPart, Verified } from '../store/store.ts';
import { type CopiedPart, copyPart, type PartRequest } from './copy-part.ts';
import { type CopyPath, weaker } from './copy-task.ts';
import type { PartSpan } from './part-plan.ts';

/** Parts of one object, or of one range of a large one, under way at once. */
const PARTS_AT_ONCE = 4;

export interface PartsRequest extends PartRequest {
  readonly span: PartSpan;
  /** Parts of the span that the destination has already. */
  readonly kept?: ReadonlyMap<number, CopiedPart>;
  /** Asked after each part that is started: whether to leave the parts behind it. */
  readonly mustStop?: () => boolean;
  /** Told of each part that was not in place already. */
  readonly onCopied?: (part: CopiedPart) => void;
}

/** The first parts of a span, or all of them. */
export interface UploadedParts {
  readonly parts: readonly UploadedPart[];
  /** The checksum of their bytes in order. */
  readonly crc64: Crc64;
  readonly sizeBytes: number;
  /** The proof that all of them have. */
  readonly verified: Verified;
}

/**
 * The parts loop: copies a span of an object's parts, several at once. Whoever calls it begins and commits the upload. The first failure
 * ends it, and is thrown when nothing is under way any more: SourceChangedError or a StoreError.
 */
export async function uploadParts(path: CopyPath, request: PartsRequest): Promise<UploadedParts> {
  const { kept, onCopied } = request;
  const { signal, guard, firstOr } = createFailFast(request.signal);

  async function copy(number: number): Promise<CopiedPart> {
    const part = await guard(copyPart(path, { ...request, signal }, number));
    onCopied?.(part);
    return part;
  }

  const limits = { concurrency: PARTS_AT_ONCE, window: PARTS_AT_ONCE };
  try {
    return together(await Array.fromAsync(mapInOrder(numbersOf(request), limits, (number) => kept?.get(number) ?? copy(number))));
  } catch (error) {
    throw firstOr(error);
  }
}

async function* numbersOf({ span, mustStop }: PartsRequest): AsyncGenerator<number> {
  for (let number = span.fromNumber; number <= span.toNumber; number++) {
    yield number;
    if (mustStop?.()) return;
  }
}

function together(done: readonly CopiedPart[]): UploadedParts {
  return {
    parts: done.map(({ part }) => part),
    crc64: done.reduce((crc, { part, crc64 }) => combineCrc64(crc, crc64, part.sizeBytes), 0n),
    sizeBytes: done.reduce((sum, { part }) => sum + part.sizeBytes, 0),
    verified: done.map(({ verified }) => verified).reduce(weaker, 'crc64'),
  };
}
