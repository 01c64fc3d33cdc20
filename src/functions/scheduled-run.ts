import type { InvocationContext, TimerFunctionOptions } from '@azure/functions';
import { input } from 'durable-functions';
import type { Bridge } from '../bridge.ts';
import type { Job } from '../jobs.ts';
import { RunConflictError } from '../runs/runs.ts';
import { engineOf } from './durable-engine.ts';
import { runRequestOf } from './run-request.ts';

/** The timer of one job: starts it on its schedule, unless it is still running. */
export function scheduledRunFunction({ runs, settings }: Bridge, job: Job, schedule: string): TimerFunctionOptions {
  return {
    schedule,
    extraInputs: [input.durableClient()],
    handler: async (_timer, context: InvocationContext) => {
      try {
        const { id } = await runs.start(engineOf(context), runRequestOf(job, settings), 'timer');
        context.log(`Job ${job.name}: started run ${id}.`);
      } catch (error) {
        if (!(error instanceof RunConflictError)) throw error;
        context.warn(`Job ${job.name}: not started, since run ${error.runId} is still under way.`);
      }
    },
  };
}
