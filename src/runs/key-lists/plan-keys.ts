import { parseObjectLocation } from '../../config/locations.ts';
import { keyListFormatOf } from '../../config/options/key-list-options.ts';
import type { PlannedShards } from '../../sync/plan/plan-shards.ts';
import { sortKeys } from '../../sync/plan/sort-keys.ts';
import { readPinned } from '../../sync/store/read-pinned.ts';
import type { Store } from '../../sync/store/store.ts';
import { StoreError } from '../../sync/store/store-error.ts';
import type { RunRecord } from '../record.ts';
import type { State } from '../state.ts';
import { type KeyList, rangesOfKeyList, writeKeyList } from './key-list.ts';
import { KeyListError, parseKeyList } from './parse-key-list.ts';

/** They are sorted in memory. */
const MAX_KEYS = 1_000_000;
/** Characters of all keys together. */
const MAX_CHARACTERS = 128 * 1024 * 1024;
/** More shards than lanes, so that lanes even out. */
const SHARDS_PER_LANE = 4;

export interface KeyListDependencies {
  readonly state: State;
  /** Opens the folder of the list. */
  readonly openKeyList: (record: RunRecord) => Pick<Store, 'head' | 'read'>;
}

interface PlannedKeys extends PlannedShards {
  readonly keyList: KeyList;
}

/** Plans a run by its list of keys, which is read this once. Throws a StoreError: what is wrong with the list ends the run. */
export async function planByKeys(
  { state, openKeyList }: KeyListDependencies,
  record: RunRecord,
  where: string,
  signal: AbortSignal,
): Promise<PlannedKeys> {
  const { key } = parseObjectLocation(where);
  const store = openKeyList(record);
  const head = await store.head(key, { signal });
  if (head === undefined) throw unusable(where, 'There is no such object.');
  const { body, etag } = await readPinned(store, { key, etag: head.etag, sizeBytes: head.sizeBytes }, { signal });
  const keyList = await writeKeyList(state, record.id, await sortedKeys(body, where));
  const objects = keyList.chunks.reduce((sum, chunk) => sum + chunk.keys, 0);
  const ranges = rangesOfKeyList(keyList, record.options.lanes * SHARDS_PER_LANE);
  const lanes = Math.min(record.options.lanes, ranges.length);
  return { ranges, lanes, expected: { objects, bytes: 0 }, keyList: { ...keyList, etag } };
}

async function sortedKeys(body: AsyncIterable<Uint8Array>, where: string): Promise<readonly string[]> {
  const keys = new Set<string>();
  let characters = 0;
  try {
    for await (const key of parseKeyList(body, keyListFormatOf(where) ?? 'ndjson')) {
      if (!keys.has(key)) characters += key.length;
      keys.add(key);
      if (keys.size > MAX_KEYS) throw new KeyListError(`It has more than ${MAX_KEYS} keys. Split it into lists for several runs.`);
      if (characters > MAX_CHARACTERS)
        throw new KeyListError(`Its keys have more than ${MAX_CHARACTERS} characters together. Split it into lists for several runs.`);
    }
  } catch (error) {
    throw error instanceof KeyListError ? unusable(where, error.message, error) : error;
  }
  return sortKeys(keys);
}

function unusable(where: string, why: string, cause?: Error): StoreError {
  return new StoreError('rejected', `The list of keys ${where} cannot be used: ${why}`, { isWholeStore: true, ...(cause && { cause }) });
}
