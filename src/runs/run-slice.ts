import type { BufferPool } from '../sync/buffer-pool.ts';
import { syncSlice } from '../sync/slice.ts';
import type { Store } from '../sync/store.ts';
import { isStoreError } from '../sync/store-error.ts';
import { startHeartbeat } from './heartbeat.ts';
import { openReceiptLog } from './receipt-log.ts';
import { isOver, type RunFailure, type RunRecord, type RunRecords } from './record.ts';
import type { ShardStates, SliceProgress } from './shard-state.ts';
import type { State } from './state.ts';
import { type Progress, trackProgress } from './track-progress.ts';

export interface SliceTask {
  readonly runId: string;
  readonly shard: number;
  /** Counts from 0. */
  readonly slice: number;
}

export type SliceResult =
  | { readonly end: 'done' | 'cancelled' }
  | { readonly end: 'more'; readonly nextSlice: number }
  | { readonly end: 'failed'; readonly failure: RunFailure };

export interface SliceDependencies {
  readonly state: State;
  readonly records: RunRecords;
  readonly shards: ShardStates;
  readonly openStores: (record: RunRecord) => { readonly source: Store; readonly destination: Store };
  readonly pool: BufferPool;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** After so long a slice starts no new object. */
  readonly sliceSeconds: number;
  /** So long after that it is broken off: the worker must not be killed for it, since other runs are in the same one. */
  readonly graceSeconds: number;
}

/**
 * Does one slice of a run's shard. May be called again for a slice that was done, or that died half-way. Throws only what another try may
 * cure (the service or the network was not there); what ends the run is a result.
 */
export async function runSlice(dependencies: SliceDependencies, task: SliceTask): Promise<SliceResult> {
  const { records, shards, clock } = dependencies;
  const startedAt = new Date(clock()).toISOString();
  const record = await records.update(task.runId, (latest) =>
    latest.state === 'queued' ? { ...latest, state: 'running', startedAt } : undefined,
  );
  if (mustStop(record)) return { end: 'cancelled' };
  const shard = await shards.find(task.runId, task.shard);
  if (shard.isDone) return { end: 'done' };
  if (shard.nextSlice > task.slice) return { end: 'more', nextSlice: shard.nextSlice };
  return syncFrom(shard.checkpoint, record, dependencies, task);
}

async function syncFrom(
  checkpoint: string | undefined,
  record: RunRecord,
  dependencies: SliceDependencies,
  task: SliceTask,
): Promise<SliceResult> {
  const { state, openStores, pool, clock, sliceSeconds, graceSeconds } = dependencies;
  const progress = trackProgress(openReceiptLog(state, task.runId, task.shard, task.slice, clock()));
  const cancel = new AbortController();
  const tooLate = AbortSignal.timeout((sliceSeconds + graceSeconds) * 1_000);
  const heart = startHeartbeat(() => beat(dependencies, task, progress, cancel));
  try {
    const end = await syncSlice(
      {
        ...openStores(record),
        ...(checkpoint === undefined ? {} : { startAfter: checkpoint }),
        comparison: record.options.compare,
        concurrency: record.options.concurrency,
        pool,
        clock,
        softDeadline: clock() + sliceSeconds * 1_000,
        signal: AbortSignal.any([cancel.signal, heart.failed, tooLate]),
      },
      progress.take,
    );
    await heart.stop();
    return await handOver(dependencies, task, await progress.flushed(), end === 'done');
  } catch (error) {
    await heart.stop();
    if (tooLate.aborted && !cancel.signal.aborted) return handOver(dependencies, task, await progress.flushed(), false);
    // The error above is the one to tell. Progress that cannot be kept is made again.
    await keep(dependencies, task, progress).catch(() => undefined);
    return cancel.signal.aborted ? { end: 'cancelled' } : failureOrThrow(heart.failed.aborted ? heart.failed.reason : error);
  }
}

/** Enters what the slice has done, and says whether the shard needs another. */
async function handOver(
  { shards, sliceSeconds, graceSeconds }: SliceDependencies,
  { runId, shard, slice }: SliceTask,
  reached: SliceProgress,
  isLast: boolean,
): Promise<SliceResult> {
  if (!isLast && reached.checkpoint === undefined) return { end: 'failed', failure: tooSlow(sliceSeconds + graceSeconds) };
  const { isDone, nextSlice } = await shards.finish(runId, shard, slice, reached, isLast);
  return isDone ? { end: 'done' } : { end: 'more', nextSlice };
}

function tooSlow(seconds: number): RunFailure {
  const message = `Not one object was done within ${seconds} s. Lower options.concurrency, or raise BRIDGE_SLICE_SECONDS, and look at the network.`;
  return { code: 'too-slow', message };
}

async function keep({ shards }: SliceDependencies, { runId, shard, slice }: SliceTask, progress: Progress): Promise<void> {
  await shards.report(runId, shard, slice, await progress.flushed());
}

async function beat(dependencies: SliceDependencies, task: SliceTask, progress: Progress, cancel: AbortController): Promise<void> {
  await keep(dependencies, task, progress);
  if (mustStop(await dependencies.records.find(task.runId))) cancel.abort();
}

/** A run that was ended from outside has given its lock away. */
function mustStop(record: RunRecord | undefined): boolean {
  return record === undefined || record.cancelRequestedAt !== undefined || isOver(record.state);
}

/** A whole store that is unreachable or throttled may be back soon: the engine tries again. */
function failureOrThrow(error: unknown): SliceResult {
  if (isStoreError(error, 'unavailable', 'throttled') || !isStoreError(error)) throw error;
  return { end: 'failed', failure: { code: error.code, message: error.message } };
}
