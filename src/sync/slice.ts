import type { Comparison } from './compare/decide.ts';
import type { FolderMarkers } from './compare/folder-markers.ts';
import { joinByKey, type KeyPair } from './compare/join.ts';
import type { KeyMapping } from './compare/key-mapping.ts';
import { listInOrder } from './compare/listing.ts';
import type { Overwrite } from './compare/overwrite.ts';
import type { Restorer } from './copy/restore.ts';
import type { Filter } from './filter/filter.ts';
import type { BufferPool } from './flow/buffer-pool.ts';
import { createFailFast } from './flow/fail-fast.ts';
import { mapInOrder } from './flow/map-in-order.ts';
import { untilFull } from './flow/until-full.ts';
import type { Outcome } from './outcome.ts';
import type { CarryOptions } from './properties/carry.ts';
import { createSettler } from './settle/settle-pair.ts';
import type { ListOptions, Store } from './store.ts';
import { isStoreError } from './store-error.ts';

/** So many large objects are handed over by one slice. */
const MAX_LARGE_OBJECTS = 32;

/** How many outcomes may wait behind a slow copy, for each copy under way. */
const OUTCOMES_PER_COPY = 16;

export interface SliceRequest {
  readonly source: Store;
  readonly destination: Store;
  /** The keys that the sync is about, ascending, in place of both listings. They are in the slice's part, and behind `startAfter`. */
  readonly keys?: AsyncIterable<string>;
  /** The last key that an earlier slice dealt with. */
  readonly startAfter?: string;
  /** Where the slice's part of the keys ends: keys from this one on are not its own. */
  readonly endBefore?: string;
  /** Which objects the sync is about; all unless given. */
  readonly filter?: Filter;
  /** `copy` unless given. */
  readonly folderMarkers?: FolderMarkers;
  /** Which keys belong together; the same ones unless given. */
  readonly mapping?: KeyMapping;
  readonly comparison: Comparison;
  /** Objects under way at once, 1 or more. */
  readonly concurrency: number;
  readonly pool: BufferPool;
  readonly carry?: CarryOptions;
  /** `changed` unless given. */
  readonly overwrite?: Overwrite;
  /** What is archived is passed over unless given. */
  readonly restore?: Restorer;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** After this time of `clock` no new object is started; at least one is dealt with all the same. */
  readonly softDeadline: number;
  /** Stops at once: what is under way is broken off, its objects count as not dealt with. */
  readonly signal: AbortSignal;
  /** Objects of this size and more are not copied but told of; 256 MiB unless given. */
  readonly largeObjectBytes?: number;
  /** Nothing is copied: receipts tell of each object whether its copy has the same content. */
  readonly audit?: { readonly readContent: boolean };
  /** What only the destination has gets a receipt: it may be deleted when all is compared. */
  readonly tellExtraneous?: boolean;
  /** Nothing is written: receipts tell what would be. Large objects are like others then. */
  readonly isRehearsal?: boolean;
  /** After so many large objects the slice ends as if at its deadline; 32 unless given. */
  readonly maxLargeObjects?: number;
}

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
  const { settle, largeObjects } = createSettler(request, signal, guard);
  const limits = { concurrency: request.concurrency, window: request.concurrency * OUTCOMES_PER_COPY };
  const { clock, softDeadline, maxLargeObjects = MAX_LARGE_OBJECTS } = request;
  const pairs = untilFull(itemsOf(request, signal), () => clock() >= softDeadline || largeObjects() >= maxLargeObjects);
  try {
    for await (const outcome of mapInOrder(pairs.items, limits, settle)) await take(outcome);
  } catch (error) {
    throw firstOr(error);
  }
  return pairs.isCutShort() ? 'deadline' : 'done';
}

function itemsOf({ keys, source, destination, startAfter, endBefore }: SliceRequest, signal: AbortSignal): AsyncIterable<KeyPair | string> {
  if (keys !== undefined) return keys;
  const bounds = { ...(startAfter === undefined ? {} : { startAfter }), ...(endBefore === undefined ? {} : { endBefore }) };
  const options: ListOptions = { ...bounds, signal };
  return joinByKey(listInOrder(source, options), listInOrder(destination, options));
}
