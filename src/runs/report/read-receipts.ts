import { compareKeys } from '../../sync/key-order.ts';
import type { Receipt } from '../../sync/receipt.ts';
import { type ShardPlan, shardsInOrder } from '../shards/shard-plan.ts';
import type { SlicedWork } from '../shards/shard-state.ts';
import type { State } from '../state.ts';
import { linesOf } from './lines.ts';
import { type LogHeader, shardPrefix } from './receipt-log.ts';

/** What cannot be undone, whatever a later execution finds. */
const DEEDS: readonly Receipt['action'][] = ['copied', 'deleted'];

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
  for await (const receipt of mergeSlices(state, slicesOf(state, runId, shards))) {
    if (best !== undefined && best.key !== receipt.key) yield best;
    if (best?.key !== receipt.key || !DEEDS.includes(best.action) || DEEDS.includes(receipt.action)) best = receipt;
  }
  if (best !== undefined) yield best;
}

/** A log that is being read, and the receipt that is next in it. */
interface OpenLog {
  receipt: Receipt;
  readonly rest: AsyncIterator<Receipt>;
}

/** The logs of a slice. All their receipts are of keys greater than `startAfter`, and that of a later slice, or shard, is not less. */
interface OpenSlice {
  readonly startAfter: string | undefined;
  readonly logs: readonly OpenLog[];
}

/** Merges logs by key; of equal keys, the earlier slice's comes first. A slice is opened when its turn comes, so that few logs are open at once. */
async function* mergeSlices(state: State, waiting: AsyncIterator<readonly string[]>): AsyncGenerator<Receipt> {
  let open: readonly OpenLog[] = [];
  let ahead = await openNext(state, waiting);
  for (;;) {
    const first = least(open);
    if (ahead !== undefined && (first === undefined || mayHold(ahead, first.receipt.key))) {
      open = [...open, ...ahead.logs];
      ahead = await openNext(state, waiting);
      continue;
    }
    if (first === undefined) return;
    yield first.receipt;
    const following = await first.rest.next();
    if (following.done === true) open = open.filter((log) => log !== first);
    else first.receipt = following.value;
  }
}

function mayHold({ startAfter }: OpenSlice, key: string): boolean {
  return startAfter === undefined || compareKeys(startAfter, key) < 0;
}

function least(logs: readonly OpenLog[]): OpenLog | undefined {
  return logs.reduce<OpenLog | undefined>(
    (lowest, log) => (lowest === undefined || compareKeys(log.receipt.key, lowest.receipt.key) < 0 ? log : lowest),
    undefined,
  );
}

/** Opens the logs of the next slice that has any receipts; `undefined` when all are opened. */
async function openNext(state: State, waiting: AsyncIterator<readonly string[]>): Promise<OpenSlice | undefined> {
  for (let slice = await waiting.next(); slice.done !== true; slice = await waiting.next()) {
    const logs: OpenLog[] = [];
    let header: LogHeader | undefined;
    for (const path of slice.value) {
      const lines = linesIn(state, path);
      const { value: head } = await lines.next();
      if (head !== undefined) header = JSON.parse(head);
      const rest = receiptsIn(lines);
      const first = await rest.next();
      if (first.done !== true) logs.push({ receipt: first.value, rest });
    }
    if (header !== undefined && logs.length > 0) return { startAfter: header.startAfter, logs };
  }
  return undefined;
}

/** The header of a log, then its receipts; nothing when its writer died over the header. */
async function* linesIn(state: State, path: string): AsyncGenerator<string, undefined> {
  const log = await state.stream(path);
  if (log !== undefined) yield* linesOf(log.body);
}

async function* receiptsIn(lines: AsyncIterable<string>): AsyncGenerator<Receipt> {
  for await (const line of lines) yield JSON.parse(line);
}

/** Paths of the shards' logs, grouped by slice, in order. */
async function* slicesOf(state: State, runId: string, shards: readonly SlicedWork[]): AsyncGenerator<readonly string[]> {
  for (const shard of shards) {
    const prefix = shardPrefix(runId, shard);
    const paths = await Array.fromAsync(state.list(prefix));
    yield* Map.groupBy(paths, (path) => path.slice(prefix.length).split('/', 1)[0]).values();
  }
}
