import type { KeyMapping } from '../compare/key-mapping.ts';
import { createFailFast } from '../flow/fail-fast.ts';
import { mapInOrder } from '../flow/map-in-order.ts';
import { untilFull } from '../flow/until-full.ts';
import type { ExtraneousObject, ExtraneousReceipt } from '../outcomes/receipt.ts';
import { concernsOneObject } from '../outcomes/verdict.ts';
import type { SliceEnd } from '../slice-request.ts';
import type { Store } from '../store/store.ts';
import { isStoreError } from '../store/store-error.ts';

/** How many receipts may wait behind a slow request, for each object under way. */
const RECEIPTS_PER_OBJECT = 16;

export interface DeletionRequest {
  readonly source: Pick<Store, 'head'>;
  /** Which keys belong together; the same ones unless given. */
  readonly mapping?: Pick<KeyMapping, 'isAtSource'>;
  readonly destination: Pick<Store, 'delete' | 'url'>;
  /** Keys that only the destination has, ascending. */
  readonly found: AsyncIterable<ExtraneousObject>;
  /** Objects under way at once, 1 or more. */
  readonly concurrency: number;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** After this time of `clock` no other object is begun; at least one is dealt with all the same. */
  readonly softDeadline: number;
  /** Ends the deletions early, as if at the deadline. */
  readonly mustYield?: () => boolean;
  readonly signal: AbortSignal;
  /** Nothing is deleted: receipts tell what would be. */
  readonly isRehearsal?: boolean;
}

/**
 * Deletes what was found at the destination alone. The source is asked for each object, and must answer that it has none; the destination
 * must still have the version that was found. Receipts come in key order: the last one's key is the checkpoint. Safe to run again from any
 * checkpoint, and twice at once. Throws what concerns more than one object, after everything under way has ended.
 */
export async function deleteExtraneous(
  request: DeletionRequest,
  take: (receipt: ExtraneousReceipt) => Promise<void> | void,
): Promise<SliceEnd> {
  const { found, concurrency, clock, softDeadline, mustYield } = request;
  const { signal, guard, firstOr } = createFailFast(request.signal);
  const objects = untilFull(found, () => clock() >= softDeadline || mustYield?.() === true);
  const limits = { concurrency, window: concurrency * RECEIPTS_PER_OBJECT };
  try {
    const receipts = mapInOrder(objects.items, limits, (object) => guard(deleteOne({ ...request, signal }, object)));
    for await (const receipt of receipts) await take(receipt);
  } catch (error) {
    throw firstOr(error);
  }
  return objects.isCutShort() ? 'deadline' : 'done';
}

async function deleteOne(request: DeletionRequest, object: ExtraneousObject): Promise<ExtraneousReceipt> {
  const { clock } = request;
  const { key, sizeBytes, destinationEtag } = object;
  const startedAt = clock();
  const outcome = await deleteOrExplain(request, object);
  const now = clock();
  return { key, ...outcome, sizeBytes, destinationEtag, at: new Date(now).toISOString(), milliseconds: now - startedAt };
}

async function deleteOrExplain(request: DeletionRequest, object: ExtraneousObject) {
  const { destination, clock, signal, isRehearsal = false } = request;
  const { key, destinationEtag: ifMatch } = object;
  try {
    if (await isAtSource(request, object)) return { action: 'kept', reason: 'source-has-it' } as const;
    const sourceAbsentAt = new Date(clock()).toISOString();
    if (isRehearsal) return { action: 'would-delete', sourceAbsentAt } as const;
    const { isRecoverable } = await destination.delete(key, { ifMatch, signal });
    return { action: 'deleted', sourceAbsentAt, ...(isRecoverable !== undefined && { isRecoverable }) } as const;
  } catch (error) {
    if (isStoreError(error, 'precondition-failed')) return { action: 'kept', reason: 'destination-changed' } as const;
    if (!concernsOneObject(error)) throw error;
    const message = `Not deleted: ${JSON.stringify(key)} of ${destination.url}: ${error.message}`;
    return { action: 'delete-failed', reason: error.code, message } as const;
  }
}

async function isAtSource({ source, mapping, signal }: DeletionRequest, object: ExtraneousObject): Promise<boolean> {
  return mapping === undefined ? (await source.head(object.key, { signal })) !== undefined : mapping.isAtSource(object, signal);
}
