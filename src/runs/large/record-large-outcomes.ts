import type { Receipt } from '../../sync/outcomes/receipt.ts';
import { countsOfReceipt } from '../../sync/outcomes/tally.ts';
import type { ProofLine } from '../pairs/proof-log.ts';
import { type KeyedLine, openSliceLog, type SliceLog } from '../report/slice-log.ts';
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
export async function recordLargeOutcomes(
  { state, shards, largeObjects, clock }: Dependencies,
  runId: string,
  shard: number,
  { large, nextSlice, largeAfter }: ShardState,
): Promise<readonly string[]> {
  const found = await Promise.all(large.map(async (id) => ({ id, outcome: (await largeObjects.find(runId, id))?.outcome })));
  const open = found.filter(({ outcome }) => outcome === undefined);
  if (open.length > 0) return open.map(({ id }) => id);
  const receipts = found.flatMap(({ outcome }) => outcome?.receipt ?? []);
  const logged = { runId, shard, slice: nextSlice - 1, startAfter: largeAfter };
  await writeAll(openSliceLog<Receipt>(state, 'receipts', logged, clock()), receipts);
  const proofs = found.flatMap(({ outcome }) => outcome?.proved ?? []);
  await writeAll(openSliceLog<ProofLine>(state, 'proved', logged, clock()), proofs);
  await shards.completeLargeObjects(
    runId,
    shard,
    nextSlice,
    found.map(({ outcome }) => progressOf(outcome?.receipt)).reduce(addProgress, NO_PROGRESS),
  );
  return [];
}

async function writeAll<T extends KeyedLine>(log: SliceLog<T>, lines: readonly T[]): Promise<void> {
  for (const line of lines) await log.add(line);
  await log.flush();
}

function progressOf(receipt: Receipt | undefined): SliceProgress {
  return { counts: countsOfReceipt(receipt), failures: receipt?.action === 'failed' ? [receipt] : [] };
}
