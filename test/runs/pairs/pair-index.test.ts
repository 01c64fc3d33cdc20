import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cleanUpIndexes } from '../../../src/runs/pairs/clean-up-indexes.ts';
import type { IndexUpdate } from '../../../src/runs/pairs/merge.ts';
import { createPairIndexes } from '../../../src/runs/pairs/pair-index.ts';
import type { IndexEntry } from '../../../src/runs/pairs/sides.ts';
import type { State } from '../../../src/runs/state.ts';
import { compareKeys } from '../../../src/sync/store/key-order.ts';
import type { KeyRange } from '../../../src/sync/store/key-range.ts';
import { type StateServer, startStateServer } from '../../support/servers/state-server.ts';

let server: StateServer;

beforeAll(async () => {
  server = await startStateServer();
});
afterAll(() => server.stop());

const BLOB = 'http://127.0.0.1:10000/devstoreaccount1/data/p/';
const S3 = 's3://bucket/p/';
const DAY_MS = 86_400_000;
const TO_S3 = { id: 'run', source: BLOB, destination: S3, options: {} as never };
const TO_BLOB = { ...TO_S3, source: S3, destination: BLOB };

function setUp({ state = server.createState(), maxEntries = 3 } = {}) {
  let now = Date.parse('2026-01-01T00:00:00Z');
  const index = createPairIndexes({ state, clock: () => now, keepDays: 30, maxEntries });
  return { index, state, pass: (ms: number) => (now += ms), now: () => now };
}

const entry = (key: string, version = 1): IndexEntry => ({
  key,
  blob: { print: `b${version}` },
  s3: { print: `s${version}`, modifiedAt: version },
});

async function* each<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}

const updatesOf =
  (keys: readonly string[], version = 1) =>
  () =>
    each(keys.map((key): IndexUpdate => ({ key, entry: entry(key, version) })));

const updateOf = ({ key, isGone }: { key: string; isGone: boolean }, version: number): IndexUpdate =>
  isGone ? { key } : { key, entry: entry(key, version) };

function isIn(key: string, { after, through }: KeyRange): boolean {
  return (after === undefined || compareKeys(key, after) > 0) && (through === undefined || compareKeys(key, through) <= 0);
}

async function keysIn(index: ReturnType<typeof setUp>['index'], range: KeyRange = {}, run = TO_S3, id = String(Math.random())) {
  return (await Array.fromAsync(index.read({ ...run, id }, range))).map(({ key }) => key);
}

const segmentsIn = async (state: State) => (await Array.fromAsync(state.list('pairs/'))).filter((path) => path.endsWith('.ndjson'));

