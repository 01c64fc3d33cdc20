import type { Receipt } from '../../sync/outcomes/receipt.ts';
import { type ShardPlan, shardsInOrder } from '../shards/shard-plan.ts';
import type { SlicedWork } from '../shards/shard-state.ts';
import type { State } from '../state.ts';
import { readSliceLogs } from './read-slice-logs.ts';
import { shardPrefix } from './slice-log.ts';

/** Final actions: they win over what a later execution reports. */
const FINAL_ACTIONS: readonly Receipt['action'][] = ['copied', 'deleted'];

/** The receipts of a run, in key order, one for each key; with what became of what only the destination had. */
export async function* readAllReceipts(state: State, runId: string, plan: ShardPlan | undefined): AsyncGenerator<Receipt> {
  const deletions = readReceipts(state, runId, ['deletions']);
  let deletion = await deletions.next();
  for await (const receipt of readReceipts(state, runId, shardsInOrder(plan))) {
    const isDealtWith = deletion.done !== true && deletion.value.key === receipt.key;
    yield isDealtWith ? deletion.value : receipt;
    if (isDealtWith) deletion = await deletions.next();
  }
}

/**
 * The receipts of shards, which are given by their numbers in the order of their ranges: in key order, one for each key. An execution of a
 * slice that died may have copied objects that a later execution, or the next slice, met again; one that did not know yet that its shard
 * had been split, objects of another shard: a copy, or a deletion, counts more than anything else, then the later one counts.
 */
export async function* readReceipts(state: State, runId: string, shards: readonly SlicedWork[]): AsyncGenerator<Receipt> {
  let best: Receipt | undefined;
  for await (const receipt of readSliceLogs<Receipt>(state, slicesOf(state, runId, shards))) {
    if (best !== undefined && best.key !== receipt.key) yield best;
    if (best?.key !== receipt.key || !FINAL_ACTIONS.includes(best.action) || FINAL_ACTIONS.includes(receipt.action)) best = receipt;
  }
  if (best !== undefined) yield best;
}

/** Paths of the shards' logs, grouped by slice, in order. */
async function* slicesOf(state: State, runId: string, shards: readonly SlicedWork[]): AsyncGenerator<readonly string[]> {
  for (const shard of shards) {
    const prefix = shardPrefix(runId, 'receipts', shard);
    const paths = await Array.fromAsync(state.list(prefix));
    yield* Map.groupBy(paths, (path) => path.slice(prefix.length).split('/', 1)[0]).values();
  }
}
