import { formatLocation, parseObjectLocation } from '../config/locations.ts';
import type { Settings } from '../config/settings.ts';
import type { Pulses } from '../runs/attempt/pulse.ts';
import type { Shutdown } from '../runs/attempt/shutdown.ts';
import type { AttemptTask } from '../runs/attempt/stop.ts';
import { stopAttempt } from '../runs/attempt/stop-attempt.ts';
import { handOverPause, type Pause } from '../runs/attempt/throttling.ts';
import { createTurns } from '../runs/attempt/turns.ts';
import { type FinishDependencies, finishRun } from '../runs/end/finish-run.ts';
import { notifyRun } from '../runs/end/notify-run.ts';
import { commitLargeObject, copyRange, nextStep } from '../runs/large/copy-large-object.ts';
import type { LargeObjectDependencies } from '../runs/large/large-object-work.ts';
import { carryOptionsOf } from '../runs/options/carry-options-of.ts';
import { limitsOf } from '../runs/options/limits-of.ts';
import type { PairIndexes } from '../runs/pairs/pair-index.ts';
import type { RunRecord } from '../runs/record.ts';
import { deleteSlice } from '../runs/shards/delete-slice.ts';
import { planRun } from '../runs/shards/plan-run.ts';
import { runSlice } from '../runs/shards/run-slice.ts';
import type { SliceDependencies } from '../runs/shards/slice-dependencies.ts';
import { PART_BYTES } from '../sync/copy/copy-parts.ts';
import { createBufferPool } from '../sync/flow/buffer-pool.ts';
import { limitPool } from '../sync/flow/limit-pool.ts';
import { limitStores } from '../sync/flow/limit-store.ts';
import { observeStore } from '../sync/flow/observe-store.ts';
import { createLargeObjectCopier, type LargeObjectCopier } from '../sync/large/large-object.ts';
import { createWebhook } from '../webhook/webhook.ts';
import type { Activities } from './bridge.ts';
import type { OpenStores } from './open-stores.ts';

/** The memory for objects on their way, of the whole process: small ones have buffers of their own, so that they do not wait for parts. */
const BUFFERS = [
  { bufferBytes: 256 * 1024, count: 64 },
  { bufferBytes: PART_BYTES, count: 12 },
];

/** Added to the longest slice, 480 s, it stays below the `functionTimeout` of host.json. */
const GRACE_SECONDS = 60;

/** Storage for everything that the app records about its runs. */
type Kept = Pick<
  SliceDependencies & LargeObjectDependencies & FinishDependencies,
  'state' | 'clock' | 'records' | 'plans' | 'shards' | 'largeObjects' | 'uploads' | 'locks'
> & { readonly pairs: PairIndexes; readonly pulses: Pulses };

/** The process that the activities are executed in. */
export interface HostProcess {
  readonly shutdown: Shutdown;
  /** Maximum activities that the engine executes in this process at once. */
  readonly activitySlots: number;
}

/** Builds the activities, which share the memory for objects on their way. */
export function createActivities(settings: Settings, kept: Kept, open: OpenStores, { shutdown, activitySlots }: HostProcess) {
  const { sliceSeconds, largeObjectBytes, audience, webhook } = settings;
  const pool = createBufferPool(BUFFERS);
  const turns = createTurns({ slots: activitySlots, shutdown, locks: kept.locks, clock: kept.clock });
  const timing = { sliceSeconds, graceSeconds: GRACE_SECONDS, shutdown, turns };
  const openStores = (run: RunRecord, sharers = 1) => {
    const stores = {
      source: open.store(run, run.source),
      destination: open.store(run, run.destination, { encryption: run.options.encryption, acl: run.options.acl }),
    };
    const { source, destination } = limitStores(stores, limitsOf(run, sharers));
    const moved = () => kept.pulses.moved({ runId: run.id, attempt: run.attempt });
    return { source: observeStore(source, moved), destination: observeStore(destination, moved) };
  };
  const openKeyList = (run: RunRecord) => open.store(run, formatLocation(parseObjectLocation(run.options.keys ?? '').folder));
  const openCopier = (run: RunRecord, sharers = 1): LargeObjectCopier =>
    createLargeObjectCopier({
      ...openStores(run, sharers),
      carry: carryOptionsOf(run.options),
      overwrite: run.options.overwrite ?? 'changed',
      isTwoWay: run.isTwoWay === true,
      pool: limitPool(pool, limitsOf(run, sharers)),
      clock: kept.clock,
    });
  const slices = { ...kept, ...timing, openStores, pool, largeObjectBytes };
  const largeObjects = { ...kept, ...timing, openCopier };
  const notification = { ...kept, audience, ...(webhook && { webhook: createWebhook(webhook, kept.clock) }) };
  const finishing = { ...kept, openReportTarget: open.store, isNotified: webhook !== undefined };
  const planning = { ...kept, openStores, openKeyList, shutdown, limitSeconds: sliceSeconds + GRACE_SECONDS };
  const during = <T>(task: AttemptTask, activity: () => Promise<T>) => kept.pulses.during(task, () => turns.during(task.runId, activity));
  /** Returns work to the engine, for another process, while this one ends. */
  const orBack =
    <A extends AttemptTask & { readonly pause?: Pause }, R>(activity: (task: A) => Promise<R>, back: (pause: Pause) => R) =>
    async (task: A): Promise<R> =>
      shutdown.isUnderWay() ? back(handOverPause(task.pause, kept.clock())) : during(task, () => activity(task));
  const wait = (pause: Pause) => ({ end: 'wait', pause }) as const;
  const lookAgain = (pause: Pause) => ({ step: 'look-again', pause }) as const;
  const activities: Activities = {
    planRun: orBack((task) => planRun(planning, task), wait),
    syncSlice: orBack((task) => runSlice(slices, task), wait),
    nextStep: orBack((task) => nextStep(largeObjects, task), lookAgain),
    copyRange: orBack((task) => copyRange(largeObjects, task), lookAgain),
    commitLargeObject: orBack((task) => commitLargeObject(largeObjects, task), lookAgain),
    deleteSlice: orBack((task) => deleteSlice(slices, task), wait),
    stopAttempt: (task) => stopAttempt(kept, task),
    finishRun: (task) => during(task, () => untilBreakOff(finishRun(finishing, task), shutdown)),
    notifyRun: (runId) => notifyRun(notification, runId),
  };
  return { activities, openCopier };
}

/** The engine has the activity done again elsewhere when it fails. What goes on meanwhile does no harm. */
async function untilBreakOff<T>(work: Promise<T>, { onBreakOff }: Shutdown): Promise<T> {
  const { promise: brokenOff, reject } = Promise.withResolvers<never>();
  const takeBack = onBreakOff(() => reject(new Error('The app is being stopped before the report of the run was made. It is made again.')));
  return Promise.race([work, brokenOff]).finally(takeBack);
}
