import type { FailedReceipt } from '../sync/receipt.ts';
import { type Counts, NO_COUNTS } from '../sync/tally.ts';
import { ONLY_SHARD } from './finish-run.ts';
import { isOver, type RunRecord } from './record.ts';
import { progressOf, type ShardStates } from './shard-state.ts';

/** What a running run is doing. */
export type RunPhase = 'waiting' | 'copying' | 'reporting' | 'cancelling' | 'ended';

/** A run as `GET /api/runs/{id}` shows it. */
export interface RunView extends Omit<RunRecord, 'counts'> {
  readonly phase: RunPhase;
  readonly counts: Counts;
  /** From the first slice's start until now, or until the end. */
  readonly seconds: number;
  /** Copied bytes a second over that time. */
  readonly bytesPerSecond: number;
  /** The first few objects that failed. */
  readonly firstFailures: readonly FailedReceipt[];
  readonly links: { readonly self: string; readonly report: string; readonly cancel: string };
}

/** Adds to a run's record what its shards say. `baseUrl` is where the HTTP functions are, such as `https://<app>/api`. */
export async function viewRun(shards: ShardStates, record: RunRecord, baseUrl: string, now: number): Promise<RunView> {
  const shard = await shards.find(record.id, ONLY_SHARD);
  const progress = progressOf(shard);
  const counts = record.counts ?? progress.counts;
  const seconds = secondsOf(record, now);
  const self = `${baseUrl}/runs/${record.id}`;
  return {
    ...record,
    phase: phaseOf(record, shard.isDone),
    counts: { ...NO_COUNTS, ...counts },
    seconds,
    bytesPerSecond: seconds === 0 ? 0 : Math.round(counts.copiedBytes / seconds),
    firstFailures: progress.failures,
    links: { self, report: `${self}/report`, cancel: `${self}/cancel` },
  };
}

function secondsOf({ startedAt, endedAt }: RunRecord, now: number): number {
  if (startedAt === undefined) return 0;
  const end = endedAt === undefined ? now : Date.parse(endedAt);
  return (end - Date.parse(startedAt)) / 1_000;
}

function phaseOf({ state, cancelRequestedAt }: RunRecord, isDone: boolean): RunPhase {
  if (isOver(state)) return 'ended';
  if (cancelRequestedAt !== undefined) return 'cancelling';
  if (state === 'queued') return 'waiting';
  return isDone ? 'reporting' : 'copying';
}
