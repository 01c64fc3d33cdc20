import { type ChangesSinceProof, changesSince, type ProvedPair } from '../pairs/proved-pair.ts';
import type { ObjectEntry, ObjectHead } from '../store/objects.ts';
import type { Condition } from '../store/store.ts';
import type { KeyPair, SourcePair } from './join.ts';

/** `auto`: see {@link decide}; `checksum`: equal contents are current; `size`: equal sizes are; `always`: nothing is. */
export type Comparison = 'auto' | 'checksum' | 'size' | 'always';

/** Why an object is copied. */
export type CopyReason =
  | 'missing'
  | 'size-differs'
  | 'content-differs'
  /** The bytes are equal, but not the headers or the metadata. */
  | 'properties-differ'
  | 'source-changed'
  | 'source-newer'
  /** Somebody wrote the destination's object after it was proved equal to the source's. */
  | 'destination-changed'
  /** Both were written after they were proved equal. */
  | 'both-changed'
  | 'not-proved-current'
  | 'always';

interface KnownEdit {
  /** One side alone was written after both were proved equal, and it is known which: the source's own mark explains nothing. */
  readonly ignoresSourceMark?: true;
}

export type Decision =
  | ({ readonly action: 'copy'; readonly reason: CopyReason; readonly condition: Condition } & KnownEdit)
  | { readonly action: 'unchanged' }
  /** Only the destination's HEAD can show that it is current: see {@link decideByHead}. */
  | {
      readonly action: 'ask-destination';
      /** Why it is copied unless it is; `not-proved-current` unless given. */
      readonly reason?: CopyReason;
      /** The mark alone is not enough: the service's own checksum must be that of the bytes that were copied. */
      readonly needsChecksum?: true;
    }
  /** The checksums that the services keep decide, or the contents. */
  | ({
      readonly action: 'ask-both';
      /** The mark of the copy counts, too. */
      readonly acceptsMark?: true;
    } & KnownEdit)
  /** The bytes are those that were copied; the headers and metadata of both sides decide. */
  | { readonly action: 'ask-properties' }
  | { readonly action: 'extraneous' };

/** An object to copy, or to copy unless the stores, when asked, show that it is current. */
export type CopyDecision = Exclude<Decision, { readonly action: 'unchanged' | 'extraneous' }>;

/** The decision on an object that the source has, once the stores have been asked where that is needed. */
export type ResolvedDecision =
  | Extract<Decision, { readonly action: 'copy' }>
  /** The destination's version was proved to be current. */
  | ({ readonly action: 'unchanged'; readonly destination: Version } & Pick<ProvedPair, 'isByMark'>);

/** The identity of a version of an object in its store. */
export type Version = Pick<ObjectEntry, 'etag' | 'sizeBytes'>;

/** Decides by what the listings and the proved pair say, cheapest proof first; never asks a store. The table is in `test/sync/compare/decide.test.ts`. */
export function decide(pair: KeyPair, comparison: Comparison): Decision {
  const { source, destination, proved } = pair;
  if (source === undefined) return { action: 'extraneous' };
  if (destination === undefined) return { action: 'copy', reason: 'missing', condition: 'if-absent' };
  if (comparison === 'always') return replace(destination, 'always');
  const changes = proved && changesSince(proved, source, destination);
  const haveEqualSizes = source.sizeBytes === destination.sizeBytes;
  if (comparison === 'size' && haveEqualSizes) return { action: 'unchanged' };
  const isProof = comparison === 'auto' || (comparison === 'checksum' && proved?.isByMark === undefined);
  if (isProof && changes?.source === 'same' && changes.destination === 'same') return { action: 'unchanged' };
  if (comparison !== 'auto') return decideByContent(changes, destination, haveEqualSizes);
  return changes === undefined ? decideByMarks(source, destination) : decideByChanges(changes, source, destination);
}

/** The contents decide, not the marks. */
function decideByContent(changes: ChangesSinceProof | undefined, destination: ObjectEntry, haveEqualSizes: boolean): Decision {
  const isOneSided = changes !== undefined && (changes.source === 'changed') !== (changes.destination === 'changed');
  const known: KnownEdit = isOneSided ? { ignoresSourceMark: true } : {};
  return haveEqualSizes ? { action: 'ask-both', ...known } : { ...replace(destination, 'size-differs'), ...known };
}

/** Compares both sides with the pair that was proved equal; `undefined` where they never were, or one of them is missing. */
export function changesOf({ source, destination, proved }: SourcePair): ChangesSinceProof | undefined {
  return proved && destination && changesSince(proved, source, destination);
}

/** One side is marked as the copy of the very version that the other side has: a run copied it whose proof was lost. */
function isExplainedByMarks(source: ObjectEntry, destination: ObjectEntry): boolean {
  const isMarked = source.sourceEtag === destination.etag || destination.sourceEtag === source.etag;
  return isMarked && source.sizeBytes === destination.sizeBytes;
}

