import { describe, expect, it } from 'vitest';
import { createCopier } from '../../../src/sync/copy/copy-object.ts';
import { PART_BYTES } from '../../../src/sync/copy/copy-parts.ts';
import { createBufferPool } from '../../../src/sync/flow/buffer-pool.ts';
import { createLargeObjectCopier } from '../../../src/sync/large/large-object.ts';
import type { CarryOptions } from '../../../src/sync/properties/carry-options.ts';
import { blobMetadata } from '../../../src/sync/properties/metadata.ts';
import { syncSlice } from '../../../src/sync/slice.ts';
import { present } from '../../../src/sync/store/present.ts';
import { StoreError } from '../../../src/sync/store/store-error.ts';
import { createMemoryStore, type MemoryStore } from '../../support/stores/memory-store.ts';

const SMALL = 'small';
const OF_PARTS = 'of parts';
const LARGE = 'large';
const LARGE_BYTES = 2 * PART_BYTES;
const { signal } = new AbortController();

function setUp() {
  const source = createMemoryStore('memory://source/');
  const destination = createMemoryStore('memory://destination/');
  return { source, destination };
}

type Put = Parameters<MemoryStore['put']>[2];

/** The same object in each size that is copied in a way of its own. */
function putAllSizes(source: MemoryStore, more: Put): void {
  source.put(SMALL, 'x', more);
  source.put(OF_PARTS, 'x'.repeat(PART_BYTES + 1), more);
  source.put(LARGE, 'x'.repeat(LARGE_BYTES), more);
}

/** Copies everything, the large object by steps whose state is kept in between. */
async function copyAll({ source, destination }: ReturnType<typeof setUp>, carry: CarryOptions) {
  const ends = { source, destination, carry, pool: createBufferPool([{ bufferBytes: PART_BYTES, count: 2 }]), clock: Date.now };
  const receipts = new Map<string, unknown>();
  const request = { ...ends, comparison: 'auto' as const, concurrency: 1, softDeadline: Number.POSITIVE_INFINITY, signal };
  await syncSlice({ ...request, largeObjectBytes: LARGE_BYTES }, async (outcome) => {
    if (outcome.kind === 'receipt') receipts.set(outcome.key, outcome.receipt);
    if (outcome.kind === 'large') receipts.set(outcome.key, await copyLarge(ends, outcome.task));
  });
  return receipts;
}

async function copyLarge(ends: Parameters<typeof createLargeObjectCopier>[0], task: unknown) {
  const copier = createLargeObjectCopier(ends);
  const begun = await copier.begin(asKept(task), { signal, triesLeft: 0 });
  if (begun.step === 'ended') return begun.receipt;
  const object = asKept(begun.object);
  const range = await copier.copyRange(object, 0, { signal, softDeadline: Number.POSITIVE_INFINITY });
  if (range.step !== 'done') return range;
  const committed = await copier.commit(object, [range], { signal });
  return 'receipt' in committed ? committed.receipt : committed;
}

const asKept = (value: unknown) => JSON.parse(JSON.stringify(value));

describe('the tier of the copies', () => {
  it.each([SMALL, OF_PARTS, LARGE])('is by the tier of the source that the listing shows: %s', async (key) => {
    const ends = setUp();
    putAllSizes(ends.source, { tier: 'Cool' });

    await copyAll(ends, { tier: { Cool: 'STANDARD_IA' } });

    expect(ends.destination.objects.get(key)?.tier).toBe('STANDARD_IA');
  });

  it.each([SMALL, OF_PARTS, LARGE])('is left to the destination where no option says otherwise: %s', async (key) => {
    const ends = setUp();
    putAllSizes(ends.source, { tier: 'Cool' });

    await copyAll(ends, {});

    expect(ends.destination.objects.get(key)).not.toHaveProperty('tier');
  });

  it('is by the version that is copied when the source changes under way', async () => {
    const ends = setUp();
    ends.source.put('k', 'listed', { tier: 'Hot' });
    const { etag, lastModified } = present(ends.source.objects.get('k'), 'k');
    ends.source.put('k', 'newer', { tier: 'Cool' });
    const copy = createCopier({
      ...ends,
      carry: { tier: { Hot: 'STANDARD', Cool: 'STANDARD_IA' } },
      pool: createBufferPool([{ bufferBytes: PART_BYTES, count: 1 }]),
      clock: Date.now,
    });

    const entry = { key: 'k', sizeBytes: 6, etag, lastModified, tier: 'Hot' };
    await copy({ entry, decision: { action: 'copy', reason: 'missing', condition: 'if-absent' }, signal });

    expect(ends.destination.objects.get('k')?.tier).toBe('STANDARD_IA');
  });

  it('is no reason to copy an object again', async () => {
    const ends = setUp();
    ends.source.put('k', 'text', { tier: 'Hot' });
    await copyAll(ends, {});

    const receipts = await copyAll(ends, { tier: 'GLACIER_IR' });

    expect(receipts.size).toBe(0);
    expect(ends.destination.objects.get('k')).not.toHaveProperty('tier');
  });
});

