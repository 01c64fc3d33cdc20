import { createKeyMapping } from '../../src/sync/compare/key-mapping.ts';
import { createBufferPool } from '../../src/sync/flow/buffer-pool.ts';
import { planShards } from '../../src/sync/plan/plan-shards.ts';
import { syncSlice } from '../../src/sync/slice.ts';
import { listOptionsOf } from '../../src/sync/store/key-range.ts';
import type { ObjectEntry } from '../../src/sync/store/objects.ts';
import type { ListOptions, Store } from '../../src/sync/store/store.ts';
import { createMemoryStore } from '../support/stores/memory-store.ts';
import { usageOf } from './support/process-usage.ts';

/* Prints how fast, and in how much memory, a million keys on each side are planned and compared. Their listings are made up page by page. */

const KEYS = 1_000_000;
const PAGE = 1_000;
const LANES = 8;

const source = storeOf('source');
const destination = storeOf('destination');
const signal = new AbortController().signal;
const mapping = createKeyMapping({ source, destination, escapes: true, convertsFolders: false });
const pool = createBufferPool([{ bufferBytes: 1, count: 1 }]);

const planStart = performance.now();
const { ranges } = await planShards({ source, destination, lanes: LANES, signal });
const planSeconds = (performance.now() - planStart) / 1_000;

let compared = 0;
const syncStart = performance.now();
for (const range of ranges) {
  const request = {
    source,
    destination,
    ...listOptionsOf(range),
    comparison: 'auto',
    mapping,
    concurrency: 32,
    pool,
    clock: Date.now,
    signal,
  } as const;
  await syncSlice({ ...request, softDeadline: Number.POSITIVE_INFINITY }, () => void compared++);
}
const syncSeconds = (performance.now() - syncStart) / 1_000;

if (compared !== KEYS) throw new Error(`${compared} keys were compared instead of ${KEYS}.`);
console.log(`${KEYS} keys on each side, all of them current (target: at most 512 MB resident)`);
console.table({
  'made-up listings': {
    shards: ranges.length,
    'to plan them, s': planSeconds.toFixed(2),
    'to compare, s': syncSeconds.toFixed(1),
    'keys/s': (KEYS / syncSeconds).toFixed(0),
    'peak resident MB': ((usageOf(process.pid).peakMebibytes * 1_024 * 1_024) / 1e6).toFixed(0),
  },
});

function storeOf(side: 'source' | 'destination'): Store {
  return { ...createMemoryStore(`memory://${side}/`), list: (options) => pages(side, options) };
}

async function* pages(
  side: 'source' | 'destination',
  { startAfter = '', endBefore, pageSize = PAGE }: ListOptions = {},
): AsyncGenerator<readonly ObjectEntry[]> {
  for (let next = firstBehind(startAfter); next < KEYS; next += pageSize) {
    const page: ObjectEntry[] = [];
    for (let number = next; number < Math.min(next + pageSize, KEYS); number++) {
      const key = keyOf(number);
      if (endBefore !== undefined && key >= endBefore) break;
      page.push(entryOf(side, number));
    }
    yield page;
    if (page.length < pageSize) return;
  }
}

function keyOf(number: number): string {
  return `logs/${String(number).padStart(9, '0')}.json`;
}

/** Number of the first key behind a text. All keys are ASCII, so that plain comparison is right. */
function firstBehind(text: string): number {
  let low = 0;
  let high = KEYS;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keyOf(middle) > text) high = middle;
    else low = middle + 1;
  }
  return low;
}

function entryOf(side: 'source' | 'destination', number: number): ObjectEntry {
  const entry = { key: keyOf(number), sizeBytes: number, etag: `"${side}-${number}"`, lastModified: new Date(0) };
  return side === 'source' ? entry : { ...entry, sourceEtag: `"source-${number}"` };
}
