import { afterEach, describe, expect, it, vi } from 'vitest';
import type { RegisteredFunction } from '../../../local/host/functions-core.ts';
import { startTimers, type Timers } from '../../../local/host/timers/timers.ts';
import { startFixture } from './fixture.ts';

const never = '0 0 0 1 1 *';

function timerFunction(schedule: string, options: Record<string, unknown> = {}): RegisteredFunction {
  return { name: 'tick', durableClients: [], trigger: { name: 'timer', type: 'timerTrigger', options: { schedule, ...options } } };
}

describe('timer functions in the local host', () => {
  const running: { stop(): unknown }[] = [];

  afterEach(async () => {
    for (const host of running.splice(0)) await host.stop();
  });

  async function start(env: Record<string, string> = {}) {
    const host = await startFixture({ env });
    running.push(host);
    const ticks = async () => (await (await fetch(`${host.url}/api/ticks`)).json()) as { scheduleStatus: { last: string; next: string } }[];
    return { ...host, ticks };
  }

  function startOne(registered: RegisteredFunction, settings: Record<string, string> = {}) {
    const errors: unknown[] = [];
    const infos: { IsPastDue: boolean; ScheduleStatus: { Last: string; Next: string } }[] = [];
    const timers: Timers = startTimers([registered], {
      settings,
      invoke: async (_registered, { json = '' }) => void infos.push(JSON.parse(json)),
      onError: (error) => errors.push(error),
    });
    running.push(timers);
    return { timers, infos, errors };
  }

  it('run by a schedule that a setting names', async () => {
    const host = await start({ FIXTURE_SCHEDULE: '* * * * * *' });

    await vi.waitFor(async () => expect((await host.ticks()).length).toBeGreaterThanOrEqual(3), { timeout: 10_000 });
  });

  it('run at the start when they ask for it', async () => {
    const host = await start();

    await vi.waitFor(async () => expect(await host.ticks()).toHaveLength(1));
  });

  it('get the timer as the library describes it', async () => {
    const host = await start({ 'AzureWebJobs.fiveFields.Disabled': 'true' });

    await host.invokeTimer('everySecond');

    expect(await host.ticks()).toEqual([
      {
        isPastDue: false,
        schedule: { adjustForDST: true },
        scheduleStatus: {
          last: '0001-01-01T00:00:00+00:00',
          lastUpdated: '0001-01-01T00:00:00+00:00',
          next: expect.stringMatching(/-01-01T00:00:00.000Z$/),
        },
      },
    ]);
  });

  it('are past due after the machine has slept through their time, and on time after that', async () => {
    vi.useFakeTimers({ now: Date.parse('2026-12-01T00:00:00Z') });
    const { infos } = startOne(timerFunction('0 0 * * * *'));

    vi.setSystemTime(Date.parse('2026-12-01T05:30:00Z'));
    await vi.advanceTimersByTimeAsync(3_600_000);
    await vi.advanceTimersByTimeAsync(3_600_000);
    vi.useRealTimers();

    expect(infos.map(({ IsPastDue }) => IsPastDue)).toEqual([true, false]);
  });

  it('that are switched off do not run', async () => {
    const host = await start({ 'AzureWebJobs.everySecond.Disabled': 'true' });

    await expect(host.invokeTimer('everySecond')).rejects.toThrow('no timer function named "everySecond" that is switched on');
  });

  it('that name a setting which is not set are logged and do not run, and the others do', async () => {
    const host = await start();

    await expect(host.invokeTimer('unset')).rejects.toThrow('no timer function named "unset"');
    await host.invokeTimer('everySecond');
    expect(host.entries).toContainEqual(
      expect.objectContaining({ level: 'error', functionName: 'unset', message: expect.stringContaining('%FIXTURE_UNSET% is not set') }),
    );
  });

  it('reject with what they throw when they are run by hand', async () => {
    const host = await start();

    await expect(host.invokeTimer('failingTimer')).rejects.toThrow('the timer broke');
  });

  it('go on after they threw, and what they threw is reported', async () => {
    const errors: string[] = [];
    const invoke = () => Promise.reject(new Error('broke'));
    running.push(startTimers([timerFunction('* * * * * *')], { settings: {}, invoke, onError: (error) => errors.push(String(error)) }));

    await vi.waitFor(() => expect(errors).toEqual(['Error: broke', 'Error: broke']), { timeout: 10_000 });
  });

  it('are told their previous run', async () => {
    const { timers, infos } = startOne(timerFunction(never));

    await timers.invoke('tick');
    await timers.invoke('tick');

    expect(new Date(infos[1]?.ScheduleStatus.Last ?? '').getFullYear()).toBe(new Date().getFullYear());
  });

  it.each([
    ['six fields', '30 15 3 * * *', {}, 'T03:15:30.000Z'],
    ['five fields', '15 3 * * *', {}, 'T03:15:00.000Z'],
    ['a time zone without summer time', '0 15 3 * * *', { WEBSITE_TIME_ZONE: 'Asia/Tokyo' }, 'T18:15:00.000Z'],
  ])('understand %s', async (_case, schedule, settings, next) => {
    const { timers, infos } = startOne(timerFunction(schedule), settings);

    await timers.invoke('tick');

    expect(infos[0]?.ScheduleStatus.Next).toContain(next);
  });

  it('whose schedule is none are reported', () => {
    const { errors } = startOne(timerFunction('every now and then'));

    expect(errors).toHaveLength(1);
  });
});
