import { zipByKey } from '../../sync/flow/zip-by-key.ts';
import { compareKeys } from '../../sync/store/key-order.ts';
import type { State } from '../state.ts';
import { MAX_SEGMENT_ENTRIES, readSegment, type Segment, writeSegment } from './segments.ts';
import type { IndexEntry } from './sides.ts';

/** A finding of a run about a key: a pair that is equal, or that neither side has the key any more. */
export interface IndexUpdate {
  readonly key: string;
  readonly entry?: IndexEntry;
}

export interface Merged {
  readonly segments: readonly Segment[];
  /** Segments that are in the index no longer. */
  readonly replaced: readonly Segment[];
}

export interface MergeOptions {
  readonly state: State;
  readonly folder: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly maxEntries?: number;
}

/** Writes the segments anew that `updates`, ascending by key, change. Holds one segment in memory. */
export async function mergeIntoSegments(
  segments: readonly Segment[],
  updates: AsyncIterable<IndexUpdate>,
  { state, folder, now, maxEntries = MAX_SEGMENT_ENTRIES }: MergeOptions,
): Promise<Merged> {
  const pending = pendingOf(updates);
  const kept: Segment[] = [];
  const replaced: Segment[] = [];

  async function write(entries: AsyncIterable<IndexEntry>, through: string | undefined): Promise<void> {
    const renewed = merged(entries, pending.takeThrough(through));
    for await (const chunk of chunksOf(renewed, maxEntries)) kept.push(await writeSegment(state, folder, chunk, now));
  }

  for (const [index, segment] of segments.entries()) {
    // New keys behind the last segment belong to it.
    const through = index < segments.length - 1 ? segment.last : undefined;
    const next = await pending.peek();
    if (next === undefined || isBehind(next.key, through)) {
      kept.push(segment);
      continue;
    }
    await write(readSegment(state, segment), through);
    replaced.push(segment);
  }
  if (segments.length === 0) await write(nothing(), undefined);
  return { segments: kept, replaced };
}

function isBehind(key: string, through: string | undefined): boolean {
  return through !== undefined && compareKeys(key, through) > 0;
}

async function* nothing(): AsyncGenerator<never> {}

/** Updates that are taken piece by piece. */
interface PendingUpdates {
  /** The next one, which stays the next one. */
  peek(): Promise<IndexUpdate | undefined>;
  /** All up to this key, or all that are left. */
  takeThrough(key: string | undefined): AsyncGenerator<IndexUpdate>;
}

function pendingOf(updates: AsyncIterable<IndexUpdate>): PendingUpdates {
  const iterator = updates[Symbol.asyncIterator]();
  let ahead: IteratorResult<IndexUpdate> | undefined;

  async function peek(): Promise<IndexUpdate | undefined> {
    ahead ??= await iterator.next();
    return ahead.done === true ? undefined : ahead.value;
  }

  return {
    peek,
    async *takeThrough(key) {
      for (let next = await peek(); next !== undefined && !isBehind(next.key, key); next = await peek()) {
        ahead = undefined;
        yield next;
      }
    },
  };
}

/** An update replaces the entry of its key, or removes it. */
async function* merged(entries: AsyncIterable<IndexEntry>, updates: AsyncIterable<IndexUpdate>): AsyncGenerator<IndexEntry> {
  for await (const { one, other } of zipByKey(entries, updates)) {
    const entry = other === undefined ? one : other.entry;
    if (entry !== undefined) yield entry;
  }
}

async function* chunksOf<T>(values: AsyncIterable<T>, size: number): AsyncGenerator<readonly T[]> {
  let chunk: T[] = [];
  for await (const value of values) {
    chunk.push(value);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
