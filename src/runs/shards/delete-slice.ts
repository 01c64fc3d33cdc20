import { type DeletionRequest, deleteExtraneous } from '../../sync/delete/delete-extraneous.ts';
import { reasonNotToDelete } from '../../sync/delete/deletion-guard.ts';
import { countUncopied } from '../../sync/delete/uncopied.ts';
import type { ExtraneousObject, Receipt } from '../../sync/outcomes/receipt.ts';
import { compareKeys } from '../../sync/store/key-order.ts';
import { pauseOrFail } from '../attempt/pause-or-fail.ts';
import { stopOf, stopRun } from '../attempt/stop.ts';
import { handOverPause, isPaused, tooSlow, tooThrottled } from '../attempt/throttling.ts';
import { endOf, startWatch } from '../attempt/watch.ts';
import { fullMappingOf } from '../options/mapping-of.ts';
import type { RunRecord } from '../record.ts';
import { readReceipts } from '../report/read-receipts.ts';
import { openSliceLog } from '../report/slice-log.ts';
import type { CountedEnding } from './complete-slice.ts';
import type { LaneTask, SliceResult } from './lane-task.ts';
import { type ShardPlan, shardsInOrder } from './shard-plan.ts';
import type { ShardState } from './shard-state.ts';
import type { SliceDependencies } from './slice-dependencies.ts';
import { type Reached, trackProgress } from './track-progress.ts';

type Dependencies = Omit<SliceDependencies, 'largeObjects' | 'largeObjectBytes' | 'pool'>;

/** Deletions come last, one slice after the other. */
export type DeletionTask = Omit<LaneTask, 'lane'>;

type Guard = NonNullable<RunRecord['options']['delete']>;

/** The input of a slice of the deletions. */
interface Deletions {
  readonly record: RunRecord;
  readonly guard: Guard;
  readonly plan: ShardPlan;
  readonly before: ShardState;
}

/**
 * Does the next slice of a run's deletions, which begin when all is compared, and only within the limits of the option `delete`. May be
 * called again for a slice that was done, or that died half-way. Throws what another try may cure.
 */
export async function deleteSlice(dependencies: Dependencies, task: DeletionTask): Promise<SliceResult> {
  const { records, plans, shards, clock } = dependencies;
  const record = await records.find(task.runId);
  const stop = stopOf(record, task.attempt);
  if (record === undefined || stop !== undefined) return stop ?? { end: 'superseded' };
  if (task.pause !== undefined && isPaused(task.pause, clock())) return { end: 'wait', pause: task.pause };
  const guard = record.options.delete;
  if (guard === undefined) return { end: 'done' };
  const before = await shards.begin(record.id, 'deletions', task.pause);
  if (before.isListed) return { end: 'done' };
  const plan = await plans.find(record.id);
  if (plan === undefined || plan.shards.some(({ isDone }) => isDone === undefined))
    throw new Error(`Run ${record.id} was about to delete before all was compared. Nothing was deleted.`);
  const reason = before.nextSlice === 0 ? await reasonToHoldBack(dependencies, { record, guard, plan }) : undefined;
  if (reason !== undefined) return holdAllBack(dependencies, task, reason);
  return deleteSome(dependencies, task, { record, guard, plan, before });
}

/** The receipts of a finished comparison do not change, so that it is asked once. */
async function reasonToHoldBack({ state }: Dependencies, { record, guard, plan }: Omit<Deletions, 'before'>): Promise<string | undefined> {
  const { counts } = plan.done;
  if (counts.extraneous === 0) return undefined;
  return reasonNotToDelete(guard, { ...counts, uncopied: await countUncopied(readReceipts(state, record.id, shardsInOrder(plan))) });
}

async function holdAllBack({ records }: Dependencies, { runId, attempt }: DeletionTask, message: string): Promise<SliceResult> {
  const record = await records.update(runId, (latest) =>
    latest.deletion !== undefined || stopOf(latest, attempt) !== undefined
      ? undefined
      : { ...latest, deletion: { state: 'held-back', message } },
  );
  return stopOf(record, attempt) ?? { end: 'done' };
}

async function deleteSome(dependencies: Dependencies, task: DeletionTask, deletions: Deletions): Promise<SliceResult> {
  const { state, records, shards, shutdown, sliceSeconds, graceSeconds, clock } = dependencies;
  const { record, before } = deletions;
  const logged = { runId: record.id, shard: 'deletions', slice: before.nextSlice, startAfter: before.checkpoint } as const;
  const progress = trackProgress({ receipts: openSliceLog<Receipt>(state, 'receipts', logged, clock()) });
  const keep = async () => shards.report(record.id, 'deletions', before.nextSlice, (await progress.flushed()).progress);
  const watch = startWatch({ records, task, shutdown, limitSeconds: sliceSeconds + graceSeconds, beat: keep });
  const end = await endOf(deleteExtraneous(requestOf(dependencies, deletions, watch.signal), progress.takeReceipt), watch);
  if (end.kind !== 'stopped' && end.kind !== 'broken') return enter(dependencies, task, before, await progress.flushed(), end);
  // The original failure is the one to report. Progress that cannot be saved is made again.
  await keep().catch(() => undefined);
  if (end.kind === 'broken') throw end.error;
  return stopRun(records, task, end.stop);
}

function requestOf(dependencies: Dependencies, deletions: Deletions, signal: AbortSignal): DeletionRequest {
  const { openStores, turns, sliceSeconds, clock } = dependencies;
  const { record } = deletions;
  const stores = openStores(record);
  return {
    ...stores,
    mapping: fullMappingOf(record, stores),
    found: foundIn(dependencies, deletions),
    concurrency: record.options.concurrency,
    isRehearsal: record.options.dryRun === true,
    clock,
    softDeadline: clock() + sliceSeconds * 1_000,
    mustYield: turns.begin(),
    signal,
  };
}

/** Enters what the slice has done, and says what comes next. */
async function enter(
  dependencies: Dependencies,
  task: DeletionTask,
  { nextSlice }: ShardState,
  { progress }: Reached,
  ending: CountedEnding,
): Promise<SliceResult> {
  const { shards, sliceSeconds, graceSeconds, clock } = dependencies;
  const isListed = ending.kind === 'done' && ending.result === 'done';
  const hasProgressed = isListed || progress.checkpoint !== undefined;
  if (hasProgressed) await shards.finish(task.runId, 'deletions', nextSlice, { progress, isListed, large: [], splitAt: [] });
  if (ending.kind === 'throttled') return pauseOrFail(dependencies, task, hasProgressed, tooThrottled(ending.error.message));
  if (!hasProgressed && ending.kind === 'handed-back') return { end: 'wait', pause: handOverPause(task.pause, clock()) };
  if (!hasProgressed) return pauseOrFail(dependencies, task, hasProgressed, tooSlow('object', sliceSeconds + graceSeconds));
  return { end: isListed ? 'done' : 'more' };
}

/** The remaining objects to delete; no more than the limit, even where executions that died have found more. */
async function* foundIn({ state }: Dependencies, { record, guard, plan, before }: Deletions): AsyncGenerator<ExtraneousObject> {
  const { checkpoint, counts } = before;
  let left = guard.maxCount - counts.deleted;
  for await (const receipt of readReceipts(state, record.id, shardsInOrder(plan))) {
    if (receipt.action !== 'extraneous' || (checkpoint !== undefined && compareKeys(receipt.key, checkpoint) <= 0)) continue;
    if (left-- <= 0) return;
    yield receipt;
  }
}
