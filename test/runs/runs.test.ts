import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPulses } from '../../src/runs/attempt/pulse.ts';
import type { Engine, InstanceStatus } from '../../src/runs/engine.ts';
import { createLocks } from '../../src/runs/lock.ts';
import { createRunRecords, type RunRequest } from '../../src/runs/record.ts';
import { createRuns, RunConflictError } from '../../src/runs/runs.ts';
import { runRecord } from '../support/run-records.ts';
import { type StateServer, startStateServer } from '../support/servers/state-server.ts';

let server: StateServer;

beforeAll(async () => {
  server = await startStateServer();
});
afterAll(() => server.stop());

const { source, destination, options } = runRecord();
const REQUEST: RunRequest = { source, destination, options };

function fakeEngine(): Engine & { readonly instances: Map<string, InstanceStatus> } {
  const instances = new Map<string, InstanceStatus>();
  return {
    instances,
    async start(instanceId) {
      instances.set(instanceId, 'active');
    },
    status: async (instanceId) => instances.get(instanceId) ?? 'gone',
    async terminate(instanceId) {
      if (instances.get(instanceId) === 'pending') throw new Error('It does not react.');
      instances.set(instanceId, 'ended');
    },
    async purge() {},
  };
}

function setUp() {
  const state = server.createState();
  const records = createRunRecords(state);
  const engine = fakeEngine();
  const time = { now: 1_700_000_000_000 };
  const notified: string[] = [];
  const notify = async (runId: string) => {
    notified.push(runId);
    throw new Error('Nobody was told.');
  };
  const clock = () => time.now;
  const pulses = createPulses(state, clock);
  const runs = createRuns({ records, locks: createLocks(state), pulses, notify, clock });
  const start = (request = REQUEST) => runs.start(engine, request, 'http');
  return { state, records, engine, pulses, runs, time, start, notified };
}

describe('starting a run', () => {
  it('makes its record and the instance that carries it', async () => {
    const { engine, records, start } = setUp();

    const run = await start();

    expect(run).toMatchObject({ ...REQUEST, state: 'queued', startedBy: 'http', attempt: 1, createdAt: '2023-11-14T22:13:20.000Z' });
    expect(await records.find(run.id)).toEqual(run);
    expect([...engine.instances]).toEqual([[`${run.id}-1`, 'active']]);
  });

  it('is refused while another run between the same locations is under way, and leaves no record', async () => {
    const { records, start } = setUp();
    const first = await start();

    const second = start();

    await expect(second).rejects.toThrow(RunConflictError);
    await expect(second).rejects.toMatchObject({ runId: first.id });
    expect(await Array.fromAsync(records.list())).toEqual([first]);
  });

  it('succeeds for exactly one of many callers', async () => {
    const { engine, records, start } = setUp();

    const results = await Promise.allSettled(Array.from({ length: 50 }, () => start()));

    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(engine.instances.size).toBe(1);
    expect(await Array.fromAsync(records.list())).toHaveLength(1);
  });

  it('is free for other locations, but not for a job with the same', async () => {
    const { engine, start } = setUp();

    await start();
    await start({ ...REQUEST, destination: `${destination}other/` });
    const ofJob = start({ ...REQUEST, job: 'nightly' });

    await expect(ofJob).rejects.toThrow('still under way');
    expect(engine.instances.size).toBe(2);
  });

  it('is refused while a run under way is to be resumed, and resumes it', async () => {
    const { engine, records, start, time } = setUp();
    const first = await start();
    engine.instances.set(`${first.id}-1`, 'ended');
    time.now += 5_000;

    await expect(start()).rejects.toMatchObject({ runId: first.id });
    expect(await records.find(first.id)).toMatchObject({ state: 'queued', attempt: 2 });
  });

  it('is refused while another run of the same job is under way, whatever its locations were', async () => {
    const { engine, records, runs, start } = setUp();
    const first = await start({ ...REQUEST, job: 'nightly' });
    const moved = { ...REQUEST, job: 'nightly', destination: `${destination}moved/` };

    await expect(start(moved)).rejects.toMatchObject({ runId: first.id });

    await records.update(first.id, (record) => ({ ...record, state: 'succeeded' }));
    await expect(runs.start(engine, moved, 'timer')).resolves.toMatchObject({ state: 'queued' });
  });

  it('leaves nothing behind when the locks cannot be had', async () => {
    const state = server.createState();
    const records = createRunRecords(state);
    const locks = { ...createLocks(state), take: () => Promise.reject(new Error('The state container is gone.')) };
    const runs = createRuns({ records, locks, pulses: createPulses(state, Date.now), notify: async () => undefined, clock: Date.now });

    await expect(runs.start(fakeEngine(), REQUEST, 'http')).rejects.toThrow('The state container is gone.');

    expect(await Array.fromAsync(records.list())).toEqual([]);
  });

  it('does not carry out a run whose maker died before it had the locks', async () => {
    const { engine, records, runs, time } = setUp();
    const stray = runRecord({ createdAt: '2023-11-14T22:13:20.000Z' });
    await records.create(stray);
    time.now += 31_000;

    expect(await runs.find(engine, stray.id)).toMatchObject({ state: 'failed', failure: { code: 'interrupted' } });
    expect(engine.instances.size).toBe(0);
    expect(await records.find(stray.id)).toBeUndefined();
  });

  it('takes the lock over of a run whose record is gone', async () => {
    const { records, start } = setUp();
    const first = await start();
    await records.remove(first.id);

    await expect(start()).resolves.toMatchObject({ state: 'queued' });
  });
});

