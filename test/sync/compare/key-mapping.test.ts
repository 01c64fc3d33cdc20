import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createKeyMapping } from '../../../src/sync/compare/key-mapping.ts';
import { PART_BYTES } from '../../../src/sync/copy/copy-parts.ts';
import { deleteExtraneous } from '../../../src/sync/delete/delete-extraneous.ts';
import { createFilter, type FilterOptions } from '../../../src/sync/filter/filter.ts';
import { createBufferPool } from '../../../src/sync/flow/buffer-pool.ts';
import type { Outcome } from '../../../src/sync/outcomes/outcome.ts';
import { addCounts, countsOf, NO_COUNTS } from '../../../src/sync/outcomes/tally.ts';
import { syncSlice } from '../../../src/sync/slice.ts';
import type { SliceRequest } from '../../../src/sync/slice-request.ts';
import { keyEscape } from '../../../src/sync/store/escape.ts';
import { createMemoryStore, type MemoryStore } from '../../support/stores/memory-store.ts';

/** Holds any key. */
function anyKeys(url: string): MemoryStore {
  return { ...createMemoryStore(url), escapeKey: (key) => keyEscape.escape(key, /(?!)/) };
}

/** Holds no key that ends with a dot, nor any of more than 20 characters. */
function noDots(url: string): MemoryStore {
  const refuseKey = (key: string) => (key.endsWith('.') ? 'it ends with a dot' : key.length > 20 ? 'it is too long' : undefined);
  return { ...createMemoryStore(url), refuseKey };
}

async function sync(source: MemoryStore, destination: MemoryStore, more: Partial<SliceRequest> = {}) {
  const outcomes: Outcome[] = [];
  const request: SliceRequest = {
    ...{ source, destination, comparison: 'auto', concurrency: 4, clock: Date.now, softDeadline: Number.POSITIVE_INFINITY },
    mapping: createKeyMapping({ source, destination, escapes: true, convertsFolders: false }),
    pool: createBufferPool([{ bufferBytes: PART_BYTES, count: 4 }]),
    signal: new AbortController().signal,
    ...more,
  };
  await syncSlice(request, (outcome) => void outcomes.push(outcome));
  const receipts = outcomes.flatMap((outcome) => (outcome.kind === 'receipt' ? [outcome.receipt] : []));
  return { outcomes, receipts, counts: outcomes.map(countsOf).reduce(addCounts, NO_COUNTS) };
}

/** What the destination refuses, what looks escaped, and what is neither. */
const KEYS = ['a', 'a.', 'a_x002e_', 'b_x', 'c.', 'long'];

function stores() {
  const [source, destination, back] = [anyKeys('memory://source/'), noDots('memory://destination/'), anyKeys('memory://back/')];
  for (const key of KEYS) source.put(key, `of ${key}`);
  return { source, destination, back };
}

const textsOf = (store: MemoryStore) => Object.fromEntries(store.keys().map((key) => [key, store.textOf(key)]));

