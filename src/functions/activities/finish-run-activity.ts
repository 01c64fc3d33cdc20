import type { InvocationContext } from '@azure/functions';
import type { ActivityOptions } from 'durable-functions';
import type { Bridge } from '../../app/bridge.ts';
import type { FinishAnswer, FinishTask } from '../../runs/end/finish-run.ts';
import { isOver, type RunRecord } from '../../runs/record.ts';
import { type Counts, NO_COUNTS } from '../../sync/outcomes/tally.ts';

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

function logEnd(
  { id, job, state, counts, failure, attempt, interruptions, deletion, hint, options }: RunRecord,
  context: InvocationContext,
): void {
  const run = job === undefined ? `Run ${id}` : `Run ${id} of job ${job}`;
  const objects = summaryOf(counts ?? NO_COUNTS, options);
  if (hint !== undefined) context.warn(`${run}: ${hint}`);
  if (deletion !== undefined) context.warn(`${run}: ${deletion.message}`);
  if (state === 'running')
    context.warn(`${run}: attempt ${attempt} was interrupted, the next one follows: ${interruptions?.at(-1)?.message}`);
  else if (state === 'failed') context.error(`${run} failed: ${failure?.message} (${objects})`);
  else if (state === 'completed-with-failures') context.warn(`${run} ended with failures: ${objects}. Its report says which and why.`);
  else if (state === 'succeeded' && counts?.listed === 0 && counts.extraneous > 0)
    context.warn(`${run} found nothing at its source, but ${counts.extraneous} objects at its destination. Is the source right?`);
  else context.log(`${run} ${state}: ${objects}.`);
}

function summaryOf(counts: Counts, { verify, delete: deletes }: RunRecord['options']): string {
  const { listed, failed } = counts;
  if (verify === true)
    return `${listed} listed, ${counts.equal} equal, ${counts.different} different, ${counts.missing} missing, ${counts.unprovable} unprovable, ${failed} failed`;
  const copies = `${listed} listed, ${counts.copied} copied, ${counts.unchanged} unchanged, ${counts.skipped} skipped, ${failed} failed`;
  return deletes === undefined ? copies : `${copies}, ${counts.deleted} deleted, ${counts.deletionsFailed} not deleted`;
}
