import { describe, expect, it } from 'vitest';
import { createPulses, type Pulses } from '../../../src/runs/attempt/pulse.ts';
import { createLargeObjects } from '../../../src/runs/large/large-objects.ts';
import { createSavedUploads } from '../../../src/runs/large/saved-uploads.ts';
import type { RunRecord } from '../../../src/runs/record.ts';
import { createShardPlans } from '../../../src/runs/shards/shard-plan.ts';
import { createShardStates } from '../../../src/runs/shards/shard-state.ts';
import { viewRun } from '../../../src/runs/view/run-view.ts';
import { NO_COUNTS } from '../../../src/sync/outcomes/tally.ts';
import { RUN_ID, runRecord } from '../../support/run-records.ts';
import { createMemoryState } from '../../support/stores/memory-state.ts';

const START = Date.parse('2026-03-04T05:00:00.000Z');
const isoAt = (seconds: number) => new Date(START + seconds * 1_000).toISOString();

/** A run that started at 0 s, with a shard in a lane, and the processes that work for it. */
async function setUp(more: Partial<RunRecord> = {}) {
  const state = createMemoryState();
  const time = { now: START };
  const clock = () => time.now;
  const dependencies = {
    plans: createShardPlans(state),
    shards: createShardStates(state),
    largeObjects: createLargeObjects(state),
    uploads: createSavedUploads(state),
    pulses: createPulses(state, clock),
    clock,
  };
  const record = runRecord({ state: 'running', startedAt: isoAt(0), ...more });
  await dependencies.plans.create(RUN_ID, { ranges: [{ through: 'm' }, { after: 'm' }], lanes: 2 });
  await dependencies.plans.claim(RUN_ID, 0);
  const task = { runId: RUN_ID, attempt: record.attempt };
  /** An activity in `process` for a moment, `seconds` after the start, in which a store answers or does not. */
  const work = async (process: Pulses, seconds: number, isAnswered: boolean) => {
    time.now = START + seconds * 1_000;
    if (isAnswered) process.moved(task);
    await process.during(task, async () => undefined);
    await new Promise(setImmediate);
  };
  return {
    ...dependencies,
    work,
    startProcess: () => createPulses(state, clock),
    viewAt(seconds: number) {
      time.now = START + seconds * 1_000;
      return viewRun(dependencies, record, 'https://app/api');
    },
  };
}

describe('a run that is shown', () => {
  it('has made progress when a store last answered, and its shards are under way while activities are executed', async () => {
    const run = await setUp();
    const process = run.startProcess();
    for (const seconds of [0, 10, 20]) await run.work(process, seconds, true);

    expect(await run.viewAt(25)).toMatchObject({ lastProgressAt: isoAt(20), secondsWithoutProgress: 5, shards: { underWay: 1 } });
  });

  it('has no shards under way when nothing is executed any more', async () => {
    const run = await setUp();
    const process = run.startProcess();
    for (const seconds of [0, 10, 20]) await run.work(process, seconds, true);

    expect(await run.viewAt(200)).toMatchObject({
      lastProgressAt: isoAt(20),
      secondsWithoutProgress: 180,
      shards: { total: 2, done: 0, underWay: 0 },
    });
  });

  it('makes no progress while activities are executed to which no store answers', async () => {
    const run = await setUp();
    const process = run.startProcess();
    await run.work(process, 0, true);
    for (let seconds = 10; seconds <= 180; seconds += 10) await run.work(process, seconds, false);

    expect(await run.viewAt(180)).toMatchObject({ lastProgressAt: isoAt(0), secondsWithoutProgress: 180, shards: { underWay: 1 } });
  });

  it('shows the progress of one process also when another one gets nowhere', async () => {
    const run = await setUp();
    const [works, hangs] = [run.startProcess(), run.startProcess()];
    for (let seconds = 0; seconds <= 100; seconds += 10) {
      await run.work(works, seconds, true);
      await run.work(hangs, seconds + 1, false);
    }

    expect(await run.viewAt(101)).toMatchObject({ lastProgressAt: isoAt(100), secondsWithoutProgress: 1 });
  });

  it('counts from its start while nothing else is recorded', async () => {
    const run = await setUp();

    expect(await run.viewAt(30)).toMatchObject({ lastProgressAt: isoAt(0), secondsWithoutProgress: 30, shards: { underWay: 1 } });
    expect(await run.viewAt(90)).toMatchObject({ secondsWithoutProgress: 90, shards: { underWay: 0 } });
  });

  it('does not take the start of another attempt for progress', async () => {
    const run = await setUp({ attempt: 2, resumedAt: isoAt(900) });
    const first = run.startProcess();
    for (const seconds of [0, 50]) {
      run.viewAt(seconds);
      first.moved({ runId: RUN_ID, attempt: 1 });
      await first.during({ runId: RUN_ID, attempt: 1 }, async () => undefined);
    }

    expect(await run.viewAt(930)).toMatchObject({ lastProgressAt: isoAt(50), secondsWithoutProgress: 880, shards: { underWay: 1 } });
  });

  it.each([{ state: 'queued' }, { state: 'succeeded', endedAt: isoAt(1) }] as const)(
    'has no such times when it is $state',
    async (more) => {
      const view = await (await setUp(more)).viewAt(100);

      expect(view).not.toHaveProperty('lastProgressAt');
      expect(view).not.toHaveProperty('secondsWithoutProgress');
      expect(view.shards?.underWay).toBe(0);
    },
  );
});