describe('keys that the destination cannot hold', () => {
  it('are escaped, and so are those that look escaped', async () => {
    const { source, destination } = stores();

    const { receipts, counts } = await sync(source, destination);

    expect(destination.keys()).toEqual(['a', 'a_x002e_', 'a_x005f_x002e_', 'b_x', 'c_x002e_', 'long']);
    expect(receipts.map((receipt) => [receipt.action, receipt.key, 'destinationKey' in receipt ? receipt.destinationKey : '='])).toEqual([
      ['copied', 'a', '='],
      ['copied', 'a.', 'a_x002e_'],
      ['copied', 'a_x002e_', 'a_x005f_x002e_'],
      ['copied', 'b_x', '='],
      ['copied', 'c.', 'c_x002e_'],
      ['copied', 'long', '='],
    ]);
    expect(destination.objects.get('c_x002e_')?.provenance).toMatchObject({ originalKey: 'c.' });
    expect(counts).toMatchObject({ listed: 6, copied: 6, extraneous: 0 });
  });

  it('are unchanged in the next run, and copied again when they change', async () => {
    const { source, destination } = stores();
    await sync(source, destination);

    const second = await sync(source, destination);
    source.put('c.', 'new');
    const third = await sync(source, destination);

    expect(second.counts).toMatchObject({ listed: 6, unchanged: 6, extraneous: 0, atDestination: 6 });
    expect(third.receipts).toMatchObject([{ key: 'c.', action: 'copied', destinationKey: 'c_x002e_' }]);
    expect(destination.textOf('c_x002e_')).toBe('new');
  });

  it('come back as they were, and are unchanged after that, both ways', async () => {
    const { source, destination, back } = stores();
    await sync(source, destination);

    const restored = await sync(destination, back);
    const again = await sync(destination, back);
    const home = await sync(destination, source);

    expect(textsOf(back)).toEqual(textsOf(source));
    expect(restored.counts).toMatchObject({ listed: 6, copied: 6, extraneous: 0 });
    expect(again.counts).toMatchObject({ listed: 6, unchanged: 6, extraneous: 0 });
    expect(home.counts).toMatchObject({ listed: 6, unchanged: 6, extraneous: 0 });
  });

  it('never take the place of something else', async () => {
    const { source, destination } = stores();
    destination.put('c_x002e_', 'theirs');

    const { receipts } = await sync(source, destination);

    expect(receipts.find(({ key }) => key === 'c.')).toMatchObject({
      action: 'failed',
      reason: 'key-collision',
      message: expect.stringContaining('"c_x002e_" at the destination'),
    });
    expect(destination.textOf('c_x002e_')).toBe('theirs');
  });

  it('never take the place of something that is written at the same time', async () => {
    const { source, destination } = stores();
    const { write } = destination;
    destination.write = async (key, ...rest) => {
      if (key === 'c_x002e_' && destination.textOf(key) === undefined) destination.put(key, 'theirs');
      return write(key, ...rest);
    };

    const { receipts } = await sync(source, destination);

    expect(receipts.find(({ key }) => key === 'c.')).toMatchObject({ action: 'failed', reason: 'key-collision' });
    expect(destination.textOf('c_x002e_')).toBe('theirs');
  });

  it('fail in the open when no other key helps', async () => {
    const { source, destination } = stores();
    source.put('much-longer-than-that.', 'text');

    const { receipts } = await sync(source, destination);

    expect(receipts.find(({ key }) => key.startsWith('much'))).toMatchObject({ action: 'failed', reason: 'invalid-key' });
  });

  it('fail in the open where they are not to be mapped', async () => {
    const { source, destination } = stores();
    const request = { source, destination, comparison: 'auto', concurrency: 4, clock: Date.now } as const;
    const receipts: unknown[] = [];

    await syncSlice(
      {
        ...{ ...request, softDeadline: Number.POSITIVE_INFINITY, signal: new AbortController().signal },
        pool: createBufferPool([{ bufferBytes: PART_BYTES, count: 4 }]),
      },
      (outcome) => void (outcome.kind === 'receipt' && receipts.push([outcome.receipt.action, outcome.key])),
    );

    expect(receipts).toContainEqual(['failed', 'a.']);
    expect(receipts).toContainEqual(['copied', 'a_x002e_']);
  });

  it('are audited under their names', async () => {
    const { source, destination } = stores();
    await sync(source, destination);
    destination.put('long', 'text');

    const { counts, receipts } = await sync(source, destination, { audit: { readContent: false }, reportExtraneous: true });

    expect(counts).toMatchObject({ listed: 6, equal: 5, different: 1, extraneous: 0 });
    expect(receipts.find(({ key }) => key === 'c.')).toMatchObject({ action: 'equal', destinationKey: 'c_x002e_' });
  });

  it('are extraneous when they are gone from the source, and only then', async () => {
    const { source, destination } = stores();
    await sync(source, destination);
    source.objects.delete('c.');

    const { receipts, counts } = await sync(source, destination, { reportExtraneous: true });

    expect(receipts).toMatchObject([{ action: 'extraneous', key: 'c_x002e_' }]);
    expect(counts).toMatchObject({ listed: 5, unchanged: 5, extraneous: 1, atDestination: 6 });
  });

  it.each<[string, FilterOptions, readonly string[]]>([
    ['a rule leaves out their own key', { exclude: ['c.'] }, ['a_x002e_', 'a_x005f_x002e_']],
    ['a rule leaves out all that end with a dot', { exclude: ['*.'] }, ['a_x005f_x002e_']],
    ['a rule names their own key only', { include: ['c.'] }, ['c_x002e_']],
    ['a rule leaves out what looks escaped', { exclude: ['a_x002e_'] }, ['a_x002e_', 'c_x002e_']],
  ])('are extraneous as the rules say of the keys that they have at the source: %s', async (_, rules, extraneous) => {
    const { source, destination } = stores();
    await sync(source, destination);
    for (const key of ['a.', 'a_x002e_', 'c.']) source.objects.delete(key);

    const { receipts } = await sync(source, destination, { reportExtraneous: true, filter: createFilter(rules, new Date()) });

    expect(receipts.map(({ key }) => key)).toEqual(extraneous);
  });

  it('are not deleted while the source has them under their own key', async () => {
    const { source, destination } = stores();
    await sync(source, destination);
    source.objects.delete('c.');
    const found = [...destination.objects].map(([key, { etag }]) => ({ key, sizeBytes: 1, destinationEtag: etag }));
    const mapping = createKeyMapping({ source, destination, escapes: true, convertsFolders: false });

    await deleteExtraneous(
      {
        ...{ source, destination, mapping, concurrency: 1, clock: Date.now, softDeadline: Number.POSITIVE_INFINITY },
        found: (async function* () {
          yield* found;
        })(),
        signal: new AbortController().signal,
      },
      () => undefined,
    );

    expect(destination.keys()).toEqual(['a', 'a_x002e_', 'a_x005f_x002e_', 'b_x', 'long']);
  });

  it('cost no request where nothing is to be mapped', async () => {
    const [source, destination] = [anyKeys('memory://source/'), noDots('memory://destination/')];
    for (const key of ['a', 'b_x', 'x/y.z']) source.put(key, 'text');
    let heads = 0;
    for (const store of [source, destination]) {
      const { head } = store;
      store.head = (...args) => {
        heads++;
        return head(...args);
      };
    }
    await sync(source, destination);

    await sync(source, destination, { comparison: 'size' });

    expect(heads).toBe(0);
  });
});