describe('finding a run', () => {
  it('tells what is not there', async () => {
    const { engine, runs } = setUp();

    expect(await runs.find(engine, '1700000000000-ffffffff')).toBeUndefined();
  });

  it('gives a new run time to be known to the engine', async () => {
    const { engine, runs, start, time } = setUp();
    const { id } = await start();
    engine.instances.clear();

    expect(await runs.find(engine, id)).toMatchObject({ state: 'queued' });
    time.now += 31_000;
    expect(await runs.find(engine, id)).toMatchObject({ attempt: 2 });
  });

  it.each(['ended', 'gone'] as const)('begins the next attempt of a running run when its instance is %s', async (status) => {
    const { engine, records, runs, start, time } = setUp();
    const { id } = await start();
    await records.update(id, (record) => ({ ...record, state: 'running' }));
    engine.instances.set(`${id}-1`, status);
    time.now += 31_000;

    const run = await runs.find(engine, id);

    const at = '2023-11-14T22:13:51.000Z';
    expect(run).toMatchObject({ state: 'running', attempt: 2, resumedAt: at, interruptions: [{ attempt: 1, at }] });
    expect(engine.instances.get(`${id}-2`)).toBe('active');
  });

  it('begins one attempt, however many callers find the run', async () => {
    const { engine, records, runs, start, time } = setUp();
    const { id } = await start();
    engine.instances.set(`${id}-1`, 'ended');
    time.now += 5_000;

    await Promise.all(Array.from({ length: 20 }, () => runs.find(engine, id)));

    expect(await records.find(id)).toMatchObject({ attempt: 2 });
    expect([...engine.instances.keys()]).toEqual([`${id}-1`, `${id}-2`]);
  });

  it('waits longer before each attempt', async () => {
    const { engine, runs, start, time } = setUp();
    const { id } = await start();
    const attemptAfter = async (milliseconds: number) => {
      time.now += milliseconds;
      for (const instance of engine.instances.keys()) engine.instances.set(instance, 'ended');
      return (await runs.find(engine, id))?.attempt;
    };

    expect([await attemptAfter(4_999), await attemptAfter(1)]).toEqual([1, 2]);
    expect([await attemptAfter(9_999), await attemptAfter(1)]).toEqual([2, 3]);
  });

  it('gives a run up after twenty attempts, and gives its locks back', async () => {
    const { engine, records, runs, start, time } = setUp();
    const { id } = await start();
    await records.update(id, (record) => ({ ...record, attempt: 20 }));
    engine.instances.set(`${id}-20`, 'ended');

    const run = await runs.find(engine, id);

    expect(run).toMatchObject({ state: 'failed', failure: { code: 'interrupted', message: expect.stringContaining('20 attempts') } });
    time.now += 1;
    await expect(start()).resolves.toMatchObject({ state: 'queued' });
  });

  it('tells once that it gives a run up, since no orchestration is left that could', async () => {
    const { engine, records, runs, start, notified } = setUp();
    const { id } = await start();
    await records.update(id, (record) => ({ ...record, attempt: 20 }));
    engine.instances.set(`${id}-20`, 'ended');

    await runs.resumeAll(engine);
    await runs.find(engine, id);

    expect(notified).toEqual([id]);
  });

  it('keeps what was noted of an interruption', async () => {
    const { engine, records, runs, start, time } = setUp();
    const { id } = await start();
    const noted = { attempt: 1, at: '2023-11-14T22:13:20.000Z', message: 'The worker ended.' };
    await records.update(id, (record) => ({ ...record, interruptions: [noted] }));
    engine.instances.set(`${id}-1`, 'ended');
    time.now += 5_000;

    expect(await runs.find(engine, id)).toMatchObject({ attempt: 2, interruptions: [noted] });
  });

  it('leaves a run that has ended as it is', async () => {
    const { engine, records, runs, start } = setUp();
    const { id } = await start();
    const ended = await records.update(id, (record) => ({ ...record, state: 'succeeded' }));
    engine.instances.clear();

    expect(await runs.find(engine, id)).toEqual(ended);
  });
});

