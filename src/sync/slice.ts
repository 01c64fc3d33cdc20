import type { BufferPool } from './buffer-pool.ts';
import { type CopyDecision, createCopier } from './copy-object.ts';
import { type Comparison, type Decision, decide } from './decide.ts';
import { createFailFast } from './fail-fast.ts';
import { joinByKey, type KeyPair } from './join.ts';
import { listInOrder } from './listing.ts';
import { mapInOrder } from './map-in-order.ts';
import type { Receipt } from './receipt.ts';
import type { ObjectEntry, Store } from './store.ts';

/** How many outcomes may wait behind a slow copy, for each copy under way. */
const OUTCOMES_PER_COPY = 16;

export interface SliceRequest {
  readonly source: Store;
  readonly destination: Store;
  /** The last key that an earlier slice dealt with. */
  readonly startAfter?: string;
  readonly comparison: Comparison;
  /** Objects under way at once, 1 or more. */
  readonly concurrency: number;
  readonly pool: BufferPool;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** After this time of `clock` no new object is started; at least one is dealt with all the same. */
  readonly softDeadline: number;
  /** Stops at once: what is under way is broken off, its objects count as not dealt with. */
  readonly signal: AbortSignal;
}

/** What became of one key; in key order. */
export type Outcome =
  | { readonly key: string; readonly kind: 'unchanged' }
  | { readonly key: string; readonly kind: 'extraneous' }
  | { readonly key: string; readonly kind: 'receipt'; readonly receipt: Receipt };

/** `done`: the listings are at their end; `deadline`: go on from the last outcome's key. */
export type SliceEnd = 'done' | 'deadline';

/**
 * Lists both sides, compares, copies what is not current, and hands each key's outcome to `take`, in key order. When it returns, every key
 * up to the last outcome is dealt with: that key is the checkpoint. Safe to run again from any checkpoint, and twice at once. Throws what
 * concerns the whole run (see createCopier), after everything under way has ended.
 */
export async function syncSlice(request: SliceRequest, take: (outcome: Outcome) => Promise<void> | void): Promise<SliceEnd> {
  // One key's failure that is the whole run's ends the other copies too, rather than letting each find out for itself.
  const { signal, guard, firstOr } = createFailFast(request.signal);
  const copy = createCopier(request);
  const limits = { concurrency: request.concurrency, window: request.concurrency * OUTCOMES_PER_COPY };
  const pairs = untilDeadline(pairsOf(request, signal), request);
  const outcomes = mapInOrder(pairs.pairs, limits, (pair) =>
    settle(pair, request.comparison, (entry, decision) => guard(copy({ entry, decision, signal }))),
  );
  try {
    for await (const outcome of outcomes) await take(outcome);
  } catch (error) {
    throw firstOr(error);
  }
  return pairs.isCutShort() ? 'deadline' : 'done';
}

function pairsOf({ source, destination, startAfter }: SliceRequest, signal: AbortSignal): AsyncGenerator<KeyPair> {
  const options = startAfter === undefined ? { signal } : { startAfter, signal };
  return joinByKey(listInOrder(source, options), listInOrder(destination, options));
}

function untilDeadline(all: AsyncGenerator<KeyPair>, { clock, softDeadline }: SliceRequest) {
  let cutShort = false;
  async function* pairs(): AsyncGenerator<KeyPair> {
    for await (const pair of all) {
      yield pair;
      cutShort = clock() >= softDeadline;
      if (cutShort) return;
    }
  }
  return { pairs: pairs(), isCutShort: () => cutShort };
}

type CopyOne = (entry: ObjectEntry, decision: CopyDecision) => Promise<Receipt | undefined>;

function settle(pair: KeyPair, comparison: Comparison, copy: CopyOne): Outcome | Promise<Outcome> {
  if (pair.source === undefined) return { key: pair.destination.key, kind: 'extraneous' };
  const decision = decide(pair, comparison);
  return needsCopier(decision) ? carryOut(pair.source, decision, copy) : { key: pair.source.key, kind: 'unchanged' };
}

function needsCopier(decision: Decision): decision is CopyDecision {
  return decision.action === 'copy' || decision.action === 'ask-destination';
}

async function carryOut(entry: ObjectEntry, decision: CopyDecision, copy: CopyOne): Promise<Outcome> {
  const receipt = await copy(entry, decision);
  return receipt === undefined ? { key: entry.key, kind: 'unchanged' } : { key: entry.key, kind: 'receipt', receipt };
}
