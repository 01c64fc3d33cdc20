import { zipByKey } from '../../sync/flow/zip-by-key.ts';
import type { Outcome } from '../../sync/outcomes/outcome.ts';
import type { Receipt } from '../../sync/outcomes/receipt.ts';
import { type ProvedPair, printOf } from '../../sync/pairs/proved-pair.ts';
import type { RunRecord } from '../record.ts';
import { linesOf } from '../report/lines.ts';
import { readSliceLogs } from '../report/read-slice-logs.ts';
import { reportPath } from '../report/report.ts';
import { logPrefix } from '../report/slice-log.ts';
import { type ShardPlan, shardsInOrder } from '../shards/shard-plan.ts';
import type { State } from '../state.ts';
import type { IndexUpdate } from './merge.ts';
import { type Direction, toEntry } from './sides.ts';

/** A line of a slice's log: a pair that was found equal without a receipt, or a key that is gone from both sides. Plain data. */
export type ProofLine = ProvedPair | { readonly key: string; readonly gone: true };

/** The line to log for an outcome, if any. */
export function proofLineOf(outcome: Outcome): ProofLine | undefined {
  if (outcome.kind === 'gone') return { key: outcome.key, gone: true };
  return outcome.kind === 'unchanged' ? outcome.proved : undefined;
}

/** Yields the findings of a finished run, ascending by key: from its report, and from the logs of its slices. */
export async function* findingsOf(
  state: State,
  record: Pick<RunRecord, 'id' | 'reportName'>,
  plan: ShardPlan | undefined,
  direction: Direction,
): AsyncGenerator<IndexUpdate> {
  for await (const { one, other } of zipByKey(reportedBy(state, record, direction), loggedBy(state, record.id, plan, direction))) {
    // A copy that was made after the pair was found equal, or gone, wins.
    const update = one ?? other;
    if (update !== undefined) yield update;
  }
}

async function* reportedBy(state: State, record: Pick<RunRecord, 'id' | 'reportName'>, direction: Direction): AsyncGenerator<IndexUpdate> {
  const report = await state.stream(reportPath(record));
  if (report === undefined) return;
  for await (const line of linesOf(report.body)) {
    const update = updateOf(JSON.parse(line), direction);
    if (update !== undefined) yield update;
  }
}

/** A copy under another key is no pair, since only a HEAD brings the two together. */
function updateOf(receipt: Receipt, direction: Direction): IndexUpdate | undefined {
  const { key } = receipt;
  if (receipt.action === 'deleted') return { key };
  if (receipt.action !== 'copied' || receipt.destinationKey !== undefined) return undefined;
  const { sizeBytes, sourceEtag, sourceModifiedAt, destinationEtag, destinationModifiedAt, verified } = receipt;
  const source = printOf(version(sizeBytes, sourceEtag, sourceModifiedAt));
  const destination = printOf(version(sizeBytes, destinationEtag, destinationModifiedAt));
  // A destination that confirmed the length alone may have other bytes.
  const isByMark = verified === 'length' && { isByMark: true as const };
  return { key, entry: toEntry({ key, source, destination, ...isByMark }, direction) };
}

function version(sizeBytes: number, etag: string, modifiedAt: number | undefined) {
  return { sizeBytes, etag, ...(modifiedAt !== undefined && { modifiedAt }) };
}

async function* loggedBy(state: State, runId: string, plan: ShardPlan | undefined, direction: Direction): AsyncGenerator<IndexUpdate> {
  let last: ProofLine | undefined;
  for await (const line of readSliceLogs<ProofLine>(state, slicesOf(state, runId, plan))) {
    if (last !== undefined && last.key !== line.key) yield toUpdate(last, direction);
    last = line;
  }
  if (last !== undefined) yield toUpdate(last, direction);
}

function toUpdate(line: ProofLine, direction: Direction): IndexUpdate {
  return 'gone' in line ? { key: line.key } : { key: line.key, entry: toEntry(line, direction) };
}

/** Paths of the logs, grouped by slice, in the order of the keys. One listing, however many shards there are. */
async function* slicesOf(state: State, runId: string, plan: ShardPlan | undefined): AsyncGenerator<readonly string[]> {
  const prefix = logPrefix(runId, 'proved');
  const shards = Map.groupBy(await Array.fromAsync(state.list(prefix)), (path) => path.slice(prefix.length).split('/', 1)[0]);
  for (const shard of shardsInOrder(plan)) {
    const paths = shards.get(String(shard)) ?? [];
    yield* Map.groupBy(paths, (path) => path.slice(0, path.lastIndexOf('/'))).values();
  }
}
