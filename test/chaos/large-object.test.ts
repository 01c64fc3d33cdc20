import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBufferPool } from '../../src/sync/flow/buffer-pool.ts';
import { type BeginResult, createLargeObjectCopier, type LargeObjectCopier } from '../../src/sync/large/large-object.ts';
import type { CopiedRange, LargeTask, LargeUpload } from '../../src/sync/large/large-task.ts';
import type { Receipt } from '../../src/sync/outcomes/receipt.ts';
import type { Store, UploadLimits } from '../../src/sync/store/store.ts';
import { isStoreError } from '../../src/sync/store/store-error.ts';
import { randomFaults } from '../support/random-faults.ts';
import { getObject, putObject } from '../support/stores/store-objects.ts';
import { startTwoClouds, type TwoClouds } from '../support/stores/two-clouds.ts';

const SHARE_OF_FAULTS = 0.2;
/** The shortest part that S3 takes. */
const BUFFER_BYTES = 5 * 1024 * 1024;
const SIZE_BYTES = 6 * BUFFER_BYTES + 12_345;
/** So few that the parts are longer than a buffer. */
const FEW_PARTS: UploadLimits = { maxParts: 4, maxPartBytes: SIZE_BYTES };
/** Blob Storage keeps no checksum of such a blob, so that over plain HTTP nothing shows a damaged read: its receipt has `verified: "length"`. */
const UNDETECTABLE = { blob: ['flip'], s3: [] } as const;
const { signal } = new AbortController();

let two: TwoClouds;

beforeAll(async () => {
  two = await startTwoClouds();
});
afterAll(() => two.stop());

describe.each([
  ['Blob Storage to S3', 'blob', 's3'],
  ['S3 to Blob Storage', 's3', 'blob'],
] as const)('with faults on both sides, from %s', (_, from, to) => {
  it.each(['buffered', 'streamed'])(
    'copies a large object in %s parts, by steps that any worker takes',
    { timeout: 120_000 },
    async (how) => {
      const prefix = `large-${how}-from-${from}/`;
      const bytes = randomBytes(SIZE_BYTES);
      const etag = await putObject(two[from].openBehindProxy(prefix), 'k', bytes);
      two[to].proxy.setFaults(randomFaults(SHARE_OF_FAULTS));
      two[from].proxy.setFaults(randomFaults(SHARE_OF_FAULTS, { without: UNDETECTABLE[from] }));
      const destination = two[to].open(prefix);
      const limited = how === 'streamed' ? { ...destination, uploadLimits: FEW_PARTS } : destination;
      const task: LargeTask = {
        entry: { key: 'k', sizeBytes: SIZE_BYTES, etag },
        decision: { action: 'copy', reason: 'missing', condition: 'if-absent' },
      };

      const receipt = await copyUntilEnded(() => openCopier(two[from].open(prefix), limited), task);

      const copy = await getObject(two[to].openBehindProxy(prefix), 'k');
      expect(copy.equals(bytes)).toBe(true);
      expect(receipt?.action ?? 'copied').toBe('copied');
    },
  );
});

function openCopier(source: Store, destination: Store): LargeObjectCopier {
  const pool = createBufferPool([{ bufferBytes: BUFFER_BYTES, count: 8 }]);
  const partSizes = { bufferBytes: BUFFER_BYTES, rangeBytes: 3 * BUFFER_BYTES };
  return createLargeObjectCopier({ source, destination, pool, partSizes, clock: Date.now });
}

/** Takes every step with a copier of its own. Without a receipt the commit was found to be done. */
async function copyUntilEnded(copier: () => LargeObjectCopier, task: LargeTask): Promise<Receipt | undefined> {
  for (;;) {
    const begun: BeginResult = await untilAnswered(() => copier().begin(task, { signal, triesLeft: 1 }));
    if (begun.step === 'ended' && begun.receipt?.action !== 'failed') return begun.receipt;
    const ranges = begun.step === 'copy' ? await copyRanges(copier, begun.object) : undefined;
    if (begun.step !== 'copy' || ranges === undefined) continue;
    const result = await untilAnswered(() => copier().commit(begun.object, ranges, { signal }));
    // What was refused for good is told so, and is another run's to copy.
    if (result.step === 'ended' && result.receipt?.action !== 'failed') return result.receipt;
  }
}

/** Two workers take each range at once; `undefined` when the copy must begin anew. */
async function copyRanges(copier: () => LargeObjectCopier, object: LargeUpload): Promise<CopiedRange[] | undefined> {
  const ranges: CopiedRange[] = [];
  for (let range = 0; range < object.plan.rangeCount; range++) {
    const take = () => untilAnswered(() => copier().copyRange(object, range, { signal, softDeadline: 0 }));
    const [result] = await Promise.all([take(), take()]);
    if (result.step !== 'done') return undefined;
    ranges.push(result);
  }
  return ranges;
}

/** Takes a step again while it is thrown, left for later, or not finished. */
async function untilAnswered<T extends { readonly step: string }>(takeStep: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      const result = await takeStep();
      if (result.step !== 'later' && result.step !== 'more') return result;
    } catch (error) {
      if (!isStoreError(error, 'throttled', 'unavailable')) throw error;
    }
  }
}
