import { setTimeout as wait } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PART_BYTES } from '../../src/sync/copy/copy-parts.ts';
import { createFilter } from '../../src/sync/filter/filter.ts';
import { createBufferPool } from '../../src/sync/flow/buffer-pool.ts';
import type { Outcome } from '../../src/sync/outcomes/outcome.ts';
import { addCounts, countsOf, NO_COUNTS } from '../../src/sync/outcomes/tally.ts';
import { syncSlice } from '../../src/sync/slice.ts';
import type { SliceRequest } from '../../src/sync/slice-request.ts';
import { secondsOf } from '../../src/sync/store/object-version.ts';
import { present } from '../../src/sync/store/present.ts';
import { StoreError } from '../../src/sync/store/store-error.ts';
import { createMemoryStore, type MemoryStore } from '../support/stores/memory-store.ts';

function bothSides() {
  return { source: createMemoryStore('memory://source/'), destination: createMemoryStore('memory://destination/') };
}

function requestFor(sides: { source: MemoryStore; destination: MemoryStore }, more: Partial<SliceRequest> = {}): SliceRequest {
  return {
    ...sides,
    comparison: 'auto',
    concurrency: 4,
    pool: createBufferPool([{ bufferBytes: PART_BYTES, count: 4 }]),
    clock: Date.now,
    softDeadline: Number.POSITIVE_INFINITY,
    signal: new AbortController().signal,
    ...more,
  };
}

async function run(request: SliceRequest) {
  const outcomes: Outcome[] = [];
  const end = await syncSlice(request, (outcome) => void outcomes.push(outcome));
  return { end, outcomes, counts: outcomes.map(countsOf).reduce(addCounts, NO_COUNTS) };
}

function numbered(store: MemoryStore, count: number): void {
  for (let n = 0; n < count; n++) store.put(`k${String(n).padStart(4, '0')}`, `text ${n}`);
}

