import type { Activities } from './bridge.ts';
import { formatLocation, parseObjectLocation } from './locations.ts';
import type { OpenStores } from './open-stores.ts';
import { type FinishDependencies, finishRun } from './runs/finish-run.ts';
import { commitLargeObject, copyRange, nextStep } from './runs/large/copy-large-object.ts';
import type { LargeObjectDependencies } from './runs/large/large-object-work.ts';
import { notifyRun } from './runs/notify-run.ts';
import { carryOptionsOf } from './runs/options/carry-options.ts';
import { limitsOf } from './runs/options/limits-of.ts';
import type { PairIndexes } from './runs/pairs/pair-index.ts';
import type { Pulses } from './runs/pulse.ts';
import type { RunRecord } from './runs/record.ts';
import { deleteSlice } from './runs/shards/delete-slice.ts';
import { planRun } from './runs/shards/plan-run.ts';
import { runSlice } from './runs/shards/run-slice.ts';
import type { SliceDependencies } from './runs/shards/slice-dependencies.ts';
import { stopAttempt } from './runs/stop-attempt.ts';
import type { Settings } from './settings.ts';
import { PART_BYTES } from './sync/copy/copy-parts.ts';
import { createBufferPool } from './sync/flow/buffer-pool.ts';
import { limitPool } from './sync/flow/limit-pool.ts';
import { limitStores } from './sync/flow/limit-store.ts';
import { createLargeObjectCopier, type LargeObjectCopier } from './sync/large/large-object.ts';
import { createWebhook } from './webhook/webhook.ts';

/** The memory for objects on their way, of the whole process: small ones have buffers of their own, so that they do not wait for parts. */
const BUFFERS = [
  { bufferBytes: 256 * 1024, count: 64 },
  { bufferBytes: PART_BYTES, count: 12 },
];

/** Added to the longest slice, 480 s, it stays below the `functionTimeout` of host.json. */
const GRACE_SECONDS = 60;

/** What the app keeps of its runs. */
type Kept = Pick<
  SliceDependencies & LargeObjectDependencies & FinishDependencies,
  'state' | 'clock' | 'records' | 'plans' | 'shards' | 'largeObjects' | 'uploads' | 'locks'
> & { readonly pairs: PairIndexes; readonly pulses: Pulses };

/** Builds the activities, which share the memory for objects on their way. */
export function createActivities(settings: Settings, kept: Kept, open: OpenStores) {
  const { sliceSeconds, largeObjectBytes, audience, webhook } = settings;
  const pool = createBufferPool(BUFFERS);
  const timing = { sliceSeconds, graceSeconds: GRACE_SECONDS };
  const openStores = (run: RunRecord, sharers = 1) => {
    const stores = {
      source: open.store(run, run.source),
      destination: open.store(run, run.destination, { encryption: run.options.encryption, acl: run.options.acl }),
    };
    return limitStores(stores, limitsOf(run, sharers));
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
  const { during } = kept.pulses;
  const activities: Activities = {
    planRun: (task) => during(task, () => planRun({ ...kept, openStores, openKeyList, limitSeconds: sliceSeconds + GRACE_SECONDS }, task)),
    syncSlice: (task) => during(task, () => runSlice(slices, task)),
    nextStep: (task) => during(task, () => nextStep(largeObjects, task)),
    copyRange: (task) => during(task, () => copyRange(largeObjects, task)),
    commitLargeObject: (task) => during(task, () => commitLargeObject(largeObjects, task)),
    deleteSlice: (task) => during(task, () => deleteSlice(slices, task)),
    stopAttempt: (task) => stopAttempt(kept, task),
    finishRun: (task) => during(task, () => finishRun({ ...kept, openReportTarget: open.store }, task)),
    notifyRun: (runId) => notifyRun(notification, runId),
  };
  return { activities, openCopier };
}
