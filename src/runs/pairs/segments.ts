import { randomBytes } from 'node:crypto';
import type { VersionPrint } from '../../sync/pairs/proved-pair.ts';
import { linesOf } from '../report/lines.ts';
import type { State } from '../state.ts';
import type { IndexEntry } from './sides.ts';

/** Entries of a segment: it is read and written as a whole, some 5 MB. */
export const MAX_SEGMENT_ENTRIES = 50_000;

/** A part of an index: the entries behind the last key of the segment before it. Never changed once it is written. */
export interface Segment {
  readonly path: string;
  readonly last: string;
  readonly entries: number;
}

/** Another run has renewed the index. It can be read again from the beginning. */
export class SegmentGoneError extends Error {
  override readonly name = 'SegmentGoneError';
}

/** Key, prints of the blob and of the S3 object, the seconds at which they were last modified (0 where that is not known), and 1 if only a mark proves it. */
type Line = readonly [key: string, blob: string, s3: string, blobModifiedAt: number, s3ModifiedAt: number, isByMark?: 1];

/** The entries of a segment, ascending. Throws {@link SegmentGoneError}, also when it is not what was written. */
export async function* readSegment(state: State, { path, entries }: Segment): AsyncGenerator<IndexEntry> {
  const segment = await state.stream(path);
  if (segment === undefined) throw new SegmentGoneError(`${path} is gone.`);
  let count = 0;
  for await (const line of linesOf(segment.body)) {
    count++;
    yield entryIn(line, path);
  }
  if (count !== entries) throw new SegmentGoneError(`${path} has ${count} entries instead of ${entries}.`);
}

/** Writes entries, ascending, as one segment. */
export async function writeSegment(state: State, folder: string, entries: readonly IndexEntry[], now: number): Promise<Segment> {
  const path = `${folder}${now}-${randomBytes(6).toString('hex')}.ndjson`;
  await state.writeStream(path, bytesOf(entries), 'application/x-ndjson');
  return { path, last: entries.at(-1)?.key ?? '', entries: entries.length };
}

const LINES_PER_PIECE = 5_000;

async function* bytesOf(entries: readonly IndexEntry[]): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < entries.length; from += LINES_PER_PIECE)
    yield Buffer.from(
      entries
        .slice(from, from + LINES_PER_PIECE)
        .map(lineOf)
        .join(''),
    );
}

function lineOf({ key, blob, s3, isByMark }: IndexEntry): string {
  const versions = [key, blob.print, s3.print, blob.modifiedAt ?? 0, s3.modifiedAt ?? 0] as const;
  const line: Line = isByMark ? [...versions, 1] : versions;
  return `${JSON.stringify(line)}\n`;
}

function entryIn(text: string, path: string): IndexEntry {
  try {
    const [key, blob, s3, blobModifiedAt, s3ModifiedAt, isByMark]: Line = JSON.parse(text);
    const sides = { blob: versionPrint(blob, blobModifiedAt), s3: versionPrint(s3, s3ModifiedAt) };
    if (typeof key === 'string') return { key, ...sides, ...(isByMark === 1 && { isByMark: true }) };
  } catch {
    // The same as a line that is JSON, but no entry.
  }
  throw new SegmentGoneError(`${path} has a line that is no entry.`);
}

function versionPrint(print: string, modifiedAt: number): VersionPrint {
  return modifiedAt === 0 ? { print } : { print, modifiedAt };
}
