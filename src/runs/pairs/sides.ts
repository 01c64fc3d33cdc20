import { createHash } from 'node:crypto';
import { parseLocation } from '../../config/locations.ts';
import type { ProvedPair, VersionPrint } from '../../sync/pairs/proved-pair.ts';
import type { RunRequest } from '../record.ts';

/** Which way a run copies between the two clouds. */
export type Direction = 'to-blob' | 'to-s3';

/** The two locations that an index is about, whichever way runs copy between them. */
export interface Sides {
  readonly blob: string;
  readonly s3: string;
  readonly direction: Direction;
}

export function sidesOf({ source, destination }: Pick<RunRequest, 'source' | 'destination'>): Sides {
  return parseLocation(source).kind === 's3'
    ? { blob: destination, s3: source, direction: 'to-blob' }
    : { blob: source, s3: destination, direction: 'to-s3' };
}

export function oppositeOf(direction: Direction): Direction {
  return direction === 'to-s3' ? 'to-blob' : 'to-s3';
}

const ID_DIGITS = 24;

/** Where an index and its segments are. */
export function indexFolder({ blob, s3 }: Pick<Sides, 'blob' | 's3'>): string {
  return `${INDEX_ROOT}${createHash('sha256').update(`${blob}\n${s3}`).digest('hex').slice(0, ID_DIGITS)}/`;
}

export const INDEX_ROOT = 'pairs/';

/** A proved pair as an index keeps it, the same for both directions. */
export interface IndexEntry {
  readonly key: string;
  readonly blob: VersionPrint;
  readonly s3: VersionPrint;
  /** As in a proved pair. */
  readonly isByMark?: true;
}

export function toEntry({ source, destination, ...rest }: ProvedPair, direction: Direction): IndexEntry {
  return direction === 'to-blob' ? { ...rest, blob: destination, s3: source } : { ...rest, blob: source, s3: destination };
}

export function toPair({ blob, s3, ...rest }: IndexEntry, direction: Direction): ProvedPair {
  return direction === 'to-blob' ? { ...rest, source: s3, destination: blob } : { ...rest, source: blob, destination: s3 };
}
