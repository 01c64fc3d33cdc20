import type { InvocationContext, Timer, TimerFunctionOptions } from '@azure/functions';
import { input } from 'durable-functions';
import type { Bridge } from '../../app/bridge.ts';
import type { Job } from '../../config/jobs/jobs.ts';
import { startedAt } from '../../runs/record.ts';
import { RunConflictError } from '../../runs/runs.ts';
import { engineOf } from '../durable-engine.ts';
import { runRequestOf } from '../run-request.ts';

/** The host may say that a timer fired some moments later than it did. */
const CLOCK_MS = 2_000;

/** The timer of one job: starts it on its schedule, unless it is still running. */
export function scheduledRunFunction({ runs, settings }: Bridge, job: Job, schedule: string): TimerFunctionOptions {
  return {
    schedule,
    extraInputs: [input.durableClient()],
    handler: async (timer, context: InvocationContext) => {
      try {
        const { id } = await runs.start(engineOf(context), runRequestOf(job, settings), 'timer');
        context.log(`Job ${job.name}: started run ${id}.${timer.isPastDue ? ' It is late: at its time the app was not running.' : ''}`);
      } catch (error) {
        if (!(error instanceof RunConflictError)) throw error;
        logSkipped(job.name, error.runId, timer, context);
      }
    },
  };
}

/** Logs that a run was not started. One occurrence may fall into a long run; a run that outlasts two may hang, and that is an error, for alerts. */
export function logSkipped(name: string, runId: string, timer: Timer, context: Pick<InvocationContext, 'warn' | 'error'>): void {
  // The host keeps no status for schedules of less than a minute.
  const { scheduleStatus }: Partial<Timer> = timer;
  const last = Date.parse(scheduleStatus?.last ?? '');
  if (last > startedAt(runId) + CLOCK_MS)
    context.error(
      `Error: job ${name} was not started, for the second time running, since run ${runId} is still under way. Look at GET /api/runs/${runId}: if it makes no progress, cancel it; if it does, let the schedule leave it more time.`,
    );
  else context.warn(`Job ${name}: not started, since run ${runId} is still under way.`);
}