describe('what stands for a folder', () => {
  /** S3's way to the left, Blob Storage's to the right: its listing tells what is a stub. */
  function sides() {
    const s3 = anyKeys('memory://s3/');
    const blob: MemoryStore = { ...anyKeys('memory://blob/'), folderForm: 'stub' };
    const { list } = blob;
    blob.list = async function* (options) {
      const isStub = (key: string) => blob.objects.get(key)?.properties.metadata['hdi_isfolder'] === 'true';
      for await (const page of list(options)) yield page.map((entry) => (isStub(entry.key) ? { ...entry, isFolder: true } : entry));
    };
    return { s3, blob };
  }

  /** What has bytes arrives after what has none. */
  function withSlowWrites(store: MemoryStore): MemoryStore {
    const write: MemoryStore['write'] = async (key, body, options) => {
      if (body.byteLength > 0) await wait(30);
      return store.write(key, body, options);
    };
    return { ...store, write };
  }

  const converting = (source: MemoryStore, destination: MemoryStore) => ({
    mapping: createKeyMapping({ source, destination, escapes: true, convertsFolders: true }),
  });

  it('gets the form of the other side, both ways, and is unchanged after that', async () => {
    const { s3, blob } = sides();
    const back = anyKeys('memory://back/');
    s3.put('a/', '', { properties: { metadata: { owner: 'me' } } });
    s3.put('a/b', 'text');

    await sync(s3, blob, converting(s3, blob));
    await sync(blob, back, converting(blob, back));
    const again = [await sync(s3, blob, converting(s3, blob)), await sync(blob, back, converting(blob, back))];

    expect(blob.keys()).toEqual(['a', 'a/b']);
    expect(blob.objects.get('a')?.properties.metadata).toEqual({ owner: 'me', hdi_isfolder: 'true' });
    expect(back.keys()).toEqual(['a/', 'a/b']);
    expect(back.objects.get('a/')?.properties.metadata).toEqual({ owner: 'me' });
    expect(again.map(({ counts }) => counts)).toMatchObject([
      { listed: 2, unchanged: 2, extraneous: 0 },
      { listed: 2, unchanged: 2, extraneous: 0 },
    ]);
  });

  it('never takes the place of an object', async () => {
    const { s3, blob } = sides();
    s3.put('a/', '');
    blob.put('a', 'text');

    const { receipts } = await sync(s3, blob, converting(s3, blob));

    expect(receipts).toMatchObject([{ key: 'a/', action: 'failed', reason: 'key-collision' }]);
    expect(blob.textOf('a')).toBe('text');
  });

  it('never takes the place of an object that is copied at the same time', async () => {
    const { s3, blob } = sides();
    s3.put('a', 'text');
    s3.put('a/', '');

    const { receipts } = await sync(s3, blob, converting(s3, blob));

    expect(receipts).toMatchObject([
      { key: 'a', action: 'copied' },
      { key: 'a/', action: 'failed', reason: 'key-collision' },
    ]);
    expect(blob.textOf('a')).toBe('text');
  });

  it.each([
    { object: 'a', marker: 'a/', isRehearsal: false },
    { object: 'a', marker: 'a/', isRehearsal: true },
    { object: 'Acme Inc.', marker: 'Acme Inc./', isRehearsal: false },
    { object: 'a_x002e_', marker: 'a_x002e_/', isRehearsal: false },
  ])('fails beside the object $object, whichever is written first (dry: $isRehearsal)', async ({ object, marker, ...more }) => {
    const { s3, blob } = sides();
    const dotless = { ...withSlowWrites(blob), refuseKey: (key: string) => (/\.(?=\/|$)/.test(key) ? 'it ends with a dot' : undefined) };
    dotless.escapeKey = (key) => keyEscape.escape(key, /\.(?=\/|$)/);
    s3.put(object, 'text');
    s3.put(marker, '');

    const { receipts } = await sync(s3, dotless, { ...converting(s3, dotless), ...more });

    expect(receipts).toMatchObject([
      { key: object, action: more.isRehearsal ? 'would-copy' : 'copied' },
      { key: marker, action: 'failed', reason: 'key-collision', message: expect.stringContaining(JSON.stringify(object)) },
    ]);
    expect(blob.keys().map((key) => blob.textOf(key))).toEqual(more.isRehearsal ? [] : ['text']);
  });

  it('fails beside another marker of its name, on its way to S3 too', async () => {
    const { s3, blob } = sides();
    blob.put('a', '', { properties: { metadata: { hdi_isfolder: 'true' } } });
    blob.put('a/', 'text');

    const { receipts } = await sync(blob, s3, converting(blob, s3));

    expect(receipts).toMatchObject([
      { key: 'a', action: 'failed', reason: 'key-collision' },
      { key: 'a/', action: 'copied' },
    ]);
    expect(s3.textOf('a/')).toBe('text');
  });

  it('leaves the place to an object that the source has later, and fails in each run', async () => {
    const { s3, blob } = sides();
    s3.put('a/', '');
    await sync(s3, blob, converting(s3, blob));
    s3.put('a', 'text');

    const runs = [await sync(s3, blob, converting(s3, blob)), await sync(s3, blob, converting(s3, blob))];

    for (const { receipts, counts } of runs) {
      expect(receipts.find(({ key }) => key === 'a/')).toMatchObject({ action: 'failed', reason: 'key-collision' });
      expect(counts).toMatchObject({ listed: 2, failed: 1 });
    }
    expect(blob.textOf('a')).toBe('text');
  });

  it('is copied beside an object of its name that the sync is not about', async () => {
    const { s3, blob } = sides();
    s3.put('a', 'text');
    s3.put('a/', '');

    const { receipts } = await sync(s3, blob, { ...converting(s3, blob), filter: createFilter({ exclude: ['a'] }, new Date()) });

    expect(receipts).toMatchObject([{ key: 'a/', action: 'copied', destinationKey: 'a' }]);
  });

  it('is extraneous when it is gone from the source', async () => {
    const { s3, blob } = sides();
    s3.put('a/', '');
    await sync(s3, blob, converting(s3, blob));
    s3.objects.delete('a/');

    const { counts } = await sync(s3, blob, converting(s3, blob));

    expect(counts).toMatchObject({ listed: 0, extraneous: 1 });
  });

  it('is not extraneous where a rule leaves out the folder at the source', async () => {
    const { s3, blob } = sides();
    for (const key of ['a/', 'b/']) s3.put(key, '');
    await sync(s3, blob, converting(s3, blob));
    s3.objects.clear();

    const filter = createFilter({ exclude: ['a/'] }, new Date());
    const { receipts } = await sync(s3, blob, { ...converting(s3, blob), reportExtraneous: true, filter });

    expect(receipts.map(({ key }) => key)).toEqual(['b']);
  });

  it('is escaped after that where the destination cannot hold it, and comes back', async () => {
    const { s3 } = sides();
    const { blob } = sides();
    const dotless: MemoryStore = { ...blob, refuseKey: (key) => (/\.(?=\/|$)/.test(key) ? 'a segment ends with a dot' : undefined) };
    dotless.escapeKey = (key) => keyEscape.escape(key, /\.(?=\/|$)/);
    const back = anyKeys('memory://back/');
    for (const key of ['Acme Inc./', 'a_x002e_/', 'plain/']) s3.put(key, '');

    await sync(s3, dotless, converting(s3, dotless));
    await sync(dotless, back, converting(dotless, back));
    const again = [await sync(s3, dotless, converting(s3, dotless)), await sync(dotless, back, converting(dotless, back))];

    expect(dotless.keys()).toEqual(['Acme Inc_x002e_', 'a_x005f_x002e_', 'plain']);
    expect(back.keys()).toEqual(['Acme Inc./', 'a_x002e_/', 'plain/']);
    expect(again.map(({ counts }) => counts)).toMatchObject([
      { listed: 3, unchanged: 3, extraneous: 0 },
      { listed: 3, unchanged: 3, extraneous: 0 },
    ]);
  });

  it('is left out where it stands for the location itself, unless it is copied as it is', async () => {
    const { s3, blob } = sides();
    const root: MemoryStore = { ...blob, refuseKey: (key) => (key === '' ? 'it is empty' : undefined) };
    s3.put('', '');
    const skipped = [{ key: '', action: 'skipped', reason: 'folder-marker' }];

    expect((await sync(s3, blob, { folderMarkers: 'skip' })).receipts).toMatchObject(skipped);
    expect((await sync(s3, blob, { ...converting(s3, blob), folderMarkers: 'convert' })).receipts).toMatchObject(skipped);
    expect((await sync(s3, root)).receipts).toMatchObject(skipped);
    expect(blob.keys()).toEqual([]);

    expect((await sync(s3, blob)).receipts).toMatchObject([{ key: '', action: 'copied' }]);
  });

  it('is not extraneous where it stands for the location itself', async () => {
    const { s3, blob } = sides();
    blob.put('', '');

    const { counts, receipts } = await sync(s3, blob, { reportExtraneous: true });

    expect([counts.extraneous, counts.atDestination, receipts]).toEqual([0, 0, []]);
  });
});

