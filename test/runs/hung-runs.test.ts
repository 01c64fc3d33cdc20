import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine, InstanceStatus } from '../../src/runs/engine.ts';
import { HUNG_MESSAGE } from '../../src/runs/hung.ts';
import { createLocks } from '../../src/runs/lock.ts';
import { createPulses } from '../../src/runs/pulse.ts';
import { createRunRecords, type RunRequest } from '../../src/runs/record.ts';
import { createRuns, RunConflictError } from '../../src/runs/runs.ts';
import { failRun, stopOf } from '../../src/runs/stop.ts';
import { runRecord } from '../support/run-records.ts';
import { type StateServer, startStateServer } from '../support/state-server.ts';

const MINUTE = 60_000;

let server: StateServer;

beforeAll(async () => {
  server = await startStateServer();
});
afterAll(() => server.stop());

const { source, destination, options } = runRecord();
const REQUEST: RunRequest = { source, destination, options };

/** An app, and an engine whose instances stay as they are. */
function setUp() {
  const state = server.createState();
  const records = createRunRecords(state);
  const instances = new Map<string, InstanceStatus>();
  const notified: string[] = [];
  const time = { now: 1_700_000_000_000 };
  const clock = () => time.now;
  const engine: Engine = {
    start: async (id) => void instances.set(id, 'active'),
    status: async (id) => instances.get(id) ?? 'gone',
    async terminate(id) {
      if (instances.get(id) === 'pending') throw new Error('The engine does not react.');
      instances.set(id, 'ended');
    },
    purge: async () => undefined,
  };
  const startApp = () => {
    const notify = async (runId: string) => notified.push(runId);
    return createRuns({ records, locks: createLocks(state), pulses: createPulses(state, clock), notify, clock });
  };
  const runs = startApp();
  const start = async (status: InstanceStatus, request = REQUEST) => {
    const { id } = await runs.start(engine, request, 'timer');
    instances.set(`${id}-1`, status);
    return id;
  };
  const startRunning = async (request = REQUEST) => {
    const id = await start('active', request);
    await records.update(id, (record) => ({ ...record, state: 'running' }));
    return id;
  };
  const attemptAfter = async (id: string, milliseconds: number, app = runs) => {
    time.now += milliseconds;
    return (await app.find(engine, id))?.attempt;
  };
  /** An activity of the attempt that takes `milliseconds`, in a worker of its own. */
  const work = async (id: string, attempt: number, milliseconds: number) => {
    const pulses = createPulses(state, clock);
    await pulses.during({ runId: id, attempt }, async () => undefined);
    time.now += milliseconds;
    await pulses.during({ runId: id, attempt }, async () => undefined);
    await expect.poll(() => pulses.find({ id, attempt })).toEqual({ at: time.now });
  };
  return { records, engine, instances, runs, startApp, notified, time, start, startRunning, attemptAfter, work };
}

