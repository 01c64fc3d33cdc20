import type { State } from '../state.ts';
import { type IndexDocument, isDocumentPath } from './index-document.ts';
import { INDEX_ROOT } from './sides.ts';

const DAY_MS = 86_400_000;

interface CleanUpOptions {
  readonly state: State;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** An index that no run has used for this long is removed. */
  readonly keepDays: number;
  readonly signal: AbortSignal;
}

/** Removes the indexes that no run has used for a while, and segments that an update left behind when its worker died. */
export async function cleanUpIndexes({ state, now, keepDays, signal }: CleanUpOptions): Promise<void> {
  const paths = await Array.fromAsync(state.list(INDEX_ROOT));
  const folders = Map.groupBy(paths, (path) => path.slice(0, path.lastIndexOf('/') + 1));
  for (const inFolder of folders.values()) {
    if (signal.aborted) return;
    await cleanUpFolder(state, inFolder, now, keepDays * DAY_MS);
  }
}

async function cleanUpFolder(state: State, paths: readonly string[], now: number, keepMs: number): Promise<void> {
  const documentPath = paths.find(isDocumentPath);
  const document = documentPath === undefined ? undefined : await state.read<IndexDocument>(documentPath);
  const isUsed = document !== undefined && Object.values(document.value.lastRunAt).some((at) => now - Date.parse(at) < keepMs);
  if (documentPath !== undefined && !isUsed) await state.remove(documentPath);
  const named = new Set(isUsed ? [...document.value.segments, ...document.value.replaced].map(({ path }) => path) : []);
  const left = paths.filter((path) => path !== documentPath && !named.has(path) && now - writtenAt(path) >= DAY_MS);
  for (const path of left) await state.remove(path);
}

/** Milliseconds since 1970, which a segment's name begins with. */
function writtenAt(path: string): number {
  return Number.parseInt(path.slice(path.lastIndexOf('/') + 1), 10);
}
