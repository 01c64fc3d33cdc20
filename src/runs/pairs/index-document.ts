import type { State } from '../state.ts';
import type { Segment } from './segments.ts';
import { type Direction, indexFolder, type Sides } from './sides.ts';

/** The document that lists the segments of an index. */
export interface IndexDocument {
  readonly version: 1;
  readonly blob: string;
  readonly s3: string;
  /** ISO 8601, of the last run in each direction, exact to a day. */
  readonly lastRunAt: Partial<Record<Direction, string>>;
  /** Ascending by key. */
  readonly segments: readonly Segment[];
  /** No longer part of the index, but runs under way may still read them. A later update removes them. */
  readonly replaced: readonly { readonly path: string; readonly at: string }[];
}

const NAME = 'index.json';

export function documentPath(sides: Pick<Sides, 'blob' | 's3'>): string {
  return indexFolder(sides) + NAME;
}

export function isDocumentPath(path: string): boolean {
  return path.endsWith(`/${NAME}`);
}

export function emptyIndex({ blob, s3 }: Sides): IndexDocument {
  return { version: 1, blob, s3, lastRunAt: {}, segments: [], replaced: [] };
}

/** `isReadable` is false for a document of a later release, which is left to that. */
export async function findDocument(state: State, sides: Sides) {
  const found = await state.read<IndexDocument>(documentPath(sides));
  return found && { ...found, isReadable: found.value.version === 1 };
}
