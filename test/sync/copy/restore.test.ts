import { describe, expect, it } from 'vitest';
import { PART_BYTES } from '../../../src/sync/copy/copy-parts.ts';
import { createRestorer } from '../../../src/sync/copy/restore.ts';
import { createBufferPool } from '../../../src/sync/flow/buffer-pool.ts';
import { syncSlice } from '../../../src/sync/slice.ts';
import type { SliceRequest } from '../../../src/sync/slice-request.ts';
import type { ObjectEntry } from '../../../src/sync/store/objects.ts';
import { StoreError } from '../../../src/sync/store/store-error.ts';
import { createMemoryStore } from '../../support/stores/memory-store.ts';

const REQUEST = { speed: 'bulk', days: 3, tier: 'Cool' } as const;

/** A source whose objects `a…` are archived, of which `ab` is on its way back; `hidden` is archived as well, which no listing tells. */
function setUp({ maxBytes = 1_000, isRehearsal = false } = {}) {
  const [source, destination] = [createMemoryStore('memory://source/'), createMemoryStore('memory://destination/')];
  for (const key of ['a', 'ab', 'current', 'hidden', 'plain']) source.put(key, key);
  const { list, read } = source;
  const marked = (entry: ObjectEntry): ObjectEntry =>
    entry.key.startsWith('a') || entry.key === 'current'
      ? { ...entry, isArchived: true, ...(entry.key === 'ab' && { isRestoring: true }) }
      : entry;
  source.list = async function* (options) {
    for await (const page of list(options)) yield page.map(marked);
  };
  source.read = (key, options) => (key === 'hidden' ? Promise.reject(new StoreError('archived', 'It is archived.')) : read(key, options));
  const asked: string[] = [];
  source.requestRestore = async (key, request) => {
    asked.push(`${key} ${JSON.stringify(request)}`);
    return 'requested';
  };
  let left = maxBytes;
  const reserve = async (sizeBytes: number) => {
    if (sizeBytes > left) return false;
    left -= sizeBytes;
    return true;
  };
  destination.put('current', 'current');
  const restore = createRestorer({ source, request: REQUEST, reserve, isRehearsal });
  return { source, destination, asked, restore };
}

async function run({ source, destination }: ReturnType<typeof setUp>, more: Partial<SliceRequest>) {
  const receipts = new Map<string, string>();
  const request: SliceRequest = {
    ...{ source, destination, comparison: 'size', concurrency: 1, clock: Date.now, softDeadline: Number.POSITIVE_INFINITY },
    pool: createBufferPool([{ bufferBytes: PART_BYTES, count: 1 }]),
    signal: new AbortController().signal,
    ...more,
  };
  await syncSlice(request, (outcome) => {
    if (outcome.kind !== 'receipt') return void receipts.set(outcome.key, outcome.kind);
    const { receipt } = outcome;
    receipts.set(outcome.key, 'reason' in receipt ? `${receipt.action} ${receipt.reason}` : receipt.action);
  });
  return Object.fromEntries(receipts);
}

describe('archived objects', () => {
  it('are passed over, unless they are to be brought back', async () => {
    const sides = setUp();

    expect(await run(sides, {})).toEqual({
      ...{ a: 'skipped archived', ab: 'skipped archived', current: 'unchanged', hidden: 'skipped archived', plain: 'copied missing' },
    });
  });

  it('are asked for once, if they would be copied, and are large or small', async () => {
    const sides = setUp();

    const receipts = await run(sides, { restore: sides.restore, largeObjectBytes: 1 });

    expect(receipts).toMatchObject({ a: 'skipped restore-requested', ab: 'skipped restoring', current: 'unchanged' });
    expect(sides.asked).toEqual([`a ${JSON.stringify(REQUEST)}`]);
  });

  it('are asked for even if only the read tells', async () => {
    const sides = setUp();

    expect(await run(sides, { restore: sides.restore })).toMatchObject({ hidden: 'skipped restore-requested', plain: 'copied missing' });
  });

  it('are not asked for beyond the budget', async () => {
    const sides = setUp({ maxBytes: 3 });

    expect(await run(sides, { restore: sides.restore })).toMatchObject({
      a: 'skipped restore-requested',
      hidden: 'skipped restore-budget',
    });
    expect(sides.asked).toHaveLength(1);
  });

  it('are not asked for by a dry run, which tells what would be', async () => {
    const sides = setUp({ isRehearsal: true, maxBytes: 1 });

    expect(await run(sides, { restore: sides.restore, isRehearsal: true })).toMatchObject({
      ...{ a: 'skipped would-restore', ab: 'skipped restoring', current: 'unchanged', plain: 'would-copy missing' },
    });
    expect(sides.asked).toEqual([]);
  });

  it('are not asked for when they may not be replaced', async () => {
    const sides = setUp();
    sides.destination.put('a', 'other');

    expect(await run(sides, { restore: sides.restore, overwrite: 'never' })).toMatchObject({ a: 'skipped exists' });
    expect(sides.asked.filter((asked) => asked.startsWith('a '))).toEqual([]);
  });

  it('that may not be asked for have failed', async () => {
    const sides = setUp();
    sides.source.requestRestore = () => Promise.reject(new StoreError('permission-denied', 'Allow s3:RestoreObject.'));

    expect(await run(sides, { restore: sides.restore })).toMatchObject({ a: 'failed permission-denied', plain: 'copied missing' });
  });
});

describe('archived objects at the destination', () => {
  const refusal = () => Promise.reject(new StoreError('destination-archived', 'Rehydrate or delete the blob.'));

  it.each([1, 2 * PART_BYTES])(
    'have failed, and nothing is asked for at the source, when they would be replaced by %i bytes',
    async (sizeBytes) => {
      const sides = setUp();
      sides.source.put('plain', 'x'.repeat(sizeBytes));
      sides.destination.put('plain', 'old');
      sides.destination.write = refusal;
      sides.destination.commit = refusal;

      const receipts = await run(sides, { restore: sides.restore, comparison: 'always' });

      expect(receipts).toMatchObject({ plain: 'failed destination-archived' });
      expect(sides.asked.filter((asked) => asked.startsWith('plain'))).toEqual([]);
      expect(sides.destination.textOf('plain')).toBe('old');
    },
  );

  it('whose content cannot be compared are replaced where the service does that', async () => {
    const sides = setUp();
    sides.source.put('plain', 'new');
    sides.destination.put('plain', 'old');
    const { head } = sides.destination;
    sides.destination.head = async (key) => {
      const { crc64: _, ...rest } = (await head(key)) ?? {};
      return 'etag' in rest ? rest : undefined;
    };
    sides.destination.read = () => Promise.reject(new StoreError('archived', 'Restore it.'));

    const receipts = await run(sides, { restore: sides.restore, comparison: 'checksum' });

    expect(receipts).toMatchObject({ plain: 'copied not-proved-current' });
    expect(sides.asked.filter((asked) => asked.startsWith('plain'))).toEqual([]);
  });
});
