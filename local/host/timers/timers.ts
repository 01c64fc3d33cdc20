import { parseNcrontab } from '../../../src/config/schedules/ncrontab.ts';
import { type AppSettings, resolveSettings } from '../app-settings.ts';
import type { RegisteredFunction } from '../functions-core.ts';
import type { TypedData } from '../typed-data.ts';
import { nextInZone } from './zoned-schedule.ts';

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

/** A timer that fires later than this was missed: the machine slept, or the process was stopped. */
const PAST_DUE_MS = 60_000;

/** Node counts the milliseconds of a timer with 31 bits. */
const MAX_DELAY_MS = 2 ** 31 - 1;

interface Schedule {
  nextAfter(instant: number): number | undefined;
  /** What the function gets to know about its schedule; counts as the given occurrence, or as one that is now. */
  tick(occurrence?: number): TypedData;
}

/** Starts the app's timer functions by their NCRONTAB schedules, of six fields, or of five without seconds. */
export function startTimers(functions: readonly RegisteredFunction[], { settings, invoke, onError }: TimerOptions): Timers {
  const timers = new Map<string, { readonly registered: RegisteredFunction; readonly schedule: Schedule; stop(): void }>();

  async function run(name: string, occurrence?: number): Promise<void> {
    const timer = timers.get(name);
    if (timer === undefined) throw new Error(`The app has no timer function named "${name}" that is switched on.`);
    await invoke(timer.registered, timer.schedule.tick(occurrence));
  }

  for (const registered of functions.filter(({ trigger }) => trigger.type === 'timerTrigger')) {
    const { name, trigger } = registered;
    const runSafely = (occurrence?: number) => run(name, occurrence).catch((error: unknown) => onError(error, name));
    try {
      const schedule = createSchedule(String(trigger.options['schedule']), settings);
      timers.set(name, { registered, schedule, stop: keepTime(schedule, runSafely) });
      if (trigger.options['runOnStartup'] === true) void runSafely();
    } catch (error) {
      onError(error, name);
    }
  }
  return {
    invoke: (name) => run(name),
    stop() {
      for (const timer of timers.values()) timer.stop();
    },
  };
}

/** Runs at each occurrence; one that comes while it runs follows at once, and others that come meanwhile are left out. */
function keepTime(schedule: Schedule, run: (occurrence: number) => Promise<void>): () => void {
  let timeout: NodeJS.Timeout | undefined;
  let isStopped = false;

  function waitFor(occurrence: number | undefined): void {
    if (isStopped || occurrence === undefined) return;
    const wait = Math.min(Math.max(occurrence - Date.now(), 0), MAX_DELAY_MS);
    timeout = setTimeout(() => void arrive(occurrence), wait);
  }

  async function arrive(occurrence: number): Promise<void> {
    if (Date.now() < occurrence) return waitFor(occurrence);
    const startedAt = Date.now();
    await run(occurrence);
    waitFor(schedule.nextAfter(startedAt));
  }

  waitFor(schedule.nextAfter(Date.now()));
  return () => {
    isStopped = true;
    clearTimeout(timeout);
  };
}

function createSchedule(expression: string, settings: AppSettings): Schedule {
  const ncrontab = parseNcrontab(resolveSettings(expression, settings));
  const zone = settings['WEBSITE_TIME_ZONE'] ?? 'UTC';
  const nextAfter = (instant: number) => nextInZone(ncrontab, zone, instant);
  let last = '0001-01-01T00:00:00+00:00';
  return {
    nextAfter,
    tick(occurrence) {
      const now = Date.now();
      const next = nextAfter(now);
      const info = {
        Schedule: { AdjustForDST: true },
        ScheduleStatus: { Last: last, LastUpdated: last, ...(next !== undefined && { Next: new Date(next).toISOString() }) },
        IsPastDue: occurrence !== undefined && now - occurrence > PAST_DUE_MS,
      };
      last = new Date(now).toISOString();
      return { json: JSON.stringify(info) };
    },
  };
}
