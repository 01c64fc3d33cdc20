import type { ProvedPair } from '../../sync/pairs/proved-pair.ts';
import { compareKeys } from '../../sync/store/key-order.ts';
import type { KeyRange } from '../../sync/store/key-range.ts';
import type { RunRequest } from '../record.ts';
import type { State } from '../state.ts';
import { documentPath, emptyIndex, findDocument, type IndexDocument } from './index-document.ts';
import { type IndexUpdate, type Merged, type MergeOptions, mergeIntoSegments } from './merge.ts';
import { readSegment, type Segment, SegmentGoneError } from './segments.ts';
import { indexFolder, oppositeOf, type Sides, sidesOf, toPair } from './sides.ts';

/**
 * Which versions of the objects of two locations were proved equal. An entry stays true forever, so that an index that is old, or that was
 * lost, costs requests but never correctness: it needs no lock, and no transaction with the copies.
 */
export interface PairIndexes {
  /** Tells whether runs in the opposite direction keep the same two locations in sync. */
  hasOpposite(run: RunRequest & { readonly id: string }): Promise<boolean>;
  /** Yields the proved pairs of a range, ascending by key. Ends early where the index cannot be read. */
  read(run: RunRequest & { readonly id: string }, range: KeyRange): AsyncIterable<ProvedPair>;
  /** Adds what a run has found, ascending by key, and notes that there was a run in its direction. */
  update(run: RunRequest, findings: () => AsyncIterable<IndexUpdate>): Promise<void>;
}

interface PairIndexOptions {
  readonly state: State;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** An index that no run has used for this long counts no more. */
  readonly keepDays: number;
  /** Entries of a segment; some 5 MB unless given. */
  readonly maxEntries?: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Runs in both directions may update one index at the same time. What is lost then is found again. */
const MAX_TRIES = 5;

export function createPairIndexes(options: PairIndexOptions): PairIndexes {
  const { state, clock, keepDays } = options;
  const documentOf = createCache(async (sides: Sides) => {
    const found = await findDocument(state, sides);
    return found?.isReadable ? found.value : undefined;
  });

  return {
    async hasOpposite(run) {
      const sides = sidesOf(run);
      const document = await documentOf.refresh(run, sides);
      return isWithin(document?.lastRunAt[oppositeOf(sides.direction)], clock(), keepDays * DAY_MS);
    },

    async *read(run, range) {
      const sides = sidesOf(run);
      const document = await documentOf.find(run, sides);
      try {
        for (const segment of segmentsIn(document?.segments ?? [], range)) {
          for await (const entry of readSegment(state, segment)) if (isIn(entry.key, range)) yield toPair(entry, sides.direction);
        }
      } catch (error) {
        if (!(error instanceof SegmentGoneError)) throw error;
        documentOf.forget(run);
      }
    },

    async update(run, findings) {
      const sides = sidesOf(run);
      for (let tries = 0; tries < MAX_TRIES; tries++) if (await tryToUpdate(options, sides, findings)) return;
    },
  };
}

/** `false` when another run has updated the index meanwhile. */
async function tryToUpdate(
  { state, clock, maxEntries }: PairIndexOptions,
  sides: Sides,
  findings: () => AsyncIterable<IndexUpdate>,
): Promise<boolean> {
  const current = await findDocument(state, sides);
  if (current?.isReadable === false) return true;
  const before = current?.value ?? emptyIndex(sides);
  const now = clock();
  const merged = await mergeOrStartAnew(before.segments, findings, {
    ...{ state, now, folder: indexFolder(sides) },
    ...(maxEntries !== undefined && { maxEntries }),
  });
  const isNoted = isWithin(before.lastRunAt[sides.direction], now, DAY_MS);
  if (isNoted && merged.replaced.length === 0 && merged.segments.length === before.segments.length) return true;
  const { document, due } = renewed(before, merged, sides, now);
  const guard = current === undefined ? 'if-absent' : { ifMatch: current.etag };
  if ((await state.write(documentPath(sides), document, guard)) === undefined) return false;
  for (const path of due) await state.remove(path);
  return true;
}

/** `due`: segments that no run reads any more. */
function renewed(before: IndexDocument, { segments, replaced }: Merged, { direction }: Sides, now: number) {
  const at = new Date(now).toISOString();
  const isWaiting = (old: IndexDocument['replaced'][number]) => isWithin(old.at, now, HOUR_MS);
  const document: IndexDocument = {
    ...before,
    segments,
    lastRunAt: { ...before.lastRunAt, [direction]: at },
    replaced: [...before.replaced.filter(isWaiting), ...replaced.map(({ path }) => ({ path, at }))],
  };
  return { document, due: before.replaced.filter((old) => !isWaiting(old)).map(({ path }) => path) };
}

/** An index that cannot be read is begun from nothing. */
async function mergeOrStartAnew(
  segments: readonly Segment[],
  findings: () => AsyncIterable<IndexUpdate>,
  options: MergeOptions,
): Promise<Merged> {
  try {
    return await mergeIntoSegments(segments, findings(), options);
  } catch (error) {
    if (!(error instanceof SegmentGoneError)) throw error;
    const { segments: anew } = await mergeIntoSegments([], findings(), options);
    return { segments: anew, replaced: segments };
  }
}

/** The segments that may hold keys of the range. */
function segmentsIn(segments: readonly Segment[], { after, through }: KeyRange): readonly Segment[] {
  const first = after === undefined ? 0 : segments.findIndex(({ last }) => compareKeys(last, after) > 0);
  if (first < 0) return [];
  const end = through === undefined ? -1 : segments.findIndex(({ last }) => compareKeys(last, through) >= 0);
  return segments.slice(first, end < 0 ? segments.length : end + 1);
}

function isIn(key: string, { after, through }: KeyRange): boolean {
  return (after === undefined || compareKeys(key, after) > 0) && (through === undefined || compareKeys(key, through) <= 0);
}

function isWithin(at: string | undefined, now: number, ageMs: number): boolean {
  return at !== undefined && now - Date.parse(at) < ageMs;
}

/** The documents of so many runs are kept for their next slices. */
const MAX_CACHED = 16;

function createCache<T>(load: (sides: Sides) => Promise<T>) {
  const cached = new Map<string, Promise<T>>();

  function refresh({ id }: { readonly id: string }, sides: Sides): Promise<T> {
    const loading = load(sides);
    cached.set(id, loading);
    // The next slice may be able to read it.
    loading.catch(() => cached.delete(id));
    if (cached.size > MAX_CACHED) cached.delete(cached.keys().next().value ?? '');
    return loading;
  }

  return {
    refresh,
    find: (run: { readonly id: string }, sides: Sides) => cached.get(run.id) ?? refresh(run, sides),
    forget: ({ id }: { readonly id: string }) => void cached.delete(id),
  };
}
