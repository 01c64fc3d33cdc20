import { type CopyReason, isCopyOf } from '../compare/decide.ts';
import type { OverwriteRules } from '../compare/overwrite.ts';
import type { BufferPool } from '../flow/buffer-pool.ts';
import type { CarryOptions } from '../properties/carry-options.ts';
import { anyRecordOf } from '../store/content-record.ts';
import type { Crc64 } from '../store/crc64.ts';
import { destinationKeyOf, type ObjectVersion } from '../store/object-version.ts';
import type { Condition, Store, Verified, Written } from '../store/store.ts';
import { isStoreError } from '../store/store-error.ts';
import type { Restorer } from './restore.ts';
import type { SourceRecord } from './source-proof.ts';

/** The two ends of a copy and the memory between them. */
export interface CopyPath extends OverwriteRules {
  readonly source: Store;
  readonly destination: Store;
  readonly pool: BufferPool;
  readonly carry?: CarryOptions;
  /** Restores archived objects; they are skipped unless given. */
  readonly restore?: Restorer;
}

/** One version of one object, why it is copied, and what the destination must look like for it to be written. */
export interface CopyTask {
  readonly entry: ObjectVersion;
  readonly reason: CopyReason;
  readonly condition: Condition;
  /** As in a decision to copy. */
  readonly ignoresSourceMark?: true;
  readonly signal: AbortSignal;
}

/** A destination object that holds exactly the bytes of the task's version. */
export interface Copied {
  readonly destinationEtag: string;
  /** Last modification in seconds since 1970, where the answer to the write showed it. */
  readonly destinationModifiedAt?: number;
  readonly crc64: Crc64;
  readonly verified: Verified;
  readonly sourceRecord: SourceRecord;
  /** Metadata and tags of the source that it lacks, for people. */
  readonly leftOut: readonly string[];
}

/**
 * Waits for a conditional write. If it is refused because the object is already this very copy (the answer to an earlier try was lost, or
 * another worker did the same), that counts as written. Its mark must name this version, and the service's own CRC-64, or else the one in
 * the mark, be that of the bytes that were read. A mark's CRC-64 shows whose copy it is, and proves no more of it than its length.
 */
export async function orAlreadyOurs(
  write: Promise<Written>,
  destination: Store,
  { entry, signal }: Pick<CopyTask, 'entry' | 'signal'>,
  crc64: Crc64,
): Promise<Written> {
  try {
    return await write;
  } catch (error) {
    if (!isStoreError(error, 'precondition-failed', 'not-found') || error.isWholeStore) throw error;
    const head = await destination.head(destinationKeyOf(entry), { signal });
    const isOurs = head !== undefined && isCopyOf(head, entry) && anyRecordOf(head).crc64 === crc64;
    if (!isOurs) throw error;
    return { etag: head.etag, verified: head.crc64 === undefined ? 'length' : 'crc64' };
  }
}

const STRENGTH: Readonly<Record<Verified, number>> = { length: 0, md5: 1, crc64: 2 };

/** A copy proves as much as its weaker end. */
export function weaker(one: Verified, other: Verified): Verified {
  return STRENGTH[one] < STRENGTH[other] ? one : other;
}

/** The identity of the version that was written. */
export function destinationOf({ etag, modifiedAt }: Written): Pick<Copied, 'destinationEtag' | 'destinationModifiedAt'> {
  return { destinationEtag: etag, ...(modifiedAt !== undefined && { destinationModifiedAt: modifiedAt }) };
}
