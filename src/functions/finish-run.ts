import type { InvocationContext } from '@azure/functions';
import type { ActivityOptions } from 'durable-functions';
import type { Bridge } from '../bridge.ts';
import type { RunEnd } from '../runs/finish-run.ts';
import type { RunRecord } from '../runs/record.ts';

interface FinishRunInput {
  readonly runId: string;
  readonly end: RunEnd;
}

/** The activity that ends a run. It logs the end, at a level that alerts can go by. */
export function finishRunActivity(bridge: Bridge): ActivityOptions {
  return {
    handler: async ({ runId, end }: FinishRunInput, context) => {
      const record = await bridge.finishRun(runId, end);
      if (record !== undefined) logEnd(record, context);
    },
  };
}

function logEnd({ id, job, state, counts, failure }: RunRecord, context: InvocationContext): void {
  const run = job === undefined ? `Run ${id}` : `Run ${id} of job ${job}`;
  const objects = `${counts?.listed} listed, ${counts?.copied} copied, ${counts?.unchanged} unchanged, ${counts?.skipped} skipped, ${counts?.failed} failed`;
  if (state === 'failed') context.error(`${run} failed: ${failure?.message} (${objects})`);
  else if (state === 'completed-with-failures') context.warn(`${run} ended with failures: ${objects}. Its report says which and why.`);
  else if (state === 'succeeded' && counts?.listed === 0 && counts.extraneous > 0)
    context.warn(`${run} found nothing at its source, but ${counts.extraneous} objects at its destination. Is the source right?`);
  else context.log(`${run} ${state}: ${objects}.`);
}