describe('a run whose orchestration hangs', () => {
  it.each(['pending', 'active'] as const)(
    'gets another instance when it is queued and its instance is %s for five minutes',
    async (status) => {
      const { records, instances, start, attemptAfter } = setUp();
      const id = await start(status);

      expect([await attemptAfter(id, 5 * MINUTE - 1), await attemptAfter(id, 1)]).toEqual([1, 2]);

      expect(await records.find(id)).toMatchObject({ interruptions: [{ attempt: 1, message: HUNG_MESSAGE }] });
      expect(instances.get(`${id}-2`)).toBe('active');
    },
  );

  it('gets another instance when nothing of it is under way for a quarter of an hour, and keeps its locks', async () => {
    const { engine, runs, instances, startRunning, attemptAfter, work } = setUp();
    const id = await startRunning();
    await work(id, 1, 10 * MINUTE);

    expect([await attemptAfter(id, 15 * MINUTE - 1), await attemptAfter(id, 1)]).toEqual([1, 2]);

    expect(Object.fromEntries(instances)).toEqual({ [`${id}-1`]: 'ended', [`${id}-2`]: 'active' });
    await expect(runs.start(engine, REQUEST, 'timer')).rejects.toThrow(RunConflictError);
  });

  it('is noticed by the supervisor, without a request for it', async () => {
    const { engine, runs, start, time } = setUp();
    const id = await start('pending');
    time.now += 3 * 24 * 60 * MINUTE;

    expect(await runs.resumeAll(engine)).toMatchObject([{ id, attempt: 2 }]);
  });

  it('gets twice the time after each attempt in a row that hung', async () => {
    const { startRunning, attemptAfter } = setUp();
    const id = await startRunning();
    await attemptAfter(id, 15 * MINUTE);

    expect([await attemptAfter(id, 30 * MINUTE - 1), await attemptAfter(id, 1)]).toEqual([2, 3]);
    expect([await attemptAfter(id, 60 * MINUTE - 1), await attemptAfter(id, 1)]).toEqual([3, 4]);
  });

  it('is cancelled by its next instance within minutes, and without one where that hangs, too', async () => {
    const { engine, runs, records, start, attemptAfter, notified } = setUp();
    const id = await start('pending');
    await attemptAfter(id, 4 * MINUTE);
    await runs.cancel(engine, id);

    expect([await attemptAfter(id, 2 * MINUTE - 1), await attemptAfter(id, 1)]).toEqual([1, 2]);
    expect(stopOf(await records.find(id), 2)).toEqual({ end: 'cancelled' });

    await attemptAfter(id, 2 * MINUTE);
    expect(await records.find(id)).toMatchObject({ state: 'cancelled', attempt: 2, endedAt: expect.any(String) });
    expect(notified).toEqual([id]);
    await expect(runs.start(engine, REQUEST, 'timer')).resolves.toMatchObject({ state: 'queued' });
  });

  it('cannot be harmed by the old instance, should that do something again', async () => {
    const { records, startRunning, attemptAfter } = setUp();
    const id = await startRunning();
    await attemptAfter(id, 15 * MINUTE);

    await failRun(records, { runId: id, attempt: 1 }, { code: 'unavailable', message: 'It was late.' });

    const record = await records.find(id);
    expect(record).toMatchObject({ state: 'running', attempt: 2 });
    expect([stopOf(record, 1), stopOf(record, 2)]).toEqual([{ end: 'superseded' }, undefined]);
  });
});

describe('a run that only takes long', () => {
  it('is left alone during slices of nine minutes and pauses of five minutes between them', async () => {
    const { startRunning, attemptAfter, work } = setUp();
    const id = await startRunning();

    for (let slice = 0; slice < 20; slice++) {
      await work(id, 1, 9 * MINUTE);
      expect(await attemptAfter(id, 5 * MINUTE)).toBe(1);
    }
  });

  it('is left alone for two hours while another run works, for which its activities may have to wait', async () => {
    const { startRunning, attemptAfter, work } = setUp();
    const id = await startRunning();
    const other = await startRunning({ ...REQUEST, destination: `${destination}other/` });

    for (let times = 0; times < 7; times++) {
      await work(other, 1, 17 * MINUTE);
      expect(await attemptAfter(id, 0)).toBe(1);
    }
    expect(await attemptAfter(id, MINUTE)).toBe(2);
  });

  it('is left alone when an operator has suspended it', async () => {
    const { instances, startRunning, attemptAfter } = setUp();
    const id = await startRunning();
    instances.set(`${id}-1`, 'suspended');

    expect(await attemptAfter(id, 24 * 60 * MINUTE)).toBe(1);
  });

  it('gets five minutes to continue by itself when the whole app was stopped', async () => {
    const { time, startApp, startRunning, attemptAfter } = setUp();
    const id = await startRunning();
    time.now += 3 * 24 * 60 * MINUTE;
    const restarted = startApp();

    expect([await attemptAfter(id, 5 * MINUTE - 1, restarted), await attemptAfter(id, 1, restarted)]).toEqual([1, 2]);
  });
});