function decideByChanges(changes: ChangesSinceProof, source: ObjectEntry, destination: ObjectEntry): Decision {
  const haveEqualSizes = source.sizeBytes === destination.sizeBytes;
  if (changes.destination === 'same') {
    if (changes.source === 'touched') return { action: 'ask-properties' };
    return { ...replace(destination, haveEqualSizes ? 'source-changed' : 'size-differs'), ignoresSourceMark: true };
  }
  if (changes.source === 'touched') return replace(destination, 'both-changed');
  const isConflict = changes.source === 'changed';
  if (isConflict && isExplainedByMarks(source, destination)) return decideByMarks(source, destination);
  if (!haveEqualSizes) return replace(destination, isConflict ? 'both-changed' : 'destination-changed');
  // A run that died may have copied the source as it is now.
  if (isConflict) return { action: 'ask-destination', reason: 'both-changed' };
  // A rewritten destination may still have the bytes, such as after a change of its storage class, or may have kept our mark on others.
  return { action: 'ask-destination', reason: 'destination-changed', needsChecksum: true };
}

function decideByMarks(source: ObjectEntry, destination: ObjectEntry): Decision {
  if (source.sizeBytes !== destination.sizeBytes) return replace(destination, 'size-differs');
  const md5s = compareMd5s(source, destination);
  if (source.sourceEtag === destination.etag) return md5s === 'differ' ? { action: 'ask-both' } : { action: 'unchanged' };
  if (destination.sourceEtag === source.etag) return decideByOwnMark(source, destination, md5s);
  if (destination.sourceEtag !== undefined) return replace(destination, 'source-changed');
  // No time proves that a copy is current: a change of its storage class, a metadata edit or a rollback sets a time of its own.
  const isOlder = destination.lastModified < source.lastModified;
  if (isOlder && md5s !== 'equal') return replace(destination, md5s === 'differ' ? 'content-differs' : 'source-newer');
  if (isOlder || md5s !== 'equal')
    return { action: 'ask-destination', reason: md5s === 'differ' ? 'content-differs' : 'not-proved-current' };
  return { action: 'ask-both', acceptsMark: true };
}

/** The listing shows our mark, which names the listed version of the source. */
function decideByOwnMark(source: ObjectEntry, destination: ObjectEntry, md5s: 'equal' | 'differ' | 'unknown'): Decision {
  if (md5s === 'differ') return { action: 'ask-both' };
  // S3 keeps the ETag when the same bytes are written again with other headers.
  return source.lastModified > destination.lastModified ? { action: 'ask-properties' } : { action: 'unchanged' };
}

/** Hints only: whoever writes a blob can set its MD5, and what S3 lists is none where it encrypts with a KMS key. */
export function compareMd5s(one: ObjectEntry, other: ObjectEntry): 'equal' | 'differ' | 'unknown' {
  const [first, second] = [one.md5 ?? one.claimedMd5, other.md5 ?? other.claimedMd5];
  if (first === undefined || second === undefined) return 'unknown';
  return first === second ? 'equal' : 'differ';
}

type HeadQuestion = Omit<Extract<Decision, { readonly action: 'ask-destination' }>, 'action'>;

/** Decides by the destination's HEAD: current only if our own mark names the listed version of the source, and no checksum contradicts it. */
export function decideByHead(
  source: Version,
  head: ObjectHead | undefined,
  { reason = 'not-proved-current', needsChecksum }: HeadQuestion = {},
): ResolvedDecision {
  if (head === undefined) return { action: 'copy', reason: 'missing', condition: 'if-absent' };
  const isCurrent = isCopyOf(head, source) && (needsChecksum === undefined || hasCopiedBytes(head));
  return isCurrent ? unchangedBy(head) : { action: 'copy', reason, condition: { ifMatch: head.etag } };
}

/** The mark of the copy says that it is current, and perhaps the service, too. */
export function unchangedBy(head: ObjectHead): ResolvedDecision {
  return { action: 'unchanged', destination: head, ...(!hasCopiedBytes(head) && { isByMark: true }) };
}

/** Tells whether a destination object carries our mark of having been copied from this very version, and no checksum contradicts it. */
export function isCopyOf(head: ObjectHead, source: Version): boolean {
  const isMarked = head.provenance?.sourceEtag === source.etag && head.sizeBytes === source.sizeBytes;
  return isMarked && (head.crc64 === undefined || head.provenance?.crc64 === undefined || hasCopiedBytes(head));
}

/** Tells whether the service itself says that an object has the bytes of which our mark tells. */
export function hasCopiedBytes({ crc64, provenance }: Pick<ObjectHead, 'crc64' | 'provenance'>): boolean {
  return crc64 !== undefined && crc64 === provenance?.crc64;
}

function replace(destination: ObjectEntry, reason: CopyReason): Extract<Decision, { readonly action: 'copy' }> {
  return { action: 'copy', reason, condition: { ifMatch: destination.etag } };
}
