import { Cron } from 'croner';
import { type AppSettings, resolveSettings } from './app-settings.ts';
import type { RegisteredFunction } from './functions-core.ts';
import type { TypedData } from './typed-data.ts';

interface TimerOptions {
  /** For `%NAME%` in schedules and for `WEBSITE_TIME_ZONE`; without that, schedules are in UTC. */
  readonly settings: AppSettings;
  invoke(registered: RegisteredFunction, trigger: TypedData): Promise<unknown>;
  /** Hears of a timer function that threw, or whose schedule cannot be used; the other timers go on. */
  onError(error: unknown, functionName: string): void;
}

/** The timers of an app, going. */
export interface Timers {
  /** Runs a timer function now, whatever its schedule says; rejects with what it throws. */
  invoke(name: string): Promise<void>;
  stop(): void;
}

interface Schedule {
  readonly cron: Cron;
  /** What the function is told about its schedule; counts as an occurrence. */
  tick(): TypedData;
}

/** Starts the app's timer functions by their NCRONTAB schedules, of six fields, or of five without seconds. */
export function startTimers(functions: readonly RegisteredFunction[], { settings, invoke, onError }: TimerOptions): Timers {
  const timers = new Map<string, { readonly registered: RegisteredFunction; readonly schedule: Schedule }>();

  async function run(name: string): Promise<void> {
    const timer = timers.get(name);
    if (timer === undefined) throw new Error(`The app has no timer function named "${name}" that is switched on.`);
    await invoke(timer.registered, timer.schedule.tick());
  }

  for (const registered of functions.filter(({ trigger }) => trigger.type === 'timerTrigger')) {
    const { name, trigger } = registered;
    const runSafely = () => run(name).catch((error: unknown) => onError(error, name));
    try {
      const schedule = createSchedule(String(trigger.options['schedule']), settings);
      timers.set(name, { registered, schedule });
      schedule.cron.schedule(runSafely);
      if (trigger.options['runOnStartup'] === true) void runSafely();
    } catch (error) {
      onError(error, name);
    }
  }
  return {
    invoke: run,
    stop() {
      for (const { schedule } of timers.values()) schedule.cron.stop();
    },
  };
}

function createSchedule(expression: string, settings: AppSettings): Schedule {
  // A timer function never overlaps with itself: an occurrence that comes while it runs is left out.
  const options = { mode: '5-or-6-parts', timezone: settings['WEBSITE_TIME_ZONE'] ?? 'UTC', protect: true } as const;
  const cron = new Cron(resolveSettings(expression, settings), options);
  let last = '0001-01-01T00:00:00+00:00';
  return {
    cron,
    tick() {
      const next = cron.nextRun()?.toISOString();
      const now = new Date().toISOString();
      const info = { Schedule: { AdjustForDST: true }, ScheduleStatus: { Last: last, LastUpdated: last, Next: next }, IsPastDue: false };
      last = now;
      return { json: JSON.stringify(info) };
    },
  };
}
