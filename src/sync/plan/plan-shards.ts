import type { Filter } from '../filter/filter.ts';
import { ALL_KEYS, coarsen, cutAt, type RangeSet } from '../filter/range-set.ts';
import { takeTurns } from '../flow/take-turns.ts';
import { listOptionsOf } from '../store/key-range.ts';
import type { ObjectEntry } from '../store/objects.ts';
import type { Store } from '../store/store.ts';
import { findSplits } from './find-splits.ts';

/** Listing requests to each side to find split points with. */
const MAX_PROBES = 256;
/** More shards than lanes, so that lanes even out. */
const SHARDS_PER_LANE = 4;
/** A source with no more objects than this is one range, unless they are very large. */
const SMALL_OBJECTS = 5_000;
/** A plan has to stay small. */
const MAX_RANGES = 256;
/** One lane is enough for so many bytes of a small listing. */
const BYTES_PER_LANE = 16 * 1024 ** 3;

export interface PlanRequest {
  readonly source: Store;
  readonly destination: Store;
  /** How many lanes there may be, 1 or more. */
  readonly lanes: number;
  /** The keys that the run is about, one range at least; all unless given. */
  readonly ranges?: RangeSet;
  /** Which of the objects in these are expected; all unless given. */
  readonly filter?: Filter;
  /** Where to split, instead of looking for it. */
  readonly splitAt?: readonly string[];
  readonly signal: AbortSignal;
}

/** The shards of a run. */
export interface PlannedShards {
  /** Together all keys that the run is about. */
  readonly ranges: RangeSet;
  /** How many of them are worth doing at once. */
  readonly lanes: number;
  /** The source's objects, where there are so few that all were listed. */
  readonly expected?: { readonly objects: number; readonly bytes: number };
}

/**
 * Cuts a run into ranges of keys. Of a small source all is listed, and it is cut by its bytes; else both sides are probed, with at most
 * about 500 requests.
 */
export async function planShards(request: PlanRequest): Promise<PlannedShards> {
  if (request.splitAt !== undefined) return planned(request, request.splitAt);
  const entries = await allIfFew(request);
  return entries === undefined ? planned(request, await splitsOf(request)) : planSmall(request, entries);
}

/** All entries of a source that holds few; `undefined` when there are more. */
async function allIfFew({ source, ranges = ALL_KEYS, signal }: PlanRequest): Promise<readonly ObjectEntry[] | undefined> {
  const entries: ObjectEntry[] = [];
  for (const range of ranges) {
    for await (const page of source.list({ ...listOptionsOf(range), signal })) {
      for (const entry of page) entries.push(entry);
      if (entries.length > SMALL_OBJECTS) return undefined;
    }
  }
  return entries;
}

/** Few objects can still be many bytes: then each lane gets about as many. */
async function planSmall(request: PlanRequest, entries: readonly ObjectEntry[]): Promise<PlannedShards> {
  const expected: ObjectEntry[] = [];
  for await (const entry of takeTurns(entries, request.signal)) if (request.filter?.passes(entry) ?? true) expected.push(entry);
  const bytes = expected.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const lanes = Math.max(1, Math.min(request.lanes, expected.length, Math.ceil(bytes / BYTES_PER_LANE)));
  const splits: string[] = [];
  let seen = 0;
  for (const { key, sizeBytes } of expected) {
    seen += sizeBytes;
    if (splits.length < lanes - 1 && seen >= ((splits.length + 1) * bytes) / lanes) splits.push(key);
  }
  return { ...planned({ ...request, lanes }, splits), expected: { objects: expected.length, bytes } };
}

async function splitsOf({ source, destination, ranges = ALL_KEYS, lanes, signal }: PlanRequest): Promise<readonly string[]> {
  const wanted = lanes === 1 ? 1 : Math.ceil((lanes * SHARDS_PER_LANE) / ranges.length);
  const maxProbes = Math.ceil(MAX_PROBES / ranges.length);
  const splits: string[] = [];
  for (const range of ranges) splits.push(...(await findSplits({ source, destination, range, wanted, maxProbes, signal })));
  return splits;
}

function planned({ ranges = ALL_KEYS, lanes }: PlanRequest, splits: readonly string[]): PlannedShards {
  const cut = coarsen(cutAt(ranges, splits), MAX_RANGES);
  return { ranges: cut, lanes: Math.min(lanes, cut.length) };
}
