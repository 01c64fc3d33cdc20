import { findSplits } from './find-splits.ts';
import { compareKeys } from './key-order.ts';
import type { KeyRange } from './key-range.ts';
import type { ObjectEntry, Store } from './store.ts';

/** Listing requests to each side to find split points with. */
const MAX_PROBES = 256;
/** More shards than lanes, so that lanes even out. */
const SHARDS_PER_LANE = 4;
/** A source with no more objects than this is one range, unless they are very large. */
const SMALL_OBJECTS = 5_000;
/** One lane is enough for so many bytes of a small listing. */
const BYTES_PER_LANE = 16 * 1024 ** 3;

export interface PlanRequest {
  readonly source: Store;
  readonly destination: Store;
  /** How many lanes there may be, 1 or more. */
  readonly lanes: number;
  /** Where to split, ascending, instead of looking for it. */
  readonly splitAt?: readonly string[];
  readonly signal: AbortSignal;
}

/** What a run is cut into. */
export interface PlannedShards {
  /** Ascending; together all keys. */
  readonly ranges: readonly KeyRange[];
  /** How many of them are worth doing at once. */
  readonly lanes: number;
  /** What the source holds, where it is so little that all of it was listed. */
  readonly expected?: { readonly objects: number; readonly bytes: number };
}

/**
 * Cuts a run into ranges of keys. Of a small source all is listed, and it is cut by its bytes; else both sides are probed, with at most
 * about 500 requests.
 */
export async function planShards(request: PlanRequest): Promise<PlannedShards> {
  const { source, destination, lanes, splitAt, signal } = request;
  if (splitAt !== undefined) return cutAt(splitAt, lanes);
  const entries = await allIfFew(source, signal);
  if (entries !== undefined) return planSmall(entries, lanes);
  const wanted = lanes === 1 ? 1 : lanes * SHARDS_PER_LANE;
  return cutAt(await findSplits({ source, destination, range: {}, wanted, maxProbes: MAX_PROBES, signal }), lanes);
}

/** All entries of a store that holds few; `undefined` when there are more. */
async function allIfFew(store: Store, signal: AbortSignal): Promise<readonly ObjectEntry[] | undefined> {
  const entries: ObjectEntry[] = [];
  for await (const page of store.list({ signal })) {
    entries.push(...page);
    if (entries.length > SMALL_OBJECTS) return undefined;
  }
  return entries;
}

/** Few objects can still be many bytes: then each lane gets about as many. */
function planSmall(entries: readonly ObjectEntry[], maxLanes: number): PlannedShards {
  const bytes = entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const lanes = Math.max(1, Math.min(maxLanes, entries.length, Math.ceil(bytes / BYTES_PER_LANE)));
  const splits: string[] = [];
  let seen = 0;
  for (const { key, sizeBytes } of entries) {
    seen += sizeBytes;
    if (splits.length < lanes - 1 && seen >= ((splits.length + 1) * bytes) / lanes) splits.push(key);
  }
  return { ...cutAt(splits, lanes), expected: { objects: entries.length, bytes } };
}

function cutAt(splits: readonly string[], maxLanes: number): PlannedShards {
  const ascending = [...new Set(splits)].sort(compareKeys);
  const ranges = [undefined, ...ascending].map((after, index) => {
    const through = ascending[index];
    return { ...(after !== undefined && { after }), ...(through !== undefined && { through }) };
  });
  return { ranges, lanes: Math.min(maxLanes, ranges.length) };
}