describe('the tags of the copies', () => {
  const tags = { project: 'bridge' };

  it.each([SMALL, OF_PARTS, LARGE])('are those of the source, where that is asked for: %s', async (key) => {
    const ends = setUp();
    putAllSizes(ends.source, { tags });

    await copyAll(ends, { tags: true });

    expect(ends.destination.objects.get(key)?.tags).toEqual(tags);
  });

  it('are not asked for otherwise', async () => {
    const ends = setUp();
    putAllSizes(ends.source, { tags });
    let asked = 0;
    ends.source.readTags = async () => {
      asked++;
      return tags;
    };

    await copyAll(ends, {});

    expect(asked).toBe(0);
    expect(ends.destination.objects.get(SMALL)).not.toHaveProperty('tags');
  });

  it.each([SMALL, OF_PARTS, LARGE])('that the destination cannot hold are a failed receipt, and nothing is written: %s', async (key) => {
    const ends = setUp();
    putAllSizes(ends.source, { tags });
    ends.destination.findMisfits = () => [{ kind: 'tag', name: 'project', why: 'no tags there' }];

    const receipts = await copyAll(ends, { tags: true });

    expect(receipts.get(key)).toMatchObject({
      action: 'failed',
      reason: 'invalid-metadata',
      message: expect.stringContaining('"project": no tags'),
    });
    expect(ends.destination.keys()).toEqual([]);
  });

  it('are no reason to copy an object again', async () => {
    const ends = setUp();
    ends.source.put('k', 'text', { tags });
    await copyAll(ends, {});

    expect((await copyAll(ends, { tags: true })).size).toBe(0);
  });

  it('of a source that goes under way are not missed', async () => {
    const ends = setUp();
    ends.source.put('k', 'text');
    ends.source.readTags = async () => {
      ends.source.objects.delete('k');
      throw new StoreError('not-found', 'Gone.');
    };

    const receipts = await copyAll(ends, { tags: true });

    expect(receipts.get('k')).toMatchObject({ action: 'skipped', reason: 'source-gone' });
  });

  it('that may not be written end the run', async () => {
    const ends = setUp();
    putAllSizes(ends.source, { tags });
    ends.destination.write = async () => {
      throw new StoreError('permission-denied', 'Allow s3:PutObjectTagging.', { isWholeStore: true });
    };

    await expect(copyAll(ends, { tags: true })).rejects.toThrow('s3:PutObjectTagging');
  });
});

describe('metadata that the destination cannot hold under its name', () => {
  const properties = { metadata: { 'my-name': 'x', fine: 'y' } };
  const blobLike = () => {
    const ends = setUp();
    ends.destination.findMisfits = ({ metadata }) => blobMetadata.findMisfits(metadata);
    putAllSizes(ends.source, { properties });
    return ends;
  };

  it.each([SMALL, OF_PARTS, LARGE])('is handed over, to be written under another one, by default: %s', async (key) => {
    const ends = blobLike();

    const receipts = await copyAll(ends, {});

    expect(ends.destination.objects.get(key)?.properties).toEqual(properties);
    expect(receipts.get(key)).not.toHaveProperty('leftOut');
  });

  it.each([SMALL, OF_PARTS, LARGE])('is left out with a note where names are skipped: %s', async (key) => {
    const ends = blobLike();

    const receipts = await copyAll(ends, { metadata: 'skip' });

    expect(ends.destination.objects.get(key)?.properties).toEqual({ metadata: { fine: 'y' } });
    expect(receipts.get(key)).toMatchObject({ action: 'copied', leftOut: ['metadata my-name'] });
  });

  it.each([SMALL, OF_PARTS, LARGE])('is a failed receipt where that is to fail, and nothing is written: %s', async (key) => {
    const ends = blobLike();

    const receipts = await copyAll(ends, { metadata: 'fail' });

    expect(receipts.get(key)).toMatchObject({
      action: 'failed',
      reason: 'invalid-metadata',
      message: expect.stringContaining('metadata "my-name"'),
    });
    expect(ends.destination.keys()).toEqual([]);
  });
});
