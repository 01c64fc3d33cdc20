import type { BufferPool } from './buffer-pool.ts';
import type { CarryOptions } from './carry.ts';
import { type CopyDecision, createCopier } from './copy-object.ts';
import { versionOf } from './copy-task.ts';
import { type Comparison, type Decision, decide } from './decide.ts';
import { extraneousReceipt } from './deletion-receipts.ts';
import { createFailFast } from './fail-fast.ts';
import type { Filter } from './filter.ts';
import { joinByKey, type KeyPair } from './join.ts';
import type { LargeTask } from './large-task.ts';
import { listInOrder } from './listing.ts';
import { mapInOrder } from './map-in-order.ts';
import type { Receipt } from './receipt.ts';
import { createRehearsal } from './rehearse.ts';
import type { ListOptions, ObjectEntry, Store } from './store.ts';
import { isStoreError } from './store-error.ts';
import { untilFull } from './until-full.ts';

/** Objects of this size and more are too long for a slice. */
const LARGE_OBJECT_BYTES = 256 * 1024 * 1024;

/** So many large objects are handed over by one slice. */
const MAX_LARGE_OBJECTS = 32;

/** How many outcomes may wait behind a slow copy, for each copy under way. */
const OUTCOMES_PER_COPY = 16;

export interface SliceRequest {
  readonly source: Store;
  readonly destination: Store;
  /** The last key that an earlier slice dealt with. */
  readonly startAfter?: string;
  /** Where the slice's part of the keys ends: keys from this one on are not its own. */
  readonly endBefore?: string;
  /** Which objects the sync is about; all unless given. */
  readonly filter?: Filter;
  readonly comparison: Comparison;
  /** Objects under way at once, 1 or more. */
  readonly concurrency: number;
  readonly pool: BufferPool;
  readonly carry?: CarryOptions;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** After this time of `clock` no new object is started; at least one is dealt with all the same. */
  readonly softDeadline: number;
  /** Stops at once: what is under way is broken off, its objects count as not dealt with. */
  readonly signal: AbortSignal;
  /** Objects of this size and more are not copied but told of; 256 MiB unless given. */
  readonly largeObjectBytes?: number;
  /** What only the destination has gets a receipt: it may be deleted when all is compared. */
  readonly tellExtraneous?: boolean;
  /** Nothing is written: receipts tell what would be. Large objects are like others then. */
  readonly isRehearsal?: boolean;
  /** After so many large objects the slice ends as if at its deadline; 32 unless given. */
  readonly maxLargeObjects?: number;
}

/** What became of one key; in key order. */
export type Outcome = {
  readonly key: string;
  /** The destination had an object of this key when it was listed. */
  readonly isAtDestination: boolean;
} & (
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'extraneous' }
  /** The sync is not about it. */
  | { readonly kind: 'filtered'; readonly isAtSource: boolean }
  | { readonly kind: 'receipt'; readonly receipt: Receipt }
  /** To be copied by steps of its own (see LargeObjectCopier), or at least to be asked about. */
  | { readonly kind: 'large'; readonly task: LargeTask }
);

/** `done`: the listings are at their end; `deadline`: go on from the last outcome's key. */
export type SliceEnd = 'done' | 'deadline';

/**
 * Lists both sides, compares, copies what is not current, and hands each key's outcome to `take`, in key order. When it returns, every key
 * up to the last outcome is dealt with: that key is the checkpoint. Safe to run again from any checkpoint, and twice at once. Throws what
 * concerns the whole run, or is throttled (see createCopier), after everything under way has ended; the outcomes until then stand.
 */
export async function syncSlice(request: SliceRequest, take: (outcome: Outcome) => Promise<void> | void): Promise<SliceEnd> {
  // One key's failure that is the whole run's ends the other copies too, rather than letting each find out for itself. What is throttled
  // does not: the others' bytes need not be sent again.
  const { signal, guard, firstOr } = createFailFast(request.signal, (error) => !isStoreError(error, 'throttled'));
  const copy = request.isRehearsal === true ? createRehearsal(request) : createCopier(request);
  const { settle, largeObjects } = createSettler(request, (entry, decision) => guard(copy({ entry, decision, signal })));
  const limits = { concurrency: request.concurrency, window: request.concurrency * OUTCOMES_PER_COPY };
  const { clock, softDeadline, maxLargeObjects = MAX_LARGE_OBJECTS } = request;
  const pairs = untilFull(pairsOf(request, signal), () => clock() >= softDeadline || largeObjects() >= maxLargeObjects);
  try {
    for await (const outcome of mapInOrder(pairs.items, limits, settle)) await take(outcome);
  } catch (error) {
    throw firstOr(error);
  }
  return pairs.isCutShort() ? 'deadline' : 'done';
}

function pairsOf({ source, destination, startAfter, endBefore }: SliceRequest, signal: AbortSignal): AsyncGenerator<KeyPair> {
  const bounds = { ...(startAfter === undefined ? {} : { startAfter }), ...(endBefore === undefined ? {} : { endBefore }) };
  const options: ListOptions = { ...bounds, signal };
  return joinByKey(listInOrder(source, options), listInOrder(destination, options));
}

type CopyOne = (entry: ObjectEntry, decision: CopyDecision) => Promise<Receipt | undefined>;

/** Gives each pair its outcome, at once where nothing is to be copied here. */
function createSettler(request: SliceRequest, copy: CopyOne) {
  const { filter, comparison, tellExtraneous = false, clock, isRehearsal = false, largeObjectBytes = LARGE_OBJECT_BYTES } = request;
  let largeObjects = 0;

  function settle(pair: KeyPair): Outcome | Promise<Outcome> {
    const place = { key: (pair.source ?? pair.destination).key, isAtDestination: pair.destination !== undefined };
    if (filter !== undefined && !passes(filter, pair)) return { ...place, kind: 'filtered', isAtSource: pair.source !== undefined };
    if (pair.source === undefined) return tellExtraneous ? { ...place, ...found(pair.destination) } : { ...place, kind: 'extraneous' };
    const entry = pair.source;
    const decision = decide(pair, comparison);
    if (!needsCopier(decision)) return { ...place, kind: 'unchanged' };
    // What is archived is not copied, however large it is.
    if (entry.sizeBytes < largeObjectBytes || entry.isArchived === true || isRehearsal) return carryOut(place, copy(entry, decision));
    largeObjects++;
    return { ...place, kind: 'large', task: toLargeTask(entry, decision) };
  }

  function found(entry: ObjectEntry) {
    return { kind: 'receipt', receipt: extraneousReceipt(entry, clock()) } as const;
  }

  return { settle, largeObjects: () => largeObjects };
}

/** What only the destination has cannot be judged by its own size and age. */
function passes(filter: Filter, { source, destination }: KeyPair): boolean {
  return source === undefined ? filter.passesKey(destination.key) : filter.passes(source);
}

function toLargeTask(entry: ObjectEntry, decision: CopyDecision): LargeTask {
  return { entry: versionOf(entry.key, entry), decision };
}

function needsCopier(decision: Decision): decision is CopyDecision {
  return decision.action === 'copy' || decision.action === 'ask-destination';
}

async function carryOut(place: Pick<Outcome, 'key' | 'isAtDestination'>, copying: Promise<Receipt | undefined>): Promise<Outcome> {
  const receipt = await copying;
  return receipt === undefined ? { ...place, kind: 'unchanged' } : { ...place, kind: 'receipt', receipt };
}
