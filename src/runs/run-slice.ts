import { setTimeout as wait } from 'node:timers/promises';
import type { BufferPool } from '../sync/buffer-pool.ts';
import { type Outcome, syncSlice } from '../sync/slice.ts';
import type { Store } from '../sync/store.ts';
import { isStoreError } from '../sync/store-error.ts';
import { addCounts, countsOf } from '../sync/tally.ts';
import { openReceiptLog, type ReceiptLog } from './receipt-log.ts';
import type { RunFailure, RunRecord, RunRecords } from './record.ts';
import { MAX_SHOWN_FAILURES, NO_PROGRESS, type ShardStates, type SliceProgress } from './shard-state.ts';
import type { State } from './state.ts';

/** How often receipts and progress are kept and a request to cancel is looked for. */
const HEARTBEAT_MS = 2_000;

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
  if (record.cancelRequestedAt !== undefined) return { end: 'cancelled' };
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
  const { state, shards, openStores, pool, clock, sliceSeconds } = dependencies;
  const { runId, shard, slice } = task;
  const receipts = openReceiptLog(state, runId, shard, slice, clock());
  const progress = trackProgress(receipts);
  const cancel = new AbortController();
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
        signal: AbortSignal.any([cancel.signal, heart.failed]),
      },
      progress.take,
    );
    await heart.stop();
    const finished = await progress.flushed();
    const { isDone, nextSlice } = await shards.finish(runId, shard, slice, finished, end === 'done');
    return isDone ? { end: 'done' } : { end: 'more', nextSlice };
  } catch (error) {
    await heart.stop();
    // The error above is the one to tell. Progress that cannot be kept is made again.
    await progress
      .flushed()
      .then((reached) => shards.report(runId, shard, slice, reached))
      .catch(() => undefined);
    return cancel.signal.aborted ? { end: 'cancelled' } : failureOrThrow(heart.failed.aborted ? heart.failed.reason : error);
  }
}

async function beat({ records, shards }: SliceDependencies, task: SliceTask, progress: Progress, cancel: AbortController) {
  await shards.report(task.runId, task.shard, task.slice, await progress.flushed());
  const record = await records.find(task.runId);
  if (record?.cancelRequestedAt !== undefined) cancel.abort();
}

interface Progress {
  take(outcome: Outcome): Promise<void> | undefined;
  /** The progress so far, once its receipts are kept. */
  flushed(): Promise<SliceProgress>;
}

function trackProgress(receipts: ReceiptLog): Progress {
  let progress: SliceProgress = NO_PROGRESS;
  return {
    take(outcome) {
      progress = {
        checkpoint: outcome.key,
        counts: addCounts(progress.counts, countsOf(outcome)),
        failures: failuresWith(progress, outcome),
      };
      return outcome.kind === 'receipt' ? receipts.add(outcome.receipt) : undefined;
    },
    async flushed() {
      const reached = progress;
      await receipts.flush();
      return reached;
    },
  };
}

function failuresWith({ failures }: SliceProgress, outcome: Outcome): SliceProgress['failures'] {
  if (outcome.kind !== 'receipt' || outcome.receipt.action !== 'failed' || failures.length >= MAX_SHOWN_FAILURES) return failures;
  return [...failures, outcome.receipt];
}

/** Calls `beat` again and again until stopped. When it fails, `failed` is aborted: a slice that cannot keep its records must not go on. */
function startHeartbeat(beat: () => Promise<void>) {
  const stopping = new AbortController();
  const failing = new AbortController();
  const beating = (async () => {
    while (!stopping.signal.aborted) {
      await wait(HEARTBEAT_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (!stopping.signal.aborted) await beat();
    }
  })().catch((error) => failing.abort(error));
  return {
    failed: failing.signal,
    async stop() {
      stopping.abort();
      await beating;
    },
  };
}

/** A whole store that is unreachable or throttled may be back soon: the engine tries again. */
function failureOrThrow(error: unknown): SliceResult {
  if (isStoreError(error, 'unavailable', 'throttled') || !isStoreError(error)) throw error;
  return { end: 'failed', failure: { code: error.code, message: error.message } };
}