describe('an index of proved pairs', () => {
  it('is empty before the first run', async () => {
    const { index } = setUp();

    expect(await keysIn(index)).toEqual([]);
    expect(await index.hasOpposite(TO_S3)).toBe(false);
  });

  it('gives what a run has found to runs in both directions, each from its own point of view', async () => {
    const { index } = setUp();
    await index.update(TO_S3, updatesOf(['a']));

    const [forward] = await Array.fromAsync(index.read(TO_S3, {}));
    const [back] = await Array.fromAsync(index.read({ ...TO_BLOB, id: 'back' }, {}));

    expect(forward).toEqual({ key: 'a', source: { print: 'b1' }, destination: { print: 's1', modifiedAt: 1 } });
    expect(back).toEqual({ key: 'a', source: { print: 's1', modifiedAt: 1 }, destination: { print: 'b1' } });
  });

  it('holds what all updates together say, whatever they replace, add or remove, and gives any range of it', async () => {
    const key = fc.string({ unit: 'binary', maxLength: 2 });
    const changes = fc.uniqueArray(fc.record({ key, isGone: fc.boolean() }), { selector: (one) => one.key, maxLength: 12 });
    const range = fc.record({ after: key, through: key }, { requiredKeys: [] });
    await fc.assert(
      fc.asyncProperty(fc.array(changes, { maxLength: 5 }), range, async (updates, bounds) => {
        const { index } = setUp();
        const model = new Map<string, IndexEntry>();
        for (const [version, changed] of updates.entries()) {
          const findings = changed.toSorted((a, b) => compareKeys(a.key, b.key)).map((one) => updateOf(one, version));
          await index.update(TO_S3, () => each(findings));
          for (const { key: changedKey, entry: found } of findings) {
            if (found === undefined) model.delete(changedKey);
            else model.set(changedKey, found);
          }
        }

        const read = await Array.fromAsync(index.read(TO_S3, bounds));

        const expected = [...model.values()].filter((one) => isIn(one.key, bounds)).sort((a, b) => compareKeys(a.key, b.key));
        expect(read.map((pair) => [pair.key, pair.source.print])).toEqual(expected.map((one) => [one.key, one.blob.print]));
      }),
      { numRuns: 30 },
    );
  });

  it('writes only the segments that changed', async () => {
    const { index, state } = setUp();
    await index.update(TO_S3, updatesOf(['a', 'b', 'c', 'd', 'e', 'f', 'g']));
    const before = await segmentsIn(state);

    await index.update(TO_S3, updatesOf(['e'], 2));

    expect(before).toHaveLength(3);
    expect((await segmentsIn(state)).filter((path) => !before.includes(path))).toHaveLength(1);
    expect(await keysIn(index)).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
  });

  it('writes nothing after a run that found nothing, on the same day', async () => {
    const { index, state, pass } = setUp();
    await index.update(TO_S3, updatesOf(['a']));
    const before = await state.read('pairs/');
    const writes: string[] = [];
    const { write } = state;
    state.write = async (path, ...rest) => {
      writes.push(path);
      return write(path, ...rest);
    };

    pass(DAY_MS / 2);
    await index.update(TO_S3, updatesOf([]));

    expect(before).toBeUndefined();
    expect(writes).toEqual([]);
  });

  it('knows for a while that there are runs in the opposite direction', async () => {
    const { index, pass } = setUp();
    await index.update(TO_S3, updatesOf([]));

    expect([await index.hasOpposite(TO_S3), await index.hasOpposite(TO_BLOB)]).toEqual([false, true]);
    pass(31 * DAY_MS);
    expect(await index.hasOpposite(TO_BLOB)).toBe(false);
  });

  it('lets a run read on while another one renews the index', async () => {
    const { index } = setUp();
    await index.update(TO_S3, updatesOf(['a', 'b', 'c', 'd']));
    const reading = index.read(TO_S3, {})[Symbol.asyncIterator]();
    await reading.next();

    await index.update(TO_BLOB, updatesOf(['a', 'b', 'c', 'd'], 2));

    expect((await Array.fromAsync({ [Symbol.asyncIterator]: () => reading })).map(({ key }) => key)).toEqual(['b', 'c', 'd']);
  });

  it.each([
    ['is gone', async (state: State, path: string) => void (await state.remove(path))],
    [
      'is cut short',
      async (state: State, path: string) => state.writeStream(path, each([Buffer.from('["a","x","y",0,0]\n["b"')]), 'text/plain'),
    ],
    ['is no index', async (state: State, path: string) => state.writeStream(path, each([Buffer.from('<html>\n')]), 'text/plain')],
  ])('costs requests only, and is begun anew, when a segment of it %s', async (_, spoil) => {
    const { index, state } = setUp();
    await index.update(TO_S3, updatesOf(['a', 'b']));
    const [path = ''] = await segmentsIn(state);
    await spoil(state, path);

    expect((await keysIn(index)).length).toBeLessThan(2);
    await index.update(TO_S3, updatesOf(['c']));

    expect(await keysIn(index)).toEqual(['c']);
  });

  it('takes in what two runs find at the same time', async () => {
    const state = server.createState();
    const [one, other] = [setUp({ state }), setUp({ state })];

    await Promise.all([one.index.update(TO_S3, updatesOf(['a'])), other.index.update(TO_BLOB, updatesOf(['b']))]);

    expect(await keysIn(one.index)).toEqual(['a', 'b']);
  });

  it('leaves alone what a later release has written', async () => {
    const { index, state } = setUp();
    await index.update(TO_S3, updatesOf(['a']));
    const [path = ''] = (await Array.fromAsync(state.list('pairs/'))).filter((one) => one.endsWith('index.json'));
    await state.write(path, { version: 2 });

    await index.update(TO_S3, updatesOf(['b']));

    expect(await keysIn(index)).toEqual([]);
    expect((await state.read(path))?.value).toEqual({ version: 2 });
  });
});

describe('cleaning up indexes', () => {
  it('removes those that no run has used for as long as reports are kept', async () => {
    const { index, state, pass, now } = setUp();
    await index.update(TO_S3, updatesOf(['a', 'b']));
    const options = { state, keepDays: 30, signal: new AbortController().signal };

    pass(29 * DAY_MS);
    await cleanUpIndexes({ ...options, now: now() });
    const kept = await keysIn(index);
    pass(2 * DAY_MS);
    await cleanUpIndexes({ ...options, now: now() });

    expect(kept).toEqual(['a', 'b']);
    expect(await Array.fromAsync(state.list('pairs/'))).toEqual([]);
  });

  it('removes the segments that an update left behind, once no update can need them', async () => {
    const { index, state, pass, now } = setUp();
    await index.update(TO_S3, updatesOf(['a']));
    const [path = ''] = await segmentsIn(state);
    const orphan = path.replace(/[^/]+$/, `${now()}-000000000000.ndjson`);
    await state.writeStream(orphan, each([Buffer.from('')]), 'application/x-ndjson');
    const clean = () => cleanUpIndexes({ state, keepDays: 30, now: now(), signal: new AbortController().signal });

    await clean();
    const young = await segmentsIn(state);
    pass(DAY_MS);
    await clean();

    expect(young).toContain(orphan);
    expect(await segmentsIn(state)).toEqual([path]);
  });
});