describe('copies that were made by other options', () => {
  const s3 = () => anyKeys('memory://s3/');
  const blob = (): MemoryStore => ({ ...noDots('memory://blob/'), folderForm: 'stub' });

  /** Copies by some options, and then asks of all that the destination has, whether it would be deleted by others. */
  async function deletedAfter(source: MemoryStore, destination: MemoryStore, options: { escapes: boolean; convertsFolders: boolean }) {
    await sync(source, destination, { mapping: createKeyMapping({ source, destination, escapes: true, convertsFolders: true }) });
    const mapping = createKeyMapping({ source, destination, ...options });
    const found = [...destination.objects].map(([key, { etag, bytes }]) => ({ key, sizeBytes: bytes.length, destinationEtag: etag }));
    const before = destination.keys();
    const { counts } = await sync(source, destination, { mapping, reportExtraneous: true });
    const request = { source, destination, mapping, concurrency: 1, clock: Date.now, softDeadline: Number.POSITIVE_INFINITY };
    const signal = new AbortController().signal;
    await deleteExtraneous({ ...request, signal, found: toAsync(found) }, () => undefined);
    return { deleted: before.filter((key) => !destination.keys().includes(key)), extraneous: counts.extraneous };
  }

  async function* toAsync<T>(items: readonly T[]): AsyncGenerator<T> {
    yield* items;
  }

  it.each([
    { escapes: false, convertsFolders: false },
    { escapes: false, convertsFolders: true },
    { escapes: true, convertsFolders: false },
  ])('are no orphans while their sources exist: %j', async (options) => {
    const [source, destination] = [s3(), blob()];
    const put = (key: string) => source.put(key, key.endsWith('/') ? '' : 'text');
    for (const key of ['a.', 'b_x002e_', 'c', 'dir/', 'Acme Inc./', 'e/']) put(key);
    const { list } = destination;
    destination.list = async function* (listOptions) {
      for await (const page of list(listOptions)) yield page.map((entry) => ({ ...entry, isFolder: entry.sizeBytes === 0 }));
    };

    expect(await deletedAfter(source, destination, options)).toEqual({ deleted: [], extraneous: 0 });
  });

  it('are deleted when their sources are gone', async () => {
    const [source, destination] = [s3(), blob()];
    for (const key of ['a.', 'b_x002e_', 'dir/']) source.put(key, key.endsWith('/') ? '' : 'text');
    await sync(source, destination, { mapping: createKeyMapping({ source, destination, escapes: true, convertsFolders: true }) });
    source.objects.clear();

    const { deleted } = await deletedAfter(source, destination, { escapes: false, convertsFolders: false });

    expect(deleted).toEqual(['a_x002e_', 'b_x005f_x002e_', 'dir']);
  });
});
