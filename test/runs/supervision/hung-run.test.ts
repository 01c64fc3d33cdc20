import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPulses } from '../../../src/runs/attempt/pulse.ts';
import { failRun, stopOf } from '../../../src/runs/attempt/stop.ts';
import type { Engine, InstanceStatus } from '../../../src/runs/engine.ts';
import { createLocks } from '../../../src/runs/lock.ts';
import { createRunRecords, type RunRecord, type RunRequest } from '../../../src/runs/record.ts';
import { createRuns, RunConflictError } from '../../../src/runs/runs.ts';
import { HUNG_MESSAGE } from '../../../src/runs/supervision/hung-run.ts';
import { runRecord } from '../../support/run-records.ts';
import { type StateServer, startStateServer } from '../../support/servers/state-server.ts';

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
    return createRuns({ records, locks: createLocks(state), pulses: createPulses(state, clock), notify, patienceMs: 500, clock });
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
  const look = async (id: string, app = runs) => (await app.find(engine, id))?.attempt;
  /** The supervisor looks each minute, and at the end. */
  const attemptAfter = async (id: string, milliseconds: number, app = runs) => {
    for (let left = milliseconds; left > 0; left -= MINUTE) {
      time.now += Math.min(left, MINUTE);
      await look(id, app);
    }
    return look(id, app);
  };
  /** An activity of the attempt that takes `milliseconds`, in a worker of its own. */
  const work = async (id: string, attempt: number, milliseconds: number, skew = 0) => {
    const pulses = createPulses(state, () => time.now + skew);
    await pulses.during({ runId: id, attempt }, async () => undefined);
    time.now += milliseconds;
    await pulses.during({ runId: id, attempt }, async () => undefined);
    await expect.poll(() => pulses.find({ id, attempt })).toEqual({ at: time.now + skew });
  };
  /** A process that works on a run all the time. */
  const startWorker = (id: string) => {
    const pulses = createPulses(state, clock);
    return {
      async work(milliseconds: number) {
        time.now += milliseconds;
        await pulses.during({ runId: id, attempt: 1 }, async () => undefined);
        await new Promise((resolve) => setTimeout(resolve, 30));
      },
    };
  };
  return { records, engine, instances, runs, startApp, notified, time, start, startRunning, attemptAfter, look, work, startWorker };
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
    const resumed: RunRecord[] = [];

    for (let minutes = 0; minutes < 6; minutes++) {
      time.now += MINUTE;
      resumed.push(...(await runs.resumeAll(engine)));
    }

    expect(resumed).toMatchObject([{ id, attempt: 2 }]);
  });

  it('is noticed although the engine never answers about another one', async () => {
    const { engine, runs, instances, start, startRunning, time } = setUp();
    const mute = await startRunning();
    const id = await start('ended', { ...REQUEST, destination: `${destination}other/` });
    const { status } = engine;
    engine.status = (instance) => (instance === `${mute}-1` ? new Promise(() => undefined) : status(instance));
    time.now += MINUTE;

    expect(await runs.resumeAll(engine)).toMatchObject([{ id, attempt: 2 }]);
    expect(instances.get(`${id}-2`)).toBe('active');
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
    const { startRunning, look, startWorker } = setUp();
    const id = await startRunning();
    const { work } = startWorker(await startRunning({ ...REQUEST, destination: `${destination}other/` }));

    for (let minutes = 1; minutes < 120; minutes++) {
      await work(MINUTE);
      expect(await look(id)).toBe(1);
    }
    await work(MINUTE);
    expect(await look(id)).toBe(2);
  });

  it('is left alone when an operator has suspended it', async () => {
    const { instances, startRunning, attemptAfter } = setUp();
    const id = await startRunning();
    instances.set(`${id}-1`, 'suspended');

    expect(await attemptAfter(id, 24 * 60 * MINUTE)).toBe(1);
  });

  it.each([
    ['the whole app was stopped', true],
    ['the machine was asleep, or the storage away', false],
  ])('gets four minutes to continue by itself when %s', async (_, isRestarted) => {
    const { time, runs, startApp, startRunning, attemptAfter, look } = setUp();
    const id = await startRunning();
    await attemptAfter(id, 15 * MINUTE - 1);
    time.now += 3 * 24 * 60 * MINUTE;
    const app = isRestarted ? startApp() : runs;

    expect(await look(id, app)).toBe(1);
    expect([await attemptAfter(id, 4 * MINUTE - 1, app), await attemptAfter(id, 1, app)]).toEqual([1, 2]);
  });

  it('gets four minutes to continue by itself when it was suspended for a day', async () => {
    const { instances, startRunning, attemptAfter, look } = setUp();
    const id = await startRunning();
    instances.set(`${id}-1`, 'suspended');
    await attemptAfter(id, 24 * 60 * MINUTE);

    instances.set(`${id}-1`, 'active');

    expect(await look(id)).toBe(1);
    expect([await attemptAfter(id, 4 * MINUTE - 1), await attemptAfter(id, 1)]).toEqual([1, 2]);
  });

  it.each([-60, -20, 20, 60])('is left alone while it works on an instance whose clock is %i minutes off', async (minutes) => {
    const { startRunning, look, work } = setUp();
    const id = await startRunning();

    for (let times = 0; times < 60; times++) {
      await work(id, 1, MINUTE, minutes * MINUTE);
      expect(await look(id)).toBe(1);
    }
  });

  it.each([-60, 60])('is noticed within 20 minutes of its last sign of life, when that is of a clock %i minutes off', async (minutes) => {
    const { startRunning, attemptAfter, look, work } = setUp();
    const id = await startRunning();
    for (let times = 0; times < 60; times++) {
      await work(id, 1, MINUTE, minutes * MINUTE);
      await look(id);
    }

    expect(await attemptAfter(id, 4 * MINUTE)).toBe(1);
    expect(await attemptAfter(id, 16 * MINUTE)).toBe(2);
  });

  it('is left alone while another run works whose clock is an hour behind, for a slot may be long in coming', async () => {
    const { startRunning, look, work } = setUp();
    const id = await startRunning();
    const other = await startRunning({ ...REQUEST, destination: `${destination}other/` });

    for (let times = 0; times < 60; times++) {
      await work(other, 1, MINUTE, -60 * MINUTE);
      expect(await look(id)).toBe(1);
    }
  });

  it.each([-120, 120])('is left alone when the clock jumps by %i minutes while it works', async (minutes) => {
    const { time, startRunning, look, startWorker } = setUp();
    const id = await startRunning();
    const { work } = startWorker(id);
    for (let times = 0; times < 30; times++) await work(MINUTE);
    time.now += minutes * MINUTE;

    for (let times = 0; times < 60; times++) {
      expect(await look(id)).toBe(1);
      await work(MINUTE);
    }
  });
});
