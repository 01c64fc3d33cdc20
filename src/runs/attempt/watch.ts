import { isStoreError, type StoreError } from '../../sync/store/store-error.ts';
import type { RunRecords } from '../record.ts';
import { startHeartbeat } from './heartbeat.ts';
import type { Shutdown } from './shutdown.ts';
import { type AttemptTask, runFailureOf, type Stop, stopOf } from './stop.ts';

interface WatchOptions {
  readonly records: RunRecords;
  readonly task: AttemptTask;
  readonly shutdown: Pick<Shutdown, 'onBreakOff'>;
  /** After so long the work is broken off. */
  readonly limitSeconds: number;
  /** Keeps progress, every two seconds. */
  readonly beat?: () => Promise<void>;
}

/** Stands beside the work of an activity, and breaks it off when it has to stop. */
export interface Watch {
  /** Fires when the run is to stop, when the time is up, when the process ends, and when progress cannot be kept. */
  readonly signal: AbortSignal;
  /** Ends the watch; why the work was broken off: the run is to stop, the process ends, or the time was up. Throws what kept the progress from being kept. */
  end(): Promise<Stop | 'handed-back' | 'too-late' | undefined>;
}

/** How watched work ended: by itself, or because of what it was broken off. */
export type Ending<T> =
  | { readonly kind: 'done'; readonly result: T }
  | { readonly kind: 'too-late' }
  /** The process ends; another one goes on. */
  | { readonly kind: 'handed-back' }
  | { readonly kind: 'throttled'; readonly error: StoreError }
  | { readonly kind: 'stopped'; readonly stop: Stop }
  /** Another try may cure it. */
  | { readonly kind: 'broken'; readonly error: unknown };

/** Waits for watched work. */
export async function endOf<T>(work: Promise<T>, watch: Watch): Promise<Ending<T>> {
  try {
    const result = await work;
    await watch.end();
    return { kind: 'done', result };
  } catch (error) {
    const brokenOff = await watch.end();
    if (brokenOff === 'too-late' || brokenOff === 'handed-back') return { kind: brokenOff };
    if (brokenOff !== undefined) return { kind: 'stopped', stop: brokenOff };
    if (isStoreError(error, 'throttled')) return { kind: 'throttled', error };
    const failure = runFailureOf(error);
    return failure === undefined ? { kind: 'broken', error } : { kind: 'stopped', stop: { end: 'failed', failure } };
  }
}

export function startWatch({ records, task, shutdown, limitSeconds, beat }: WatchOptions): Watch {
  const stopping = new AbortController();
  const tooLate = AbortSignal.timeout(limitSeconds * 1_000);
  let stop: Stop | undefined;
  const endingProcess = new AbortController();
  const takeBack = shutdown.onBreakOff(() => endingProcess.abort());
  const heart = startHeartbeat(async () => {
    await beat?.();
    stop = stopOf(await records.find(task.runId), task.attempt);
    if (stop !== undefined) stopping.abort();
  });
  return {
    signal: AbortSignal.any([stopping.signal, endingProcess.signal, heart.failed, tooLate]),
    async end() {
      takeBack();
      await heart.stop();
      if (stop !== undefined) return stop;
      heart.failed.throwIfAborted();
      if (endingProcess.signal.aborted) return 'handed-back';
      return tooLate.aborted ? 'too-late' : undefined;
    },
  };
}