describe('a slice', () => {
  it('copies what is missing or different, leaves the rest, and tells each key in order', async () => {
    const sides = bothSides();
    sides.source.put('changed', 'new text');
    sides.source.put('missing', 'text');
    sides.destination.put('changed', 'old');
    sides.destination.put('extra', 'only here');
    await run(requestFor(sides));
    sides.source.put('late', 'text');

    const { end, outcomes, counts } = await run(requestFor(sides));

    expect(end).toBe('done');
    expect(outcomes.map(({ key, kind }) => [key, kind])).toEqual([
      ['changed', 'unchanged'],
      ['extra', 'extraneous'],
      ['late', 'receipt'],
      ['missing', 'unchanged'],
    ]);
    expect(counts).toMatchObject({ listed: 3, copied: 1, unchanged: 2, extraneous: 1, copiedBytes: 4 });
    expect([sides.destination.textOf('changed'), sides.destination.textOf('extra')]).toEqual(['new text', 'only here']);
  });

  it('leaves alone what it is not about, on either side, and goes on behind it', async () => {
    const sides = bothSides();
    for (const key of ['a.tmp', 'b.txt', 'c.txt']) sides.source.put(key, key === 'c.txt' ? 'too long' : 'text');
    for (const key of ['c.txt', 'd.tmp', 'e.txt']) sides.destination.put(key, 'other');
    const filter = createFilter({ exclude: ['*.tmp'], maxSize: 5 }, new Date());

    const { outcomes, counts } = await run(requestFor(sides, { filter }));

    expect(outcomes.map(({ key, kind }) => [key, kind])).toEqual([
      ['a.tmp', 'filtered'],
      ['b.txt', 'receipt'],
      ['c.txt', 'filtered'],
      ['d.tmp', 'filtered'],
      ['e.txt', 'extraneous'],
    ]);
    expect(counts).toEqual({ ...NO_COUNTS, listed: 1, copied: 1, copiedBytes: 4, filtered: 2, extraneous: 1, atDestination: 1 });
    expect(sides.destination.textOf('c.txt')).toBe('other');
    expect(sides.destination.textOf('a.tmp')).toBeUndefined();
  });

  it('leaves alone, in the open, what may not be replaced', async () => {
    const sides = bothSides();
    for (const key of ['current', 'different', 'missing']) sides.source.put(key, 'text');
    sides.destination.put('current', 'text');
    sides.destination.put('different', 'longer');

    const { outcomes, counts } = await run(requestFor(sides, { comparison: 'size', overwrite: 'never' }));

    expect(outcomes.map(({ kind }) => kind)).toEqual(['unchanged', 'receipt', 'receipt']);
    expect(outcomes[1]).toMatchObject({ receipt: { key: 'different', action: 'skipped', reason: 'exists' } });
    expect(counts).toMatchObject({ listed: 3, copied: 1, unchanged: 1, skipped: 1 });
    expect(sides.destination.textOf('different')).toBe('longer');
  });

  it.each([
    ['copy', ['copied', 'copied', 'copied']],
    ['skip', ['skipped', 'skipped', 'copied']],
  ] as const)('deals with what stands for a folder as it is told: %s', async (folderMarkers, actions) => {
    const sides = bothSides();
    sides.source.put('a/', '');
    sides.source.put('b', '');
    sides.source.put('c/', 'a text');
    const { list } = sides.source;
    sides.source.list = async function* (options) {
      for await (const page of list(options)) yield page.map((entry) => (entry.key === 'b' ? { ...entry, isFolder: true } : entry));
    };

    const { outcomes } = await run(requestFor(sides, { folderMarkers }));

    expect(outcomes.map((outcome) => outcome.kind === 'receipt' && outcome.receipt.action)).toEqual(actions);
  });

  it('is about the keys of a list alone, and lists nothing', async () => {
    const sides = bothSides();
    for (const key of ['a', 'b', 'c', 'd']) sides.source.put(key, `of ${key}`);
    sides.destination.put('b', 'of b');
    sides.destination.put('z', 'only here');
    const refuse = () => {
      throw new Error('Nothing is to be listed.');
    };
    sides.source.list = refuse;
    sides.destination.list = refuse;
    const { head } = sides.source;
    sides.source.head = (key, options) =>
      key === 'd' ? Promise.reject(new StoreError('permission-denied', 'The service denied it.')) : head(key, options);
    async function* keys() {
      yield* ['a', 'b', 'd', 'gone', 'x.tmp'];
    }
    sides.source.put('x.tmp', 'text');
    const filter = createFilter({ exclude: ['*.tmp'] }, new Date());

    const { outcomes, counts } = await run(requestFor(sides, { keys: keys(), filter, comparison: 'size' }));

    expect(outcomes.map((outcome) => [outcome.key, outcome.kind === 'receipt' ? outcome.receipt.action : outcome.kind])).toEqual([
      ['a', 'copied'],
      ['b', 'unchanged'],
      ['d', 'failed'],
      ['gone', 'failed'],
      ['x.tmp', 'filtered'],
    ]);
    expect(outcomes[2]).toMatchObject({ receipt: { reason: 'permission-denied' } });
    expect(outcomes[3]).toMatchObject({ receipt: { reason: 'not-found', message: expect.stringContaining('the list names it') } });
    expect(counts).toMatchObject({ listed: 4, copied: 1, unchanged: 1, failed: 2, filtered: 1, extraneous: 0 });
    expect(sides.destination.keys()).toEqual(['a', 'b', 'z']);
  });

  it('tells what the destination alone has, with its version, when that may be deleted', async () => {
    const sides = bothSides();
    sides.source.put('a', 'text');
    const { etag } = sides.destination.put('b', 'only here');

    const { outcomes, counts } = await run(requestFor(sides, { reportExtraneous: true }));

    expect(outcomes[1]).toMatchObject({
      kind: 'receipt',
      receipt: { key: 'b', action: 'extraneous', sizeBytes: 9, destinationEtag: etag },
    });
    expect(counts).toMatchObject({ listed: 1, copied: 1, extraneous: 1, atDestination: 1 });
  });

  it('makes the destination hold every source object, whatever was there before, and then finds nothing to do', async () => {
    const contents = fc.dictionary(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 3 }), fc.string({ maxLength: 4 }), {
      maxKeys: 15,
    });
    await fc.assert(
      fc.asyncProperty(contents, contents, async (wanted, before) => {
        const sides = bothSides();
        for (const [key, text] of Object.entries(before)) sides.destination.put(key, text, { lastModified: new Date(0) });
        for (const [key, text] of Object.entries(wanted)) sides.source.put(key, text);

        await run(requestFor(sides));
        const again = await run(requestFor(sides));

        for (const [key, text] of Object.entries(wanted)) expect(sides.destination.textOf(key)).toBe(text);
        expect(again.counts).toMatchObject({ listed: Object.keys(wanted).length, unchanged: Object.keys(wanted).length });
      }),
    );
  });

  it('stops at its soft deadline and goes on from its last key, with no key left out or done twice', async () => {
    const sides = bothSides();
    numbered(sides.source, 300);
    let now = 0;
    const seen: string[] = [];
    let slices = 0;

    for (let startAfter: string | undefined, end = 'deadline'; end === 'deadline'; slices++) {
      const slice = await run(requestFor(sides, { clock: () => now++, softDeadline: now + 100, ...(startAfter && { startAfter }) }));
      seen.push(...slice.outcomes.map(({ key }) => key));
      startAfter = slice.outcomes.at(-1)?.key;
      end = slice.end;
    }

    expect(slices).toBeGreaterThan(2);
    expect(seen).toEqual(sides.source.keys());
    expect(sides.destination.keys()).toEqual(sides.source.keys());
  });

  it('deals with at least one key even when its deadline is over', async () => {
    const sides = bothSides();
    numbered(sides.source, 3);

    const { end, outcomes } = await run(requestFor(sides, { softDeadline: 0 }));

    expect([end, outcomes.length]).toEqual(['deadline', 1]);
  });

  it('may run twice at once: both end well and every object is there once', async () => {
    const sides = bothSides();
    numbered(sides.source, 100);

    const both = await Promise.all([run(requestFor(sides)), run(requestFor(sides))]);

    expect(both.map(({ counts }) => counts.failed)).toEqual([0, 0]);
    expect(sides.destination.keys()).toEqual(sides.source.keys());
  });

  it('deals with the keys before its end, and no others', async () => {
    const sides = bothSides();
    numbered(sides.source, 10);
    numbered(sides.destination, 10);
    sides.destination.objects.delete('k0004');

    const { end, outcomes } = await run(requestFor(sides, { startAfter: 'k0002', endBefore: 'k0006' }));

    expect(end).toBe('done');
    expect(outcomes.map(({ key }) => key)).toEqual(['k0003', 'k0004', 'k0005']);
  });

  it('tells of a large object in its turn, without a request, and copies the others', async () => {
    const sides = bothSides();
    for (const key of ['a', 'large', 'z']) sides.source.put(key, key);
    const { read } = sides.source;
    sides.source.read = async (key, options) => {
      if (key === 'large') throw new Error('It was read.');
      return read(key, options);
    };

    const { end, outcomes, counts } = await run(requestFor(sides, { largeObjectBytes: 5 }));

    const { etag, lastModified } = present(sides.source.objects.get('large'), 'large');
    const entry = { key: 'large', sizeBytes: 5, etag, modifiedAt: secondsOf(lastModified) };
    expect(end).toBe('done');
    expect(outcomes.map(({ kind }) => kind)).toEqual(['receipt', 'large', 'receipt']);
    expect(outcomes[1]).toEqual({
      ...{ key: 'large', isAtDestination: false, kind: 'large' },
      task: { entry, decision: { action: 'copy', reason: 'missing', condition: 'if-absent' } },
    });
    expect(counts).toMatchObject({ listed: 2, copied: 2 });
    expect(sides.destination.keys()).toEqual(['a', 'z']);
  });

  it('asks about a large object that may be current, and hands it over only if it is not', async () => {
    const sides = bothSides();
    for (const key of ['archived', 'doubtful', 'unchanged']) sides.source.put(key, 'text');
    const { etag: sourceEtag } = present(sides.source.objects.get('unchanged'), 'unchanged');
    sides.destination.put('doubtful', 'text');
    sides.destination.put('unchanged', 'text', { provenance: { sourceEtag } });
    const { list } = sides.source;
    sides.source.list = async function* (options) {
      for await (const page of list(options)) yield page.map((entry) => ({ ...entry, isArchived: entry.key === 'archived' }));
    };

    const { outcomes } = await run(requestFor(sides, { largeObjectBytes: 1 }));

    expect(outcomes).toMatchObject([
      { key: 'archived', kind: 'receipt', receipt: { action: 'skipped', reason: 'archived' } },
      { key: 'doubtful', kind: 'large', task: { decision: { action: 'copy', reason: 'not-proved-current' } } },
      { key: 'unchanged', kind: 'unchanged', proved: { key: 'unchanged' } },
    ]);
  });

  it('ends as at its deadline after so many large objects', async () => {
    const sides = bothSides();
    numbered(sides.source, 10);

    const { end, outcomes } = await run(requestFor(sides, { largeObjectBytes: 1, maxLargeObjects: 3 }));

    expect(end).toBe('deadline');
    expect(outcomes.map(({ key }) => key)).toEqual(['k0000', 'k0001', 'k0002']);
  });

  it('throws when it is throttled, starts nothing more, and keeps what was under way', async () => {
    const sides = bothSides();
    numbered(sides.source, 100);
    const { write } = sides.destination;
    let writes = 0;
    const failing = Promise.withResolvers<void>();
    sides.destination.write = async (key, ...rest) => {
      writes++;
      if (key === 'k0003') {
        failing.resolve();
        throw new StoreError('throttled', 'Slow down.');
      }
      await failing.promise;
      await wait(10);
      rest[1].signal?.throwIfAborted();
      return write(key, ...rest);
    };
    const told: string[] = [];

    const slice = syncSlice(requestFor(sides), ({ key }) => void told.push(key));

    await expect(slice).rejects.toMatchObject({ code: 'throttled' });
    expect(told).toEqual(['k0000', 'k0001', 'k0002']);
    expect(writes).toBe(4);
    expect(sides.destination.keys()).toEqual(told);
  });

  it('throws what concerns the whole store, and starts nothing more', async () => {
    const sides = bothSides();
    numbered(sides.source, 1_000);
    let writes = 0;
    sides.destination.write = async () => {
      writes++;
      throw new StoreError('permission-denied', 'The credentials were refused.', { isWholeStore: true });
    };

    const slice = run(requestFor(sides));

    await expect(slice).rejects.toMatchObject({ code: 'permission-denied', message: 'The credentials were refused.' });
    expect(writes).toBeLessThan(20);
  });

  it('throws when a listing fails', async () => {
    const sides = bothSides();
    numbered(sides.source, 250);
    const { list } = sides.source;
    sides.source.list = async function* (options) {
      for await (const page of list(options)) {
        yield page;
        throw new StoreError('unavailable', 'The listing broke off.', { isWholeStore: true });
      }
    };

    await expect(run(requestFor(sides))).rejects.toThrow('The listing broke off.');
  });

  it('is broken off by its signal, and every object told of until then is there', async () => {
    const sides = bothSides();
    numbered(sides.source, 500);
    const abort = new AbortController();
    const told: string[] = [];

    const slice = syncSlice(requestFor(sides, { signal: abort.signal }), ({ key }) => {
      told.push(key);
      if (told.length === 50) abort.abort();
    });

    await expect(slice).rejects.toThrow();
    expect(told.length).toBeLessThan(500);
    expect(sides.destination.keys()).toEqual(expect.arrayContaining(told));
  });
});
