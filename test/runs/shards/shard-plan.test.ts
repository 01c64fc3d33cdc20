import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createShardPlans, MAX_SHARDS } from '../../../src/runs/shards/shard-plan.ts';
import { NO_PROGRESS, type SliceProgress } from '../../../src/runs/shards/shard-state.ts';
import { NO_COUNTS } from '../../../src/sync/outcomes/tally.ts';
import type { KeyRange } from '../../../src/sync/store/key-range.ts';
import { RUN_ID } from '../../support/run-records.ts';
import { type StateServer, startStateServer } from '../../support/servers/state-server.ts';

let server: StateServer;

beforeAll(async () => {
  server = await startStateServer();
});
afterAll(() => server.stop());

async function setUp(ranges: readonly KeyRange[], lanes = ranges.length) {
  const plans = createShardPlans(server.createState());
  await plans.create(RUN_ID, { ranges, lanes });
  const rangesNow = async () => (await plans.find(RUN_ID))?.shards.map(({ range }) => range);
  return { ...plans, rangesNow };
}

const COPIED: SliceProgress = { checkpoint: 'k', counts: { ...NO_COUNTS, listed: 2, copied: 2 }, failures: [] };

describe('the plan of a run', () => {
  it('is the one that was made first, whoever makes another', async () => {
    const plans = await setUp([{}]);

    const second = await plans.create(RUN_ID, { ranges: [{ through: 'm' }, { after: 'm' }], lanes: 2 });

    expect(second).toEqual({ shards: [{ number: 0, range: {} }], lanes: 1, done: NO_PROGRESS });
  });

  it('gives different lanes different shards, however many claim at once, and the same lane always the same', async () => {
    const plans = await setUp(['a', 'b', 'c', 'd', 'e'].map((after) => ({ after })));
    const lanes = [0, 1, 2, 3, 4];

    const claims = await Promise.all([...lanes, ...lanes].map((lane) => plans.claim(RUN_ID, lane)));

    const numbers = claims.map((claim) => (typeof claim === 'string' ? claim : claim.number));
    expect(new Set(numbers.slice(0, 5)).size).toBe(5);
    expect(numbers.slice(5)).toEqual(numbers.slice(0, 5));
  });

  it('tells a lane whether shards may become free yet', async () => {
    const plans = await setUp([{}]);
    await plans.claim(RUN_ID, 0);

    const before = await plans.claim(RUN_ID, 1);
    await plans.finish(RUN_ID, 0, COPIED);

    expect([before, await plans.claim(RUN_ID, 1)]).toEqual(['none-free', 'all-done']);
  });

  it('counts a shard once, however often it is finished', async () => {
    const plans = await setUp([{}, { after: 'm' }]);

    await Promise.all([plans.finish(RUN_ID, 0, COPIED), plans.finish(RUN_ID, 0, COPIED), plans.finish(RUN_ID, 1, COPIED)]);

    expect((await plans.find(RUN_ID))?.done).toEqual({ counts: { ...NO_COUNTS, listed: 4, copied: 4 }, failures: [] });
  });

  it('covers the same keys after a split, which leaves the first piece to its lane', async () => {
    const plans = await setUp([{ through: 'm' }, { after: 'm' }]);
    await plans.claim(RUN_ID, 0);

    const shard = await plans.split(RUN_ID, 0, ['c', 'f']);

    expect(shard).toEqual({ number: 0, lane: 0, range: { through: 'c' } });
    expect(await plans.rangesNow()).toEqual([{ through: 'c' }, { after: 'm' }, { after: 'c', through: 'f' }, { after: 'f', through: 'm' }]);
  });

  it('is split once by the same keys, also when a later split came between', async () => {
    const plans = await setUp([{}]);
    await plans.split(RUN_ID, 0, ['m']);
    await plans.split(RUN_ID, 0, ['c']);

    await plans.split(RUN_ID, 0, ['m']);

    expect(await plans.rangesNow()).toEqual([{ through: 'c' }, { after: 'm' }, { after: 'c', through: 'm' }]);
  });

  it('has no more shards than it may have', async () => {
    const plans = await setUp([{}]);
    const keys = Array.from({ length: MAX_SHARDS }, (_, index) => String(index).padStart(3, '0'));

    await plans.split(RUN_ID, 0, keys);
    const refused = await plans.rangesNow();
    await plans.split(RUN_ID, 0, keys.slice(1));

    expect(refused).toEqual([{}]);
    expect(await plans.rangesNow()).toHaveLength(MAX_SHARDS);
  });

  it('wakes as many idle lanes as shards are free, each once', async () => {
    const plans = await setUp([{}], 4);
    for (const lane of [0, 1, 2, 3]) await plans.claim(RUN_ID, lane);
    const before = await plans.wake(RUN_ID);
    await plans.split(RUN_ID, 0, ['c', 'm']);

    const woken = await Promise.all([plans.wake(RUN_ID), plans.wake(RUN_ID)]);
    await plans.restart(RUN_ID);

    expect([before, woken.flat().sort()]).toEqual([[], expect.arrayContaining([1, 2])]);
    expect(await plans.wake(RUN_ID)).toEqual([]);
  });
});
