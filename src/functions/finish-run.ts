import type { InvocationContext } from '@azure/functions';
import type { ActivityOptions } from 'durable-functions';
import type { Bridge } from '../bridge.ts';
import type { FinishAnswer, FinishTask } from '../runs/finish-run.ts';
import { isOver, type RunRecord } from '../runs/record.ts';
import { type Counts, NO_COUNTS } from '../sync/tally.ts';

/** The activity that ends a run. It logs the end, at a level that alerts can go by. */
export function finishRunActivity(bridge: Bridge): ActivityOptions {
  return {
    handler: async (task: FinishTask, context): Promise<FinishAnswer> => {
      const record = await bridge.activities.finishRun(task);
      if (record !== undefined) logEnd(record, context);
      return { notify: bridge.settings.webhook !== undefined && record !== undefined && isOver(record.state) };
    },
  };
}

function logEnd({ id, job, state, counts, failure, attempt, interruptions, deletion }: RunRecord, context: InvocationContext): void {
  const run = job === undefined ? `Run ${id}` : `Run ${id} of job ${job}`;
  const objects = `${counts?.listed} listed, ${counts?.copied} copied, ${counts?.unchanged} unchanged, ${counts?.skipped} skipped, ${counts?.failed} failed${deletionsOf(counts)}`;
  if (deletion !== undefined) context.warn(`${run}: ${deletion.message}`);
  if (state === 'running')
    context.warn(`${run}: attempt ${attempt} was interrupted, the next one follows: ${interruptions?.at(-1)?.message}`);
  else if (state === 'failed') context.error(`${run} failed: ${failure?.message} (${objects})`);
  else if (state === 'completed-with-failures') context.warn(`${run} ended with failures: ${objects}. Its report says which and why.`);
  else if (state === 'succeeded' && counts?.listed === 0 && counts.extraneous > 0)
    context.warn(`${run} found nothing at its source, but ${counts.extraneous} objects at its destination. Is the source right?`);
  else context.log(`${run} ${state}: ${objects}.`);
}

function deletionsOf({ deleted, deletionsFailed }: Pick<Counts, 'deleted' | 'deletionsFailed'> = NO_COUNTS): string {
  return deleted + deletionsFailed > 0 ? `, ${deleted} deleted, ${deletionsFailed} not deleted` : '';
}
