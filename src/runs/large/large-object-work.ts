import type { LargeObjectCopier } from '../../sync/large/large-object.ts';
import type { Shutdown } from '../attempt/shutdown.ts';
import { failRun, stopOf, stopRun } from '../attempt/stop.ts';
import { handOverPause, isPaused, pauseAfter, tooSlow, tooThrottled } from '../attempt/throttling.ts';
import type { Turns } from '../attempt/turns.ts';
import { type Ending, endOf, startWatch } from '../attempt/watch.ts';
import type { RunRecord, RunRecords } from '../record.ts';
import type { LargeObjectStep, LargeObjectTask } from './large-object-task.ts';
import type { LargeObject, LargeObjects } from './large-objects.ts';
import type { SavedUploads } from './saved-uploads.ts';

export interface LargeObjectDependencies {
  readonly records: RunRecords;
  readonly largeObjects: LargeObjects;
  readonly uploads: SavedUploads;
  readonly openCopier: (record: RunRecord, sharers?: number) => LargeObjectCopier;
  readonly shutdown: Shutdown;
  readonly turns: Pick<Turns, 'begin'>;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** After so long no part is started. */
  readonly sliceSeconds: number;
  /** Time after that until the work is broken off. */
  readonly graceSeconds: number;
}

/** A large object, and what a step of its copy works with. */
export interface LargeObjectWork {
  readonly record: RunRecord;
  readonly id: string;
  readonly large: LargeObject;
  readonly signal: AbortSignal;
  /** To be told that something has been achieved. */
  progressed(): void;
  hasProgressed(): boolean;
}

/**
 * Does a step of the copy of a large object, under watch. Throws only what another try may cure; what ends the run, or the object, is a
 * result.
 */
export async function workOn(
  dependencies: LargeObjectDependencies,
  task: LargeObjectTask,
  work: (work: LargeObjectWork) => Promise<LargeObjectStep>,
): Promise<LargeObjectStep> {
  const { records, largeObjects, shutdown, clock, sliceSeconds, graceSeconds } = dependencies;
  const record = await records.find(task.runId);
  const stop = stopOf(record, task.attempt);
  if (record === undefined || stop !== undefined) return { step: 'stopped', stop: stop ?? { end: 'superseded' } };
  if (task.pause !== undefined && isPaused(task.pause, clock())) return { step: 'look-again', pause: task.pause };
  const large = await largeObjects.find(task.runId, task.object);
  if (large === undefined)
    throw new Error(`The large object ${task.object} of run ${task.runId} is gone from the state container. Start a new run.`);
  if (large.outcome !== undefined) return { step: 'ended' };
  let hasProgressed = false;
  const progressed = () => {
    hasProgressed = true;
  };
  const watch = startWatch({ records, task, shutdown, limitSeconds: sliceSeconds + graceSeconds });
  const ending = await endOf(
    work({ record, id: task.object, large, signal: watch.signal, progressed, hasProgressed: () => hasProgressed }),
    watch,
  );
  return stepAfter(dependencies, task, ending, hasProgressed);
}

async function stepAfter(
  { records, clock, sliceSeconds, graceSeconds }: LargeObjectDependencies,
  task: LargeObjectTask,
  ending: Ending<LargeObjectStep>,
  hasProgressed: boolean,
): Promise<LargeObjectStep> {
  if (ending.kind === 'done') return ending.result;
  if (ending.kind === 'broken') throw ending.error;
  if (ending.kind === 'stopped') return { step: 'stopped', stop: await stopRun(records, task, ending.stop) };
  if (ending.kind === 'handed-back') return { step: 'look-again', pause: handOverPause(task.pause, clock()) };
  if (ending.kind === 'too-late' && hasProgressed) return { step: 'look-again' };
  const pause = pauseAfter(task.pause, hasProgressed, clock());
  if (pause !== undefined) return { step: 'look-again', pause };
  const failure = ending.kind === 'throttled' ? tooThrottled(ending.error.message) : tooSlow('part', sliceSeconds + graceSeconds);
  return { step: 'stopped', stop: await failRun(records, task, failure) };
}
