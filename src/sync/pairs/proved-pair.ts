import { hash } from 'node:crypto';
import { type ObjectVersion, secondsOf } from '../store/object-version.ts';
import type { ObjectEntry } from '../store/objects.ts';

/** Stands for one version of an object. Plain data. */
export interface VersionPrint {
  /** The first 66 bits of a SHA-256 over size and ETag, base64url. */
  readonly print: string;
  /** Last modification, in seconds since 1970; absent where no listing has shown this version yet. */
  readonly modifiedAt?: number;
}

/**
 * Two versions of an object that were proved to hold the same bytes. This stays true forever, so a pair may be old, or lost, but never wrong.
 * Plain data.
 */
export interface ProvedPair {
  readonly key: string;
  readonly source: VersionPrint;
  readonly destination: VersionPrint;
  /** Only the mark of a copy says that they are equal, which whoever writes an object can set: enough for all but a comparison by content. */
  readonly isByMark?: true;
}

/** The parts of a version print. */
type PrintedVersion = Pick<ObjectVersion, 'etag' | 'sizeBytes' | 'modifiedAt'> & Partial<Pick<ObjectEntry, 'lastModified'>>;

const PRINT_LENGTH = 11;

export function printOf({
  etag,
  sizeBytes,
  lastModified,
  modifiedAt = lastModified && secondsOf(lastModified),
}: PrintedVersion): VersionPrint {
  const print = hash('sha256', `${sizeBytes} ${etag}`, 'base64url').slice(0, PRINT_LENGTH);
  return { print, ...(modifiedAt !== undefined && { modifiedAt }) };
}

/** The pair of two versions that were just proved equal; `undefined` where they have different keys, which only a HEAD brings together. */
export function pairOf(
  source: ObjectVersion,
  destination: PrintedVersion,
  { isByMark }: Pick<ProvedPair, 'isByMark'>,
): ProvedPair | undefined {
  const { key, destinationKey } = source;
  if (destinationKey !== undefined) return undefined;
  return { key, source: printOf(source), destination: printOf(destination), ...(isByMark && { isByMark }) };
}

/**
 * Changes of a pair since it was proved. Equal prints mean equal bytes: Azure changes an ETag with every write, and S3's is made of the
 * bytes or, with a KMS key, of their ciphertext. `touched`: the same bytes were written again, perhaps with other headers or metadata.
 */
export interface ChangesSinceProof {
  readonly source: 'same' | 'touched' | 'changed';
  readonly destination: 'same' | 'changed';
}

/** Tells whether an object was written after a version of it was proved, be it with the same bytes. */
export function wasWrittenSince(proved: VersionPrint, listed: ObjectEntry): boolean {
  const now = printOf(listed);
  return now.print !== proved.print || (proved.modifiedAt !== undefined && proved.modifiedAt !== now.modifiedAt);
}

/** Compares the versions that are listed now with those of the pair. */
export function changesSince(pair: ProvedPair, source: ObjectEntry, destination: ObjectEntry): ChangesSinceProof {
  const now = printOf(source);
  const isTouched = pair.source.modifiedAt !== undefined && pair.source.modifiedAt !== now.modifiedAt;
  const unchanged = isTouched ? 'touched' : 'same';
  return {
    source: now.print === pair.source.print ? unchanged : 'changed',
    destination: printOf(destination).print === pair.destination.print ? 'same' : 'changed',
  };
}
