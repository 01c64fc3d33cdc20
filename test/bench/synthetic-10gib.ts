import { PART_BYTES } from '../../src/sync/copy/copy-parts.ts';
import { createBufferPool } from '../../src/sync/flow/buffer-pool.ts';
import { createLargeObjectCopier } from '../../src/sync/large/large-object.ts';
import type { CopiedRange, LargeUpload } from '../../src/sync/large/large-task.ts';
import { usageOf } from './support/process-usage.ts';
import { createDiscardingStore, createSyntheticSource } from './support/synthetic-stores.ts';

/* Prints how fast, and in how much memory, the copier of large objects takes 10 GiB that are made up to a store that keeps none of them. */

const GIB = 1_024 ** 3;
const SIZE_BYTES = 10 * GIB;
const ETAG = '"synthetic"';
/** As many activities as host.json lets go at once, and the app's buffers for parts. */
const RANGES_AT_ONCE = 3;
const BUFFERS = 12;

const copier = createLargeObjectCopier({
  source: createSyntheticSource(SIZE_BYTES, ETAG),
  destination: createDiscardingStore(),
  pool: createBufferPool([{ bufferBytes: PART_BYTES, count: BUFFERS }]),
  clock: Date.now,
});
const { signal } = new AbortController();

const startedAt = performance.now();
const object = await begin();
const result = await copier.commit(object, await copyRanges(object), { signal });
const seconds = (performance.now() - startedAt) / 1_000;

if (result.step === 'again' || result.receipt?.action !== 'copied') throw new Error(`It ended with ${JSON.stringify(result)}.`);
const { cpuSeconds, peakMebibytes } = usageOf(process.pid);
console.log('One synthetic object of 10 GiB (target: at most 300 MB resident)');
console.table({
  'made up to discarded': {
    'peak resident MB': ((peakMebibytes * 1_024 ** 2) / 1e6).toFixed(0),
    seconds: seconds.toFixed(1),
    'MB/s': (SIZE_BYTES / 1e6 / seconds).toFixed(0),
    'CPU s/GiB': (cpuSeconds / (SIZE_BYTES / GIB)).toFixed(2),
  },
});

async function begin(): Promise<LargeUpload> {
  const entry = { key: 'synthetic', sizeBytes: SIZE_BYTES, etag: ETAG };
  const decision = { action: 'copy', reason: 'missing', condition: 'if-absent' } as const;
  const begun = await copier.begin({ entry, decision }, { signal, triesLeft: 0 });
  if (begun.step !== 'copy') throw new Error(`It ended with ${JSON.stringify(begun)}.`);
  return begun.object;
}

async function copyRanges(upload: LargeUpload): Promise<CopiedRange[]> {
  const ranges: CopiedRange[] = [];
  let next = 0;
  const copySome = async () => {
    for (let range = next++; range < upload.plan.rangeCount; range = next++) ranges[range] = await copyRange(upload, range);
  };
  await Promise.all(Array.from({ length: RANGES_AT_ONCE }, copySome));
  return ranges;
}

async function copyRange(upload: LargeUpload, range: number): Promise<CopiedRange> {
  const copy = await copier.copyRange(upload, range, { signal, softDeadline: Number.POSITIVE_INFINITY });
  if (copy.step !== 'done') throw new Error(`Range ${range} ended with ${JSON.stringify(copy)}.`);
  return copy;
}
