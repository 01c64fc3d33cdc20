import { joinByKey } from './compare/join.ts';
import { listInOrder } from './compare/listing.ts';
import { createFailFast } from './flow/fail-fast.ts';
import { mapInOrder } from './flow/map-in-order.ts';
import { takeTurns } from './flow/take-turns.ts';
import { untilFull } from './flow/until-full.ts';
import { createItemHandler, type SliceItem } from './outcomes/item-handler.ts';
import type { Outcome } from './outcomes/outcome.ts';
import { attachToKeys, attachToPairs } from './pairs/attach-pairs.ts';
import type { SliceEnd, SliceRequest } from './slice-request.ts';
import type { ListOptions } from './store/store.ts';
import { isStoreError } from './store/store-error.ts';

/** Maximum large objects that one slice hands over. */
const MAX_LARGE_OBJECTS = 32;

/** How many outcomes may wait behind a slow copy, for each copy under way. */
const OUTCOMES_PER_COPY = 16;

/**
 * Lists both sides, compares, copies what is not current, and hands each key's outcome to `take`, in key order. When it returns, every key
 * up to the last outcome is dealt with: that key is the checkpoint. Safe to run again from any checkpoint, and twice at once. Throws what
 * concerns the whole run, or is throttled (see createCopier), after everything under way has ended; the outcomes until then stand.
 */
export async function syncSlice(request: SliceRequest, take: (outcome: Outcome) => Promise<void> | void): Promise<SliceEnd> {
  // One key's failure that is the whole run's ends the other copies too, rather than letting each find out for itself. What is throttled
  // does not: the others' bytes need not be sent again.
  const { signal, guard, firstOr } = createFailFast(request.signal, (error) => !isStoreError(error, 'throttled'));
  const { handle, largeObjects } = createItemHandler(request, signal, guard);
  const limits = { concurrency: request.concurrency, window: request.concurrency * OUTCOMES_PER_COPY };
  const { clock, softDeadline, mustYield, maxLargeObjects = MAX_LARGE_OBJECTS } = request;
  const items = itemsOf(request, signal);
  const pairs = untilFull(
    request.filter === undefined ? items : takeTurns(items),
    () => clock() >= softDeadline || largeObjects() >= maxLargeObjects || mustYield?.() === true,
  );
  try {
    for await (const outcome of mapInOrder(pairs.items, limits, handle)) await take(outcome);
  } catch (error) {
    throw firstOr(error);
  }
  return pairs.isCutShort() ? 'deadline' : 'done';
}

function itemsOf(request: SliceRequest, signal: AbortSignal): AsyncIterable<SliceItem> {
  const { keys, source, destination, startAfter, endBefore, proved = nothing() } = request;
  if (keys !== undefined) return attachToKeys(keys, proved);
  const bounds = { ...(startAfter === undefined ? {} : { startAfter }), ...(endBefore === undefined ? {} : { endBefore }) };
  const options: ListOptions = { ...bounds, signal };
  return attachToPairs(joinByKey(listInOrder(source, options), listInOrder(destination, options)), proved);
}

async function* nothing(): AsyncGenerator<never> {}
