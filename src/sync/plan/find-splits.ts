import type { KeyRange } from '../store/key-range.ts';
import type { Store } from '../store/store.ts';
import { type Cell, SMALL_CELLS_IN_BIG_ONE, splitCell, wholeCell } from './key-cells.ts';
import { createKeyProbes, type KeyProbes } from './key-probes.ts';

/** Cells to choose from, for each range that is wanted. */
const CELLS_PER_RANGE = 4;

const SMALL_KEYS = 1_000;

/** Cells that are split at once. */
const CELLS_AT_ONCE = 4;

export interface SplitRequest {
  readonly source: Store;
  readonly destination: Store;
  readonly range: KeyRange;
  /** How many ranges there should be, 1 or more. */
  readonly wanted: number;
  /** Each is a listing request to either side. */
  readonly maxProbes: number;
  /** A range with no more keys than this is not split further; 1,000, a page of a listing, unless given. */
  readonly smallKeys?: number;
  readonly signal: AbortSignal;
}

/**
 * Finds keys at which a range of both stores falls into about equal parts, ascending; at most `wanted` - 1 of them, and none where there
 * are few keys. The keys are seen as a tree: the largest cell is split where its keys begin to differ, again and again. How many keys a
 * cell holds is known of small ones only, so the parts are equal where neighbouring branches are; a lane splits again what turns out long.
 * Throws StoreErrors.
 */
export async function findSplits({ range, wanted, smallKeys = SMALL_KEYS, ...options }: SplitRequest): Promise<readonly string[]> {
  if (wanted < 2) return [];
  const probes = createKeyProbes({ ...options, smallKeys });
  const whole = await wholeCell(probes, range);
  return whole === undefined ? [] : boundaries(await splitAll(probes, whole, wanted * CELLS_PER_RANGE), wanted, smallKeys);
}

async function splitAll(probes: KeyProbes, whole: Cell, enough: number): Promise<readonly Cell[]> {
  let cells: readonly Cell[] = [whole];
  for (;;) {
    const largest = cells.filter(({ firstKey }) => firstKey !== undefined).sort((a, b) => b.share - a.share);
    const chosen = new Set(largest.slice(0, CELLS_AT_ONCE));
    if (chosen.size === 0 || cells.length >= enough) return cells;
    cells = (await Promise.all(cells.map((cell) => (chosen.has(cell) ? splitCell(probes, cell) : [cell])))).flat();
  }
}

/** Ends of cells, where each next part of all keys is reached. */
function boundaries(cells: readonly Cell[], wanted: number, smallKeys: number): readonly string[] {
  const counts = estimates(cells, SMALL_CELLS_IN_BIG_ONE * smallKeys);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const keys: string[] = [];
  let parts = 0;
  let next = 1;
  for (const [index, { range }] of cells.slice(0, -1).entries()) {
    parts += ((counts[index] ?? 0) * wanted) / total;
    if (range.through === undefined || parts < next) continue;
    keys.push(range.through);
    next = Math.floor(parts) + 1;
  }
  return keys;
}

/** Keys of each cell: known of the small ones; the others by their shares, the least of them as a big cell. */
function estimates(cells: readonly Cell[], bigKeys: number): readonly number[] {
  const least = Math.min(...cells.filter(({ keys }) => keys === undefined).map(({ share }) => share));
  return cells.map(({ keys, share }) => keys ?? (share / least) * bigKeys);
}
