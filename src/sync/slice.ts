import type { BufferPool } from './buffer-pool.ts';
import { type Copier, createCopier } from './copy-object.ts';
import { type Comparison, type Decision, decide, decideByHead } from './decide.ts';
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
  const stop = new AbortController();
  const signal = AbortSignal.any([request.signal, stop.signal]);
  const copy = createCopier(request);
  const limits = { concurrency: request.concurrency, window: request.concurrency * OUTCOMES_PER_COPY };
  const pairs = untilDeadline(pairsOf(request, signal), request);
  const outcomes = mapInOrder(pairs.pairs, limits, (pair) => settle(pair, { ...request, signal, copy, stop }));
  try {
    for await (const outcome of outcomes) await take(outcome);
  } catch (error) {
    throw stop.signal.aborted ? stop.signal.reason : error;
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

interface SettleContext extends SliceRequest {
  readonly copy: Copier;
  readonly stop: AbortController;
}

function settle(pair: KeyPair, context: SettleContext): Outcome | Promise<Outcome> {
  const decision = decide(pair, context.comparison);
  if (pair.source === undefined) return { key: pair.destination.key, kind: 'extraneous' };
  if (decision.action === 'unchanged') return { key: pair.source.key, kind: 'unchanged' };
  return orStopAll(carryOut(decision, pair.source, context), context.stop);
}

/** One key's failure that is the whole run's ends the other copies too, rather than letting each find out for itself. */
async function orStopAll(outcome: Promise<Outcome>, stop: AbortController): Promise<Outcome> {
  try {
    return await outcome;
  } catch (error) {
    stop.abort(error);
    throw error;
  }
}

async function carryOut(decision: Decision, entry: ObjectEntry, context: SettleContext): Promise<Outcome> {
  const { destination, signal, copy } = context;
  const { key } = entry;
  const final = decision.action === 'ask-destination' ? decideByHead(entry, await destination.head(key, { signal })) : decision;
  if (final.action !== 'copy') return { key, kind: 'unchanged' };
  const { reason, condition } = final;
  return { key, kind: 'receipt', receipt: await copy({ entry, reason, condition, signal }) };
}
