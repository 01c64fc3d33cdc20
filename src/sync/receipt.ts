import type { CopyReason } from './decide.ts';
import type { Verified } from './store.ts';
import type { StoreErrorCode } from './store-error.ts';

/** Why an object was passed over, on purpose and in the open. */
export type SkipReason = 'archived' | 'source-gone';

/** Why an object was not copied although it should have been. */
export type FailureCode = StoreErrorCode | 'source-changed' | 'too-large';

interface ReceiptBase {
  /** Relative to both locations. */
  readonly key: string;
  readonly sizeBytes: number;
  readonly sourceEtag: string;
  /** When the object was done with, ISO 8601. */
  readonly at: string;
  readonly milliseconds: number;
}

export interface CopiedReceipt extends ReceiptBase {
  readonly action: 'copied';
  readonly reason: CopyReason;
  readonly destinationEtag: string;
  /** CRC-64/NVME of the content, base64 as S3 writes it. */
  readonly crc64nvme: string;
  /** The weaker of what proved the bytes at the source and at the destination; `length` where one of them keeps no checksum. */
  readonly verified: Verified;
  /** The bytes went through this app. */
  readonly way: 'streamed';
  /** What of the source's metadata and tags the copy does not have: `metadata <name>` or `tag <name>`. Left out where it has all. */
  readonly leftOut?: readonly string[];
}

/** Of a dry run. */
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
  /** What happened and what to do, for people. */
  readonly message: string;
}

/** One line about one object that was copied, skipped or failed, or that would be copied. */
export type Receipt = CopiedReceipt | WouldCopyReceipt | SkippedReceipt | FailedReceipt;
