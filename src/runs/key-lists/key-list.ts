import { randomBytes } from 'node:crypto';
import { compareKeys } from '../../sync/store/key-order.ts';
import type { KeyRange } from '../../sync/store/key-range.ts';
import { linesOf } from '../report/lines.ts';
import type { State } from '../state.ts';

/** Keys that are read at once. */
const CHUNK_KEYS = 10_000;

/** The keys that a run is about, as the state container keeps them: ascending, each once, in chunks. */
export interface KeyList {
  readonly path: string;
  /** ETag of the object that it was read from; absent in a plan of an earlier release. */
  readonly etag?: string;
  readonly chunks: readonly KeyChunk[];
}

interface KeyChunk {
  readonly last: string;
  readonly keys: number;
}

/** Keeps a list of a run; `keys` are ascending, each once. */
export async function writeKeyList(state: State, runId: string, keys: readonly string[]): Promise<KeyList> {
  // Two that plan the same run at once must not mix their lists.
  const path = `runs/${runId}/keys/${randomBytes(4).toString('hex')}/`;
  const chunks: KeyChunk[] = [];
  for (let from = 0; from < keys.length; from += CHUNK_KEYS) {
    const chunk = keys.slice(from, from + CHUNK_KEYS);
    await state.writeStream(pathOf(path, chunks.length), linesFor(chunk), 'application/x-ndjson');
    chunks.push({ last: chunk.at(-1) ?? '', keys: chunk.length });
  }
  return { path, chunks };
}

/** The keys of a range. */
export async function* readKeyList(state: State, { path, chunks }: KeyList, { after, through }: KeyRange): AsyncGenerator<string> {
  const isBefore = (key: string) => after !== undefined && compareKeys(key, after) <= 0;
  const isBehind = (key: string) => through !== undefined && compareKeys(key, through) > 0;
  for (const [index, { last }] of chunks.entries()) {
    if (isBefore(last)) continue;
    const chunk = await state.stream(pathOf(path, index));
    if (chunk === undefined)
      throw new Error(`A part of the list of keys is gone from the state container: ${pathOf(path, index)}. Start a new run.`);
    for await (const line of linesOf(chunk.body)) {
      const key: string = JSON.parse(line);
      if (isBehind(key)) return;
      if (!isBefore(key)) yield key;
    }
  }
}

/** Ranges that end where chunks do, at most `max` of them. */
export function rangesOfKeyList({ chunks }: KeyList, max: number): readonly KeyRange[] {
  const perRange = Math.max(1, Math.ceil(chunks.length / max));
  const ends = chunks.filter((_, index) => (index + 1) % perRange === 0).map(({ last }) => last);
  const splits = chunks.length % perRange === 0 ? ends.slice(0, -1) : ends;
  return [undefined, ...splits].map((after, index) => {
    const through = splits[index];
    return { ...(after !== undefined && { after }), ...(through !== undefined && { through }) };
  });
}

async function* linesFor(keys: readonly string[]): AsyncGenerator<Uint8Array> {
  yield Buffer.from(keys.map((key) => `${JSON.stringify(key)}\n`).join(''));
}

function pathOf(path: string, chunk: number): string {
  return `${path}${String(chunk).padStart(6, '0')}.ndjson`;
}