describe('resuming all runs', () => {
  it('begins the next attempt of those that nothing carries, and tells which', async () => {
    const { engine, runs, start, time } = setUp();
    const lost = await start();
    await start({ ...REQUEST, job: 'nightly', destination: `${destination}other/` });
    engine.instances.set(`${lost.id}-1`, 'ended');
    time.now += 5_000;

    expect((await runs.resumeAll(engine)).map(({ id, attempt }) => [id, attempt])).toEqual([[lost.id, 2]]);
    expect(await runs.resumeAll(engine)).toEqual([]);
  });
});

describe('resuming runs', () => {
  it.each([
    ['nobody was told', undefined, 1],
    ['telling failed', { state: 'failed', message: 'It answered 503.' }, 1],
    ['somebody was told', { state: 'delivered' }, 0],
  ] as const)('does once, a quarter of an hour later, what was left of the end of a run: %s', async (_, notification, times) => {
    const { state, engine, records, runs, start, time, notified } = setUp();
    const { id } = await start();
    await createLocks(state).keepNotice(id);
    const endedAt = new Date(time.now).toISOString();
    await records.update(id, (record) => ({ ...record, state: 'succeeded', endedAt, ...(notification && { notification }) }));
    time.now += 899_000;
    await runs.resumeAll(engine);
    const early = [...notified];
    time.now += 1_000;

    await runs.resumeAll(engine);
    await runs.resumeAll(engine);

    expect(early).toEqual([]);
    expect(notified).toEqual(Array(times).fill(id));
    expect(await Array.fromAsync(createLocks(state).unfinished())).toEqual([]);
  });

  it('forgets the notice of a run whose record is gone', async () => {
    const { state, engine, runs } = setUp();
    await createLocks(state).keepNotice('1700000000000-0123abcd');

    await runs.resumeAll(engine);

    expect(await Array.fromAsync(createLocks(state).unfinished())).toEqual([]);
  });

  it('is done for the others where a record or a lock is damaged', async () => {
    const { state, engine, runs, start, time } = setUp();
    const damaged = await start();
    time.now += 1;
    const lost = await start({ ...REQUEST, destination: `${REQUEST.destination}other/` });
    for await (const path of state.list('records/')) if (path.includes(damaged.id)) await state.write(path, []);
    await state.write('locks/0.json', null);
    engine.instances.set(`${lost.id}-1`, 'ended');
    time.now += 5_000;

    expect((await runs.resumeAll(engine)).map(({ id }) => id)).toEqual([lost.id]);
  });
});

describe('listing runs', () => {
  it('shows the newest first, so many as wanted, and of one job', async () => {
    const { engine, runs, start, time } = setUp();
    const ids: string[] = [];
    for (const job of ['a', 'b', 'c']) {
      ids.unshift((await start({ ...REQUEST, job, destination: `${REQUEST.destination}${job}/` })).id);
      time.now += 1;
    }
    const list = async (filter: Parameters<typeof runs.list>[1]) => (await runs.list(engine, filter)).map(({ id }) => id);

    expect(await list({ limit: 10 })).toEqual(ids);
    expect(await list({ limit: 2 })).toEqual(ids.slice(0, 2));
    expect(await list({ limit: 10, job: 'a' })).toEqual(ids.slice(2));
  });
});

describe('cancelling a run', () => {
  it('enters the wish, once', async () => {
    const { engine, runs, start, time } = setUp();
    const { id } = await start();

    const first = await runs.cancel(engine, id);
    time.now += 1_000;
    const second = await runs.cancel(engine, id);

    expect(first).toMatchObject({ state: 'queued', cancelRequestedAt: '2023-11-14T22:13:20.000Z' });
    expect(second).toEqual(first);
  });

  it('leaves a run that has ended as it is', async () => {
    const { engine, records, runs, start } = setUp();
    const { id } = await start();
    const ended = await records.update(id, (record) => ({ ...record, state: 'succeeded' }));

    expect(await runs.cancel(engine, id)).toEqual(ended);
  });

  it('tells what is not there', async () => {
    const { engine, runs } = setUp();

    expect(await runs.cancel(engine, '1700000000000-ffffffff')).toBeUndefined();
  });
});
