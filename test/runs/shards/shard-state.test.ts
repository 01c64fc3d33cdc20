import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createShardStates,
  type FinishedSlice,
  MAX_SHOWN_FAILURES,
  progressOf,
  type SliceProgress,
} from '../../../src/runs/shards/shard-state.ts';
import { NO_COUNTS } from '../../../src/sync/outcomes/tally.ts';
import { failed, RUN_ID } from '../../support/run-records.ts';
import { type StateServer, startStateServer } from '../../support/servers/state-server.ts';

let server: StateServer;

beforeAll(async () => {
  server = await startStateServer();
});
afterAll(() => server.stop());

const upTo = (checkpoint: string, copied: number): SliceProgress => ({
  checkpoint,
  counts: { ...NO_COUNTS, listed: copied, copied },
  failures: [],
});
const more = (progress: SliceProgress, large: readonly string[] = []): FinishedSlice => ({ progress, isListed: false, large, splitAt: [] });
const last = (progress: SliceProgress): FinishedSlice => ({ progress, isListed: true, large: [], splitAt: [] });
const newShards = () => createShardStates(server.createState());

describe('the state of a shard', () => {
  it('is new at first', async () => {
    expect(await newShards().find(RUN_ID, 0)).toEqual({
      ...{ counts: NO_COUNTS, failures: [], nextSlice: 0, isListed: false },
      large: [],
      splitAt: [],
    });
  });

  it('adds up the slices that are finished', async () => {
    const shards = newShards();

    await shards.finish(RUN_ID, 0, 0, more(upTo('b', 2)));
    await shards.finish(RUN_ID, 0, 1, last(upTo('e', 3)));
    const state = await shards.find(RUN_ID, 0);

    expect(state).toMatchObject({ checkpoint: 'e', counts: { listed: 5, copied: 5 }, nextSlice: 2, isListed: true });
  });

  it('counts a slice that is finished twice once, even at the same time', async () => {
    const shards = newShards();

    await Promise.all([shards.finish(RUN_ID, 0, 0, more(upTo('b', 2))), shards.finish(RUN_ID, 0, 0, more(upTo('b', 2)))]);
    await shards.finish(RUN_ID, 0, 0, more(upTo('c', 3)));
    const state = await shards.find(RUN_ID, 0);

    expect(state).toMatchObject({ checkpoint: 'b', counts: { copied: 2 }, nextSlice: 1 });
  });

  it('counts the last slice once when it is finished again', async () => {
    const shards = newShards();
    await shards.finish(RUN_ID, 0, 0, last(upTo('b', 2)));

    await shards.finish(RUN_ID, 0, 0, last(upTo('b', 2)));
    const state = await shards.find(RUN_ID, 0);

    expect(state).toMatchObject({ counts: { copied: 2 }, isListed: true });
  });

  it('shows the slice under way on top of the finished ones', async () => {
    const shards = newShards();
    await shards.finish(RUN_ID, 0, 0, more(upTo('b', 2)));

    await shards.report(RUN_ID, 0, 1, upTo('c', 1));

    const state = await shards.find(RUN_ID, 0);
    expect(state).toMatchObject({ checkpoint: 'b', counts: { copied: 2 } });
    expect(progressOf(state)).toMatchObject({ checkpoint: 'c', counts: { copied: 3 } });
  });

  it('forgets what was under way when that slice is finished', async () => {
    const shards = newShards();
    await shards.report(RUN_ID, 0, 0, upTo('a', 1));

    await shards.finish(RUN_ID, 0, 0, more(upTo('b', 2)));
    const state = await shards.find(RUN_ID, 0);

    expect(progressOf(state)).toMatchObject({ checkpoint: 'b', counts: { copied: 2 } });
  });

  it('does not go back when a slice reports after its end', async () => {
    const shards = newShards();
    await shards.finish(RUN_ID, 0, 0, more(upTo('b', 2)));
    const finished = await shards.find(RUN_ID, 0);

    await shards.report(RUN_ID, 0, 0, upTo('a', 1));

    expect(await shards.find(RUN_ID, 0)).toEqual(finished);
  });

  it('does not go back when a slice is done again from its start', async () => {
    const shards = newShards();
    await shards.report(RUN_ID, 0, 0, upTo('c', 3));

    await shards.report(RUN_ID, 0, 0, { counts: NO_COUNTS, failures: [] });
    await shards.report(RUN_ID, 0, 0, upTo('b', 2));
    const behind = await shards.find(RUN_ID, 0);
    await shards.report(RUN_ID, 0, 0, upTo('d', 4));

    expect(progressOf(behind)).toMatchObject({ checkpoint: 'c', counts: { copied: 3 } });
    expect(progressOf(await shards.find(RUN_ID, 0))).toMatchObject({ checkpoint: 'd', counts: { copied: 4 } });
  });

  it('keeps the checkpoint when a slice finds nothing', async () => {
    const shards = newShards();
    await shards.finish(RUN_ID, 0, 0, more(upTo('b', 2)));

    await shards.finish(RUN_ID, 0, 1, last({ counts: NO_COUNTS, failures: [] }));
    const state = await shards.find(RUN_ID, 0);

    expect(state.checkpoint).toBe('b');
  });

  it('keeps the first failures only', async () => {
    const shards = newShards();
    const failures = Array.from({ length: MAX_SHOWN_FAILURES }, (_, index) => failed(`key-${index}`));
    await shards.finish(RUN_ID, 0, 0, more({ ...upTo('b', 0), failures }));

    await shards.finish(RUN_ID, 0, 1, last({ ...upTo('c', 0), failures: [failed('last')] }));
    const state = await shards.find(RUN_ID, 0);

    expect(state.failures).toEqual(failures);
  });

  it('tells which of two executions of a slice has entered it', async () => {
    const shards = newShards();

    const entered = await Promise.all([1, 2, 3].map(() => shards.finish(RUN_ID, 0, 0, more(upTo('b', 2)))));

    expect(entered.filter(Boolean)).toHaveLength(1);
  });

  it('adds what became of large objects, once, and knows where their slice began', async () => {
    const shards = newShards();
    await shards.finish(RUN_ID, 0, 0, more(upTo('b', 2)));
    await shards.finish(RUN_ID, 0, 1, more(upTo('d', 0), ['first', 'second']));
    const met = await shards.find(RUN_ID, 0);
    const ended = { counts: { ...NO_COUNTS, listed: 2, copied: 2 }, failures: [] };

    await shards.completeLargeObjects(RUN_ID, 0, 2, ended);
    await shards.completeLargeObjects(RUN_ID, 0, 2, ended);

    expect(met).toMatchObject({ large: ['first', 'second'], largeAfter: 'b', counts: { copied: 2 } });
    expect(await shards.find(RUN_ID, 0)).toMatchObject({ large: [], checkpoint: 'd', counts: { listed: 4, copied: 4 }, nextSlice: 2 });
  });
});
