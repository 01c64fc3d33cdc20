import type { CopyReason } from '../compare/decide.ts';
import type { Evidence, ProofRecord } from '../compare/prove-equal.ts';
import type { SourceRecord } from '../copy/source-proof.ts';
import type { Verified } from '../store/store.ts';
import type { StoreErrorCode } from '../store/store-error.ts';

/** Why an object was passed over, on purpose and in the open. */
export type SkipReason =
  | 'archived'
  | 'source-gone'
  | 'exists'
  | 'destination-newer'
  /** The destination was written after both were proved equal, or after the source was copied from it; the source was not. */
  | 'destination-edited'
  | 'folder-marker'
  | RestoreState;

/**
 * How far an archived object is on its way back: asked for by this run, or before; not asked for, since the run's budget is used up; in a
 * dry run: to be asked for.
 */
export type RestoreState = 'restore-requested' | 'restoring' | 'restore-budget' | 'would-restore';

/** Why an object was not copied although it should have been. */
export type FailureCode = StoreErrorCode | 'source-changed' | 'too-large' | 'key-collision';

interface ReceiptTimes {
  /** When the object was done with, ISO 8601. */
  readonly at: string;
  readonly milliseconds: number;
}

interface ReceiptBase extends ReceiptTimes {
  /** Relative to both locations. */
  readonly key: string;
  /** The key of its copy, where that is another one. */
  readonly destinationKey?: string;
  readonly sizeBytes: number;
  readonly sourceEtag: string;
}

export interface CopiedReceipt extends ReceiptBase {
  readonly action: 'copied';
  readonly reason: CopyReason;
  readonly destinationEtag: string;
  /** When the source's version was last modified, in seconds since 1970. */
  readonly sourceModifiedAt?: number;
  /** The same of the destination, where its answer showed it. */
  readonly destinationModifiedAt?: number;
  /** CRC-64/NVME of the content, base64 as S3 writes it. */
  readonly crc64nvme: string;
  /** The weaker of what the bytes were compared with at the source and at the destination; `length` where one of them had nothing to compare. */
  readonly verified: Verified;
  /** By whose word they are those of the source; left out by earlier releases. */
  readonly sourceRecord?: SourceRecord;
  /** The bytes went through this app. */
  readonly way: 'streamed';
  /** Metadata and tags of the source that the copy lacks: `metadata <name>` or `tag <name>`. Absent where it has all. */
  readonly leftOut?: readonly string[];
}

/** Receipt of a dry run. */
export interface WouldCopyReceipt extends ReceiptBase {
  readonly action: 'would-copy';
  readonly reason: CopyReason;
}

export interface SkippedReceipt extends ReceiptBase {
  readonly action: 'skipped';
  readonly reason: SkipReason;
}

export interface FailedReceipt extends ReceiptBase {
  readonly action: 'failed';
  readonly reason: FailureCode;
  /** The failure and its remedy, for people. */
  readonly message: string;
}

/** An object that the destination alone had when it was listed. */
export interface ExtraneousObject {
  readonly key: string;
  readonly sizeBytes: number;
  readonly destinationEtag: string;
}

/** The outcome for an object that only the destination had. */
type ExtraneousOutcome =
  /** It was left alone. */
  | { readonly action: 'extraneous' }
  | {
      /** `would-delete`: of a dry run. */
      readonly action: 'deleted' | 'would-delete';
      /** When the source, asked for this very object, had none; ISO 8601. */
      readonly sourceAbsentAt: string;
      /** Whether the destination keeps what was deleted for a while, or as a version; where it tells. */
      readonly isRecoverable?: boolean;
    }
  /** It was left alone after all: the source has it now, or somebody wrote the destination's. */
  | { readonly action: 'kept'; readonly reason: 'source-has-it' | 'destination-changed' }
  | {
      readonly action: 'delete-failed';
      readonly reason: StoreErrorCode;
      /** The failure and its remedy, for people. */
      readonly message: string;
    };

export type ExtraneousReceipt = ExtraneousObject & ReceiptTimes & ExtraneousOutcome;

/** The finding of an audit about an object. */
export type AuditOutcome =
  /** `record` is left out of receipts that an earlier release wrote. */
  | { readonly action: 'equal'; readonly by: Evidence; readonly record?: ProofRecord }
  | { readonly action: 'different'; readonly by: Evidence; readonly record?: ProofRecord }
  /**
   * Its contents were not to be read, or cannot be: there is nothing to compare (`no-common-checksum`), or what differs can be set by
   * whoever writes an object (`checksums-differ`), so that it may be outdated; `changing`: it was written while it was looked at.
   */
  | { readonly action: 'unprovable'; readonly reason: 'no-common-checksum' | 'checksums-differ' | 'archived' | 'changing' };

export type AuditReceipt = ReceiptTimes & { readonly key: string; readonly destinationKey?: string; readonly sizeBytes: number } & (
    | (AuditOutcome & { readonly sourceEtag: string; readonly destinationEtag: string })
    /** Only the source has it. */
    | { readonly action: 'missing'; readonly sourceEtag: string }
  );

/** Something that should have been done, and was not. */
export type FailureReceipt = FailedReceipt | Extract<ExtraneousReceipt, { readonly action: 'delete-failed' }>;

/** One line about one object: what became of it, or in a dry run what would. */
export type Receipt = CopiedReceipt | WouldCopyReceipt | SkippedReceipt | FailedReceipt | ExtraneousReceipt | AuditReceipt;

export function isFailure(receipt: Receipt): receipt is FailureReceipt {
  return receipt.action === 'failed' || receipt.action === 'delete-failed';
}