describe('the slices of a run that is shown', () => {
  it('count as repeated when the same call begins them again: in shards under way, shards that are done, and deletions', async () => {
    const { shards, plans, viewAt } = await setUp();
    const progress = { checkpoint: 'm', counts: NO_COUNTS, failures: [] };
    for (let times = 0; times < 3; times++) await shards.begin(RUN_ID, 0, undefined);
    await shards.finish(RUN_ID, 0, 0, { progress, isListed: false, large: [], splitAt: [] });
    for (let times = 0; times < 2; times++) await shards.begin(RUN_ID, 0, undefined);
    await shards.finish(RUN_ID, 0, 1, { progress, isListed: true, large: [], splitAt: [] });
    await plans.finish(RUN_ID, 0, await shards.find(RUN_ID, 0));
    await plans.claim(RUN_ID, 0);
    for (const shard of [1, 'deletions'] as const) for (let times = 0; times < 2; times++) await shards.begin(RUN_ID, shard, undefined);

    expect(await viewAt(1)).toMatchObject({ repeatedSlices: 2 + 1 + 1 + 1 });
  });

  it('are not repeated when a pause came between, or another slice', async () => {
    const { shards, viewAt } = await setUp();
    await shards.begin(RUN_ID, 0, undefined);
    await shards.begin(RUN_ID, 0, { until: 1, inVain: 1 });
    await shards.begin(RUN_ID, 0, { until: 2, inVain: 2 });
    const progress = { checkpoint: 'c', counts: NO_COUNTS, failures: [] };
    await shards.finish(RUN_ID, 0, 0, { progress, isListed: false, large: [], splitAt: [] });
    await shards.begin(RUN_ID, 0, undefined);

    expect(await viewAt(1)).toMatchObject({ repeatedSlices: 0 });
  });

  it('have listed no less when they begin again at their checkpoint', async () => {
    const { shards, viewAt } = await setUp();
    const reached = (checkpoint: string, listed: number) => ({ checkpoint, counts: { ...NO_COUNTS, listed }, failures: [] });
    const listed: number[] = [];
    for (const [checkpoint, count] of [
      ['c', 3],
      ['f', 6],
      ['a', 1],
      ['e', 5],
      ['g', 7],
    ] as const) {
      await shards.report(RUN_ID, 0, 0, reached(checkpoint, count));
      listed.push((await viewAt(1)).counts.listed);
    }

    expect(listed).toEqual([3, 6, 6, 6, 7]);
  });
});
