import type { CopyDecision, CopyReason } from '../compare/decide.ts';
import type { PartPlan } from '../copy/part-plan.ts';
import type { Receipt } from '../outcomes/receipt.ts';
import type { ProvedPair } from '../pairs/proved-pair.ts';
import { type Crc64, crc64FromBase64 } from '../store/crc64.ts';
import type { ObjectVersion } from '../store/object-version.ts';
import type { ObjectEntry } from '../store/objects.ts';
import type { Condition, Upload, Verified } from '../store/store.ts';

/** A large object as a slice found it, to be copied by steps of its own. Plain data. */
export interface LargeTask {
  readonly entry: ObjectVersion & Pick<ObjectEntry, 'isArchived'>;
  readonly decision: CopyDecision;
}

/** A large object whose copy has begun. Plain data: each of its ranges may be copied by another process, and by several. */
export interface LargeUpload {
  /** The version that is copied: the one that the slice found, or the one that was there when the copy began. */
  readonly entry: ObjectVersion;
  readonly upload: Upload;
  readonly plan: PartPlan;
  readonly condition: Condition;
  readonly reason: CopyReason;
  /** As in a decision to copy. */
  readonly ignoresSourceMark?: true;
  /** Metadata and tags that are not carried; absent in uploads that an earlier release has begun. */
  readonly leftOut?: readonly string[];
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** How often the copy may begin anew. */
  readonly triesLeft: number;
}

/** The outcome of a large object. Without a receipt the destination turned out to be current. Plain data. */
export interface LargeOutcome {
  readonly receipt?: Receipt;
  /** The pair that was found equal, where nothing was copied. */
  readonly proved?: ProvedPair;
}

/** A range whose parts the destination has. Plain data. */
export interface CopiedRange {
  /** CRC-64/NVME of the range, base64 as S3 writes it. */
  readonly crc64nvme: string;
  readonly sizeBytes: number;
  /** How far the destination confirmed the parts. */
  readonly verified: Verified;
  /** ETags of the streamed parts that were compared. Another worker may have uploaded others. */
  readonly etags?: readonly string[];
}

/** The checksum of a range as a number. Throws TypeError when it is none. */
export function crc64OfRange({ crc64nvme }: CopiedRange): Crc64 {
  const crc = crc64FromBase64(crc64nvme, 'big-endian');
  if (crc === undefined) throw new TypeError(`${JSON.stringify(crc64nvme)} is not the checksum of a range.`);
  return crc;
}
