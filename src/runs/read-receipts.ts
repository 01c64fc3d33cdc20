import { compareKeys } from '../sync/key-order.ts';
import type { Receipt } from '../sync/receipt.ts';
import { linesOf } from './lines.ts';
import { shardPrefix } from './receipt-log.ts';
import type { State } from './state.ts';

/**
 * The receipts of a shard in key order, one for each key. An execution of a slice that died may have copied objects that a later
 * execution, or the next slice, met again: a copy counts more than anything else, then the later one counts.
 */
export async function* readReceipts(state: State, runId: string, shard: number): AsyncGenerator<Receipt> {
  let best: Receipt | undefined;
  for await (const receipt of mergeSlices(state, await slicesOf(state, runId, shard))) {
    if (best !== undefined && best.key !== receipt.key) yield best;
    if (best?.key !== receipt.key || best.action !== 'copied' || receipt.action === 'copied') best = receipt;
  }
  if (best !== undefined) yield best;
}

/** A log that is being read, and the receipt that is next in it. */
interface OpenLog {
  receipt: Receipt;
  readonly rest: AsyncIterator<Receipt>;
}

/**
 * Merges logs by key; of equal keys, the earlier slice's comes first. All receipts of a slice come after the first of the slice before,
 * so looking one slice ahead is enough, and few logs are open at once.
 */
async function* mergeSlices(state: State, slices: readonly (readonly string[])[]): AsyncGenerator<Receipt> {
  const waiting = slices.values();
  let open: OpenLog[] = [];
  let ahead = await openNext(state, waiting);
  while (open.length > 0 || ahead.length > 0) {
    const first = least(open);
    const next = least(ahead);
    if (first === undefined || (next !== undefined && compareKeys(next.receipt.key, first.receipt.key) <= 0)) {
      open = [...open, ...ahead];
      ahead = await openNext(state, waiting);
      continue;
    }
    yield first.receipt;
    const following = await first.rest.next();
    if (following.done === true) open = open.filter((log) => log !== first);
    else first.receipt = following.value;
  }
}

function least(logs: readonly OpenLog[]): OpenLog | undefined {
  return logs.reduce<OpenLog | undefined>(
    (lowest, log) => (lowest === undefined || compareKeys(log.receipt.key, lowest.receipt.key) < 0 ? log : lowest),
    undefined,
  );
}

/** Opens the logs of the next slice that has any receipts; none when all are opened. */
async function openNext(state: State, waiting: Iterator<readonly string[]>): Promise<OpenLog[]> {
  for (let slice = waiting.next(); slice.done !== true; slice = waiting.next()) {
    const logs: OpenLog[] = [];
    for (const path of slice.value) {
      const rest = receiptsIn(state, path);
      const first = await rest.next();
      if (first.done !== true) logs.push({ receipt: first.value, rest });
    }
    if (logs.length > 0) return logs;
  }
  return [];
}

async function* receiptsIn(state: State, path: string): AsyncGenerator<Receipt> {
  const log = await state.stream(path);
  if (log === undefined) return;
  for await (const line of linesOf(log.body)) yield JSON.parse(line) as Receipt;
}

/** Paths of a shard's logs, grouped by slice, in order. */
async function slicesOf(state: State, runId: string, shard: number): Promise<readonly (readonly string[])[]> {
  const prefix = shardPrefix(runId, shard);
  const paths = await Array.fromAsync(state.list(prefix));
  const slices = Map.groupBy(paths, (path) => path.slice(prefix.length).split('/', 1)[0]);
  return [...slices.values()];
}
