import type { Receipt } from '../../sync/receipt.ts';
import { countsOfReceipt } from '../../sync/tally.ts';
import { openReceiptLog } from '../report/receipt-log.ts';
import { addProgress, NO_PROGRESS, type ShardState, type ShardStates, type SliceProgress } from '../shards/shard-state.ts';
import type { State } from '../state.ts';
import type { LargeObjects } from './large-objects.ts';

interface Dependencies {
  readonly state: State;
  readonly shards: ShardStates;
  readonly largeObjects: LargeObjects;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** Answers the ids of a shard's large objects that are still to be copied; when all have ended, enters what became of them. */
export async function settleLargeObjects(
  { state, shards, largeObjects, clock }: Dependencies,
  runId: string,
  shard: number,
  { large, nextSlice, largeAfter }: ShardState,
): Promise<readonly string[]> {
  const found = await Promise.all(large.map(async (id) => ({ id, outcome: (await largeObjects.find(runId, id))?.outcome })));
  const open = found.filter(({ outcome }) => outcome === undefined);
  if (open.length > 0) return open.map(({ id }) => id);
  const receipts = found.flatMap(({ outcome }) => outcome?.receipt ?? []);
  const log = openReceiptLog(state, { runId, shard, slice: nextSlice - 1, startAfter: largeAfter }, clock());
  for (const receipt of receipts) await log.add(receipt);
  await log.flush();
  await shards.settle(runId, shard, nextSlice, found.map(({ outcome }) => progressOf(outcome?.receipt)).reduce(addProgress, NO_PROGRESS));
  return [];
}

function progressOf(receipt: Receipt | undefined): SliceProgress {
  return { counts: countsOfReceipt(receipt), failures: receipt?.action === 'failed' ? [receipt] : [] };
}
