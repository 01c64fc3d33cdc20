import type { CopyDecision } from '../../../src/sync/compare/decide.ts';
import { createBufferPool } from '../../../src/sync/flow/buffer-pool.ts';
import {
  createLargeObjectCopier,
  type LargeObjectCopier,
  type LargeObjectOptions,
  type RangeResult,
} from '../../../src/sync/large/large-object.ts';
import type { CopiedRange, LargeTask, LargeUpload } from '../../../src/sync/large/large-task.ts';
import type { Receipt } from '../../../src/sync/outcomes/receipt.ts';
import { present } from '../../../src/sync/store/present.ts';
import type { UploadLimits } from '../../../src/sync/store/store.ts';
import { createMemoryStore, type MemoryStore } from './memory-store.ts';

export const BUFFER_BYTES = 10;
const RANGE_BYTES = 40;
export const ROOMY: UploadLimits = { maxParts: 1_000, maxPartBytes: 1_000 };
export const NO_DEADLINE = Number.POSITIVE_INFINITY;
export const COPY: CopyDecision = { action: 'copy', reason: 'missing', condition: 'if-absent' };

/** Two stores, between which every step is taken by a new copier. */
export interface Ends {
  readonly source: MemoryStore;
  readonly destination: MemoryStore;
  readonly signal: AbortSignal;
  copier(more?: Partial<LargeObjectOptions>): LargeObjectCopier;
}

export function setUp(limits = ROOMY, rangeBytes = RANGE_BYTES): Ends {
  const source = createMemoryStore('memory://source/');
  const destination = { ...createMemoryStore('memory://destination/'), uploadLimits: limits };
  const pool = createBufferPool([{ bufferBytes: BUFFER_BYTES, count: 4 }]);
  const partSizes = { bufferBytes: BUFFER_BYTES, rangeBytes };
  return {
    ...{ source, destination, signal: new AbortController().signal },
    copier: (more) => createLargeObjectCopier({ source, destination, pool, clock: Date.now, partSizes, ...more }),
  };
}

export function put(store: MemoryStore, sizeBytes: number, seed = 'abcdefg'): void {
  store.put('k', seed.repeat(sizeBytes / seed.length + 1).slice(0, sizeBytes));
}

export function taskFor({ source }: Ends, decision: CopyDecision = COPY): LargeTask {
  const { bytes, etag } = present(source.objects.get('k'), 'k');
  return { entry: { key: 'k', sizeBytes: bytes.length, etag }, decision };
}

/** What the next process gets of what this one has. */
function handOver<T>(data: T): T {
  return JSON.parse(JSON.stringify(data));
}

export async function begin({ copier, signal }: Ends, task: LargeTask, triesLeft = 2): Promise<LargeUpload> {
  const begun = await copier().begin(handOver(task), { signal, triesLeft });
  if (begun.step !== 'copy') throw new Error(`It ended with ${JSON.stringify(begun)}.`);
  return handOver(begun.object);
}

export async function copyRange(
  { copier, signal }: Ends,
  object: LargeUpload,
  range: number,
  softDeadline = NO_DEADLINE,
): Promise<RangeResult> {
  return handOver(await copier().copyRange(object, range, { signal, softDeadline }));
}

export async function copyRanges(ends: Ends, object: LargeUpload): Promise<CopiedRange[]> {
  const ranges: CopiedRange[] = [];
  for (let range = 0; range < object.plan.rangeCount; range++) {
    const result = await copyRange(ends, object, range);
    if (result.step !== 'done') throw new Error(`Range ${range} gave ${JSON.stringify(result)}.`);
    ranges.push(result);
  }
  return ranges;
}

export function commit({ copier, signal }: Ends, object: LargeUpload, ranges: readonly CopiedRange[]) {
  return copier().commit(object, ranges, { signal });
}

export async function copyAll(ends: Ends, task = taskFor(ends)): Promise<Receipt | undefined> {
  const object = await begin(ends, task);
  const result = await commit(ends, object, await copyRanges(ends, object));
  return result.step === 'again' ? undefined : result.receipt;
}

/** Numbers of the parts that are put from now on. */
export function watchParts({ destination }: Ends): number[] {
  const { uploadPart, uploadStreamedPart } = destination;
  const numbers: number[] = [];
  destination.uploadPart = (upload, number, ...rest) => {
    numbers.push(number);
    return uploadPart(upload, number, ...rest);
  };
  destination.uploadStreamedPart = (upload, number, ...rest) => {
    numbers.push(number);
    return uploadStreamedPart(upload, number, ...rest);
  };
  return numbers;
}

/** Uploads that were thrown away, from now on. */
export function watchAborts({ destination }: Ends): string[] {
  const { abort } = destination;
  const ids: string[] = [];
  destination.abort = (upload, options) => {
    ids.push(upload.id);
    return abort(upload, options);
  };
  return ids;
}

export function failOnPart({ destination }: Ends, failing: number, error: Error): void {
  const { uploadPart } = destination;
  destination.uploadPart = async (upload, number, ...rest) => {
    if (number === failing) throw error;
    return uploadPart(upload, number, ...rest);
  };
}

/** Bytes as they arrive when they are damaged. */
export async function* inverted(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) yield chunk.map((byte) => byte ^ 0xff);
}
