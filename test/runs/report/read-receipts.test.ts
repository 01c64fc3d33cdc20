import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readReceipts } from '../../../src/runs/report/read-receipts.ts';
import { openSliceLog, shardPrefix } from '../../../src/runs/report/slice-log.ts';
import type { State } from '../../../src/runs/state.ts';
import type { Receipt } from '../../../src/sync/outcomes/receipt.ts';
import { copied, failed, RUN_ID } from '../../support/run-records.ts';
import { type StateServer, startStateServer } from '../../support/servers/state-server.ts';

let server: StateServer;

beforeAll(async () => {
  server = await startStateServer();
});
afterAll(() => server.stop());

/** What one execution of slice `slice` did; the executions are numbered by the time of their start. */
async function keep(
  state: State,
  slice: number,
  startedAt: number,
  receipts: readonly Receipt[],
  startAfter?: string,
  shard = 0,
): Promise<void> {
  const log = openSliceLog<Receipt>(state, 'receipts', { runId: RUN_ID, shard, slice, startAfter }, startedAt);
  for (const receipt of receipts) await log.add(receipt);
  await log.flush();
}

const read = (state: State, shards: readonly number[] = [0]) => Array.fromAsync(readReceipts(state, RUN_ID, shards));

describe('the receipts of shards', () => {
  it('are none when nothing was written', async () => {
    const state = server.createState();
    await keep(state, 0, 1, []);

    expect(await read(state)).toEqual([]);
  });

  it('come in key order from many slices', async () => {
    const state = server.createState();
    const keys = Array.from({ length: 30 }, (_, index) => String(index).padStart(3, '0'));
    for (const slice of Array.from({ length: 15 }, (_, index) => index)) {
      await keep(
        state,
        slice,
        1,
        keys.slice(slice * 2, slice * 2 + 2).map((key) => copied(key)),
      );
    }

    expect((await read(state)).map(({ key }) => key)).toEqual(keys);
  });

  it('are kept over several flushes of one log', async () => {
    const state = server.createState();
    const log = openSliceLog<Receipt>(state, 'receipts', { runId: RUN_ID, shard: 0, slice: 0, startAfter: undefined }, 1);

    await log.add(copied('a'));
    await log.flush();
    await log.add(copied('b'));
    await Promise.all([log.flush(), log.flush()]);

    expect(await read(state)).toEqual([copied('a'), copied('b')]);
  });

  it('are one for each key when a slice was repeated', async () => {
    const state = server.createState();
    await keep(state, 0, 1, [copied('a'), copied('b')]);
    await keep(state, 0, 2, [failed('c')]);

    expect(await read(state)).toEqual([copied('a'), copied('b'), failed('c')]);
  });

  it('tell of a copy although a later execution failed on the object', async () => {
    const state = server.createState();
    await keep(state, 0, 1, [copied('a')]);
    await keep(state, 0, 2, [failed('a')]);

    expect(await read(state)).toEqual([copied('a')]);
  });

  it('tell of the later of two failures, and of the later of two copies', async () => {
    const state = server.createState();
    await keep(state, 0, 1, [failed('a', 'first'), copied('b', { destinationEtag: '"old"' })]);
    await keep(state, 0, 2, [failed('a', 'second'), copied('b', { destinationEtag: '"new"' })]);

    expect(await read(state)).toEqual([failed('a', 'second'), copied('b', { destinationEtag: '"new"' })]);
  });

  it('are right when a dead execution had reached beyond the end of its slice', async () => {
    const state = server.createState();
    await keep(state, 0, 1, [copied('a'), copied('c'), failed('e')]);
    await keep(state, 0, 2, [copied('b')]);
    await keep(state, 1, 3, [copied('d'), copied('e')], 'b');
    await keep(state, 2, 4, [copied('f')], 'e');

    expect((await read(state)).map(({ key, action }) => `${action} ${key}`)).toEqual(
      ['a', 'b', 'c', 'd', 'e', 'f'].map((key) => `copied ${key}`),
    );
  });

  it('are in key order when two slices left late logs only, one after the other', async () => {
    const state = server.createState();
    await keep(state, 0, 1, [copied('c')]);
    await keep(state, 1, 2, [copied('d')], 'a');
    await keep(state, 2, 3, [copied('b'), copied('e')], 'a');

    expect((await read(state)).map(({ key }) => key)).toEqual(['b', 'c', 'd', 'e']);
  });

  it('tell of what an execution copied that did not know that its shard had been split, in key order', async () => {
    const state = server.createState();
    await keep(state, 0, 1, [copied('a'), copied('c'), copied('d')]);
    await keep(state, 0, 1, [failed('c'), copied('e')], 'b', 2);
    await keep(state, 0, 1, [copied('g')], 'f', 1);

    const receipts = await read(state, [0, 2, 1]);

    expect(receipts.map(({ action, key }) => `${action} ${key}`)).toEqual(['copied a', 'copied c', 'copied d', 'copied e', 'copied g']);
  });

  it('of large objects are found where their slice is', async () => {
    const state = server.createState();
    await keep(state, 0, 1, [copied('b')]);
    await keep(state, 1, 2, [copied('d')], 'b');
    await keep(state, 0, 3, [copied('a'), copied('c')]);
    await keep(state, 0, 4, [copied('a'), copied('c')]);

    expect((await read(state)).map(({ key }) => key)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('leave out a last line that was not finished', async () => {
    const state = server.createState();
    await keep(state, 0, 1, [copied('a')]);
    const path = `${shardPrefix(RUN_ID, 'receipts', 0)}000000/2-00000000.ndjson`;
    await state.createLog(path);
    await state.append(path, `{}\n${JSON.stringify(copied('b'))}\n{"key":"c","act`, 0);

    expect(await read(state)).toEqual([copied('a'), copied('b')]);
  });

  it('equal those that a map finds, whatever was repeated and wherever executions died', async () => {
    await fc.assert(
      fc.asyncProperty(shardHistory(), async (slices) => {
        const state = server.createState();
        for (const [slice, executions] of slices.entries()) {
          const startAfter = slice === 0 ? undefined : KEYS[slice * SLICE_KEYS - 1];
          for (const [index, receipts] of executions.entries()) await keep(state, slice, index, receipts, startAfter);
        }

        expect(await read(state)).toEqual(byMap(slices));
      }),
      { numRuns: 25 },
    );
  });
});

type History = readonly (readonly (readonly Receipt[])[])[];

const KEYS = Array.from({ length: 24 }, (_, index) => String.fromCodePoint(0x1f300 + index));
const SLICE_KEYS = 6;

/** Slices of six keys. Each was executed a few times; all but the last execution died somewhere, at most a slice too far. */
function shardHistory(): fc.Arbitrary<History> {
  const receipts = (keys: readonly string[]) =>
    fc
      .subarray([...keys])
      .chain((some) => fc.tuple(...some.map((key) => fc.boolean().map((isCopied) => (isCopied ? copied(key) : failed(key))))));
  return fc.tuple(
    ...[0, 6, 12, 18].map((from) => {
      const finished = receipts(KEYS.slice(from, from + SLICE_KEYS));
      const dead = fc.array(receipts(KEYS.slice(from, from + 2 * SLICE_KEYS)), { maxLength: 2 });
      return fc.tuple(dead, finished).map(([before, last]) => [...before, last]);
    }),
  );
}

function byMap(slices: History): Receipt[] {
  const found = new Map<string, Receipt>();
  for (const receipt of slices.flat(2)) {
    const before = found.get(receipt.key);
    if (before?.action !== 'copied' || receipt.action === 'copied') found.set(receipt.key, receipt);
  }
  return KEYS.flatMap((key) => found.get(key) ?? []);
}
