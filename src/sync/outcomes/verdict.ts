import type { CopyReason, Version } from '../compare/decide.ts';
import { KeyCollisionError } from '../compare/head-of-copy.ts';
import type { LeaveReason } from '../compare/overwrite.ts';
import type { Copied, CopyPath } from '../copy/copy-task.ts';
import { SourceChangedError } from '../copy/read-verified.ts';
import type { ProvedPair } from '../pairs/proved-pair.ts';
import { crc64ToBase64 } from '../store/crc64.ts';
import { destinationKeyOf, type ObjectVersion } from '../store/object-version.ts';
import { isStoreError, type StoreError, type StoreErrorCode } from '../store/store-error.ts';
import type { FailureCode, Receipt, SkipReason } from './receipt.ts';

/** A source that changes under us, or a destination, is looked at again; after this many tries it stays as it is until the next run. */
export const MAX_TRIES = 3;

/** The outcome for one version of an object: a receipt without the times. */
export type Verdict = { readonly entry: ObjectVersion } & (
  | {
      readonly action: 'copied';
      readonly reason: CopyReason;
      readonly destinationEtag: string;
      readonly sourceModifiedAt?: number;
      readonly destinationModifiedAt?: number;
      readonly crc64nvme: string;
      readonly verified: Copied['verified'];
      readonly sourceRecord: Copied['sourceRecord'];
      readonly way: 'streamed';
      readonly leftOut?: readonly string[];
    }
  | { readonly action: 'would-copy'; readonly reason: CopyReason }
  | { readonly action: 'skipped'; readonly reason: SkipReason }
  | { readonly action: 'failed'; readonly reason: FailureCode; readonly message: string }
);

/** Nothing was copied: this version of the destination's object has the bytes of this version of the source's. */
export interface Current extends Pick<ProvedPair, 'isByMark'> {
  readonly action: 'current';
  readonly entry: ObjectVersion;
  readonly destination: Version;
}

type Ends = Pick<CopyPath, 'source' | 'destination'>;

/** Failures that concern every other object too, or that pass after a while. */
const NOT_OF_ONE_OBJECT: readonly StoreErrorCode[] = ['aborted', 'credentials-expired', 'throttled'];

/** Times are milliseconds since 1970. */
export function toReceipt({ entry, ...outcome }: Verdict, startedAt: number, now: number): Receipt {
  return {
    key: entry.key,
    ...(entry.destinationKey !== undefined && { destinationKey: entry.destinationKey }),
    ...outcome,
    sizeBytes: entry.sizeBytes,
    sourceEtag: entry.etag,
    at: new Date(now).toISOString(),
    milliseconds: now - startedAt,
  };
}

export function copied(entry: ObjectVersion, reason: CopyReason, { crc64, leftOut, ...proof }: Copied): Verdict {
  const crc64nvme = crc64ToBase64(crc64, 'big-endian');
  const { modifiedAt: sourceModifiedAt } = entry;
  return {
    ...{ entry, action: 'copied', reason },
    ...(sourceModifiedAt !== undefined && { sourceModifiedAt }),
    ...proof,
    ...{ crc64nvme, way: 'streamed' },
    ...(leftOut.length > 0 && { leftOut }),
  };
}

export function current(entry: ObjectVersion, destination: Version, { isByMark }: Pick<ProvedPair, 'isByMark'>): Current {
  return { action: 'current', entry, destination, ...(isByMark && { isByMark }) };
}

export function wouldCopy(entry: ObjectVersion, reason: CopyReason): Verdict {
  return { entry, action: 'would-copy', reason };
}

/** The verdict on an object that is not to be copied, or must not replace the destination's. */
export function left(entry: ObjectVersion, reason: LeaveReason | 'folder-marker'): Verdict {
  return { entry, action: 'skipped', reason };
}

export function sourceGone(entry: ObjectVersion): Verdict {
  return { entry, action: 'skipped', reason: 'source-gone' };
}

/** Why an object cannot be copied, as far as that is known without a request. */
export function refuse(path: Ends, entry: ObjectVersion): Verdict | undefined {
  const refusal = path.destination.refuseKey(destinationKeyOf(entry));
  return refusal === undefined ? undefined : failed(path, entry, 'invalid-key', refusal);
}

/** The verdict on an object that cannot be read before it is restored. */
export function archived(entry: ObjectVersion): Verdict {
  return { entry, action: 'skipped', reason: 'archived' };
}

/** Turns what concerns this object alone into its verdict; throws `error` when it concerns more. */
export function explain(path: Ends, entry: ObjectVersion, error: unknown): Verdict {
  if (error instanceof SourceChangedError) {
    return failed(
      path,
      entry,
      'source-changed',
      `It changed each time it was read, ${MAX_TRIES} times. Run again when nothing writes to it.`,
    );
  }
  if (error instanceof KeyCollisionError) return failed(path, entry, 'key-collision', error.message);
  // A listing does not always tell what is archived.
  if (isStoreError(error, 'archived')) return archived(entry);
  if (!concernsOneObject(error)) throw error;
  return failed(path, entry, error.code, error.message);
}

/** Tells whether other objects may fare better. */
export function concernsOneObject(error: unknown): error is StoreError {
  return isStoreError(error) && !error.isWholeStore && !NOT_OF_ONE_OBJECT.includes(error.code);
}

export function tooLarge(path: Ends, entry: ObjectVersion): Verdict {
  const { maxParts, maxPartBytes } = path.destination.uploadLimits;
  const limit = `${path.destination.url} holds objects of up to ${maxParts * maxPartBytes} bytes`;
  return failed(path, entry, 'too-large', `It has ${entry.sizeBytes} bytes, and ${limit}. Split it at the source, or leave it out.`);
}

/** `what` was not done about the object. */
export function failed(
  { source }: Pick<Ends, 'source'>,
  entry: ObjectVersion,
  reason: FailureCode,
  why: string,
  what = 'Not copied',
): Verdict {
  return { entry, action: 'failed', reason, message: `${what}: ${JSON.stringify(entry.key)} of ${source.url}: ${why}` };
}
