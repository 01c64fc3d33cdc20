import { describe, expect, it } from 'vitest';
import { type DeletionRequest, deleteExtraneous } from '../../../src/sync/delete/delete-extraneous.ts';
import type { ExtraneousObject, ExtraneousReceipt } from '../../../src/sync/outcomes/receipt.ts';
import { StoreError } from '../../../src/sync/store/store-error.ts';
import { createMemoryStore, type MemoryStore } from '../../support/stores/memory-store.ts';

const NOW = Date.parse('2026-01-01T00:00:00.000Z');

/** A destination that alone has a, b and c, and was found so. */
function setUp() {
  const source = createMemoryStore('memory://source/');
  const destination = createMemoryStore('memory://destination/');
  for (const key of ['a', 'b', 'c']) destination.put(key, key);
  const found = [...destination.objects].map(([key, { etag }]) => ({ key, sizeBytes: 1, destinationEtag: etag }));
  return { source, destination, run: (more?: Partial<DeletionRequest>) => run(source, destination, found, more) };
}

async function run(source: MemoryStore, destination: MemoryStore, found: readonly ExtraneousObject[], more: Partial<DeletionRequest> = {}) {
  const receipts: ExtraneousReceipt[] = [];
  const request: DeletionRequest = {
    ...{ source, destination, concurrency: 2, clock: () => NOW, softDeadline: Number.POSITIVE_INFINITY },
    found: (async function* () {
      yield* found;
    })(),
    signal: new AbortController().signal,
    ...more,
  };
  const end = await deleteExtraneous(request, (receipt) => void receipts.push(receipt));
  return { end, receipts };
}

describe('deleting what only the destination has', () => {
  it('deletes it, with the evidence', async () => {
    const { destination, run } = setUp();
    const etag = destination.objects.get('a')?.etag;

    const { end, receipts } = await run();

    expect(end).toBe('done');
    expect(destination.keys()).toEqual([]);
    expect(receipts.map(({ action, key }) => [action, key])).toEqual([
      ['deleted', 'a'],
      ['deleted', 'b'],
      ['deleted', 'c'],
    ]);
    const at = new Date(NOW).toISOString();
    expect(receipts[0]).toEqual({
      ...{ key: 'a', action: 'deleted', sizeBytes: 1, destinationEtag: etag },
      ...{ sourceAbsentAt: at, at, milliseconds: 0 },
    });
  });

  it('keeps what the source has after all', async () => {
    const { source, destination, run } = setUp();
    source.put('b', 'new');

    const { receipts } = await run();

    expect(destination.keys()).toEqual(['b']);
    expect(receipts[1]).toMatchObject({ action: 'kept', reason: 'source-has-it' });
  });

  it('keeps what somebody has written since it was found', async () => {
    const { destination, run } = setUp();
    destination.put('b', 'new');

    const { receipts } = await run();

    expect(destination.textOf('b')).toBe('new');
    expect(receipts[1]).toMatchObject({ action: 'kept', reason: 'destination-changed' });
  });

  it('counts what is gone already as deleted, so that it may be run again', async () => {
    const { run } = setUp();
    await run();

    const { receipts } = await run();

    expect(receipts.map(({ action }) => action)).toEqual(['deleted', 'deleted', 'deleted']);
  });

  it('deletes nothing in a dry run, but asks the source', async () => {
    const { source, destination, run } = setUp();
    source.put('a', 'new');

    const { receipts } = await run({ isRehearsal: true });

    expect(destination.keys()).toEqual(['a', 'b', 'c']);
    expect(receipts.map(({ action }) => action)).toEqual(['kept', 'would-delete', 'would-delete']);
  });

  it.each([
    ['the source cannot be asked', 'head'],
    ['the destination refuses', 'delete'],
  ] as const)('leaves an object alone for which %s, and says why', async (_, method) => {
    const { source, destination, run } = setUp();
    const { head } = source;
    const { delete: remove } = destination;
    const refuse = (key: string, refused: typeof method) =>
      key === 'b' && method === refused ? Promise.reject(new StoreError('permission-denied', 'The service denied it.')) : undefined;
    source.head = (key, options) => refuse(key, 'head') ?? head(key, options);
    destination.delete = (key, options) => refuse(key, 'delete') ?? remove(key, options);

    const { receipts } = await run();

    expect(destination.keys()).toEqual(['b']);
    expect(receipts[1]).toMatchObject({
      action: 'delete-failed',
      reason: 'permission-denied',
      message: 'Not deleted: "b" of memory://destination/: The service denied it.',
    });
  });

  it.each([
    new StoreError('not-found', 'There is no such bucket.', { isWholeStore: true }),
    new StoreError('permission-denied', 'The credentials were refused.', { isWholeStore: true }),
    new StoreError('throttled', 'Slow down.'),
    new TypeError('A bug.'),
  ])('deletes nothing when the source cannot be asked: $message', async (error) => {
    const { source, destination, run } = setUp();
    source.head = () => Promise.reject(error);

    await expect(run()).rejects.toBe(error);

    expect(destination.keys()).toEqual(['a', 'b', 'c']);
  });

  it('ends at its deadline, with an object at least', async () => {
    const { destination, run } = setUp();

    const { end, receipts } = await run({ concurrency: 1, softDeadline: NOW });

    expect(end).toBe('deadline');
    expect(receipts.map(({ key }) => key)).toEqual(['a']);
    expect(destination.keys()).toEqual(['b', 'c']);
  });
});
