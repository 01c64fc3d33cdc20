import { limitPool } from '../../sync/flow/limit-pool.ts';
import type { Receipt } from '../../sync/outcomes/receipt.ts';
import { syncSlice } from '../../sync/slice.ts';
import type { SliceRequest } from '../../sync/slice-request.ts';
import { type KeyRange, listOptionsOf } from '../../sync/store/key-range.ts';
import { stopRun } from '../attempt/stop.ts';
import { endOf, startWatch } from '../attempt/watch.ts';
import { readKeyList } from '../key-lists/key-list.ts';
import { carryOptionsOf } from '../options/carry-options-of.ts';
import { filterOf } from '../options/filter-of.ts';
import { limitsOf } from '../options/limits-of.ts';
import { mappingOf } from '../options/mapping-of.ts';
import { restorerOf } from '../options/restorer-of.ts';
import type { ProofLine } from '../pairs/proof-log.ts';
import { usesIndex } from '../pairs/update-index.ts';
import { openSliceLog } from '../report/slice-log.ts';
import { completeSlice } from './complete-slice.ts';
import type { LaneTask, SliceResult } from './lane-task.ts';
import type { ShardSlice, SliceDependencies } from './slice-dependencies.ts';
import { trackProgress } from './track-progress.ts';

/** Does one slice of a shard: from its checkpoint to the end of its range, as far as the time allows. */
export async function syncShard(dependencies: SliceDependencies, task: LaneTask, slice: ShardSlice): Promise<SliceResult> {
  const { records, shards, largeObjects, shutdown, sliceSeconds, graceSeconds } = dependencies;
  const { record, shard, before } = slice;
  const progress = trackProgress(openLogs(dependencies, slice), (found) => largeObjects.add(record, found));
  const keep = async () => shards.report(record.id, shard.number, before.nextSlice, (await progress.flushed()).progress);
  const keys = await keysOf(dependencies, slice);
  const watch = startWatch({ records, task, shutdown, limitSeconds: sliceSeconds + graceSeconds, beat: keep });
  const end = await endOf(syncSlice({ ...requestOf(dependencies, task, slice, watch.signal), ...keys }, progress.take), watch);
  if (end.kind !== 'stopped' && end.kind !== 'broken') return completeSlice(dependencies, task, slice, await progress.flushed(), end);
  // The original failure is the one to report. Progress that cannot be saved is made again.
  await keep().catch(() => undefined);
  if (end.kind === 'broken') throw end.error;
  return stopRun(records, task, end.stop);
}

/** A run that changes nothing records no pairs that were found equal. */
function openLogs({ state, clock }: SliceDependencies, slice: ShardSlice) {
  const { record, shard, before } = slice;
  const logged = { runId: record.id, shard: shard.number, slice: before.nextSlice, startAfter: remainingRange(slice).after };
  const receipts = openSliceLog<Receipt>(state, 'receipts', logged, clock());
  return { receipts, ...(usesIndex(record) && { proofs: openSliceLog<ProofLine>(state, 'proved', logged, clock()) }) };
}

/** The keys of a run that goes by a list. */
async function keysOf({ state, plans }: SliceDependencies, slice: ShardSlice): Promise<Pick<SliceRequest, 'keys'>> {
  const { id, options } = slice.record;
  const plan = options.keys === undefined ? undefined : await plans.find(id);
  return plan?.keyList === undefined ? {} : { keys: readKeyList(state, plan.keyList, remainingRange(slice)) };
}

function requestOf(dependencies: SliceDependencies, { lanes = 1 }: LaneTask, slice: ShardSlice, signal: AbortSignal): SliceRequest {
  const { state, openStores, pairs, pool, clock, sliceSeconds, largeObjectBytes } = dependencies;
  const { record, mustYield } = slice;
  const { verify = false, readContent = false } = record.options;
  const stores = openStores(record, lanes);
  return {
    ...stores,
    ...mappingOf(record, stores),
    ...restorerOf(state, record, stores.source),
    ...listOptionsOf(remainingRange(slice)),
    // An audit that may read proves everything anew.
    ...(!(verify && readContent) && { proved: pairs.read(record, remainingRange(slice)) }),
    carry: carryOptionsOf(record.options),
    filter: filterOf(record),
    comparison: record.options.compare,
    folderMarkers: record.options.folderMarkers ?? 'copy',
    overwrite: record.options.overwrite ?? 'changed',
    isTwoWay: record.isTwoWay === true,
    concurrency: record.options.concurrency,
    largeObjectBytes,
    reportExtraneous: verify || record.options.delete !== undefined,
    ...(verify && { audit: { readContent } }),
    isRehearsal: record.options.dryRun === true,
    pool: limitPool(pool, limitsOf(record, lanes)),
    clock,
    softDeadline: clock() + sliceSeconds * 1_000,
    mustYield,
    signal,
  };
}

function remainingRange({ shard, before }: ShardSlice): KeyRange {
  return before.checkpoint === undefined ? shard.range : { ...shard.range, after: before.checkpoint };
}
