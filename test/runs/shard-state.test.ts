import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createShardStates, MAX_SHOWN_FAILURES, progressOf, type SliceProgress } from '../../src/runs/shard-state.ts';
import { NO_COUNTS } from '../../src/sync/tally.ts';
import { failed, RUN_ID } from '../support/run-records.ts';
import { type StateServer, startStateServer } from '../support/state-server.ts';

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
const newShards = () => createShardStates(server.createState());

describe('the state of a shard', () => {
  it('is new at first', async () => {
    expect(await newShards().find(RUN_ID, 0)).toEqual({ counts: NO_COUNTS, failures: [], nextSlice: 0, isDone: false });
  });

  it('adds up the slices that are finished', async () => {
    const shards = newShards();

    await shards.finish(RUN_ID, 0, 0, upTo('b', 2), false);
    const state = await shards.finish(RUN_ID, 0, 1, upTo('e', 3), true);

    expect(state).toMatchObject({ checkpoint: 'e', counts: { listed: 5, copied: 5 }, nextSlice: 2, isDone: true });
  });

  it('counts a slice that is finished twice once, even at the same time', async () => {
    const shards = newShards();

    await Promise.all([shards.finish(RUN_ID, 0, 0, upTo('b', 2), false), shards.finish(RUN_ID, 0, 0, upTo('b', 2), false)]);
    const state = await shards.finish(RUN_ID, 0, 0, upTo('c', 3), false);

    expect(state).toMatchObject({ checkpoint: 'b', counts: { copied: 2 }, nextSlice: 1 });
  });

  it('counts the last slice once when it is finished again', async () => {
    const shards = newShards();
    await shards.finish(RUN_ID, 0, 0, upTo('b', 2), true);

    const state = await shards.finish(RUN_ID, 0, 0, upTo('b', 2), true);

    expect(state).toMatchObject({ counts: { copied: 2 }, isDone: true });
  });

  it('shows the slice under way on top of the finished ones', async () => {
    const shards = newShards();
    await shards.finish(RUN_ID, 0, 0, upTo('b', 2), false);

    await shards.report(RUN_ID, 0, 1, upTo('c', 1));

    const state = await shards.find(RUN_ID, 0);
    expect(state).toMatchObject({ checkpoint: 'b', counts: { copied: 2 } });
    expect(progressOf(state)).toMatchObject({ checkpoint: 'c', counts: { copied: 3 } });
  });

  it('forgets what was under way when that slice is finished', async () => {
    const shards = newShards();
    await shards.report(RUN_ID, 0, 0, upTo('a', 1));

    const state = await shards.finish(RUN_ID, 0, 0, upTo('b', 2), false);

    expect(progressOf(state)).toMatchObject({ checkpoint: 'b', counts: { copied: 2 } });
  });

  it('does not go back when a slice reports after its end', async () => {
    const shards = newShards();
    const finished = await shards.finish(RUN_ID, 0, 0, upTo('b', 2), false);

    await shards.report(RUN_ID, 0, 0, upTo('a', 1));

    expect(await shards.find(RUN_ID, 0)).toEqual(finished);
  });

  it('keeps the checkpoint when a slice finds nothing', async () => {
    const shards = newShards();
    await shards.finish(RUN_ID, 0, 0, upTo('b', 2), false);

    const state = await shards.finish(RUN_ID, 0, 1, { counts: NO_COUNTS, failures: [] }, true);

    expect(state.checkpoint).toBe('b');
  });

  it('keeps the first failures only', async () => {
    const shards = newShards();
    const failures = Array.from({ length: MAX_SHOWN_FAILURES }, (_, index) => failed(`key-${index}`));
    await shards.finish(RUN_ID, 0, 0, { ...upTo('b', 0), failures }, false);

    const state = await shards.finish(RUN_ID, 0, 1, { ...upTo('c', 0), failures: [failed('last')] }, true);

    expect(state.failures).toEqual(failures);
  });
});
