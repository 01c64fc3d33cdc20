import type { ObjectEntry, ObjectHead } from '../objects.ts';
import type { Condition } from '../store.ts';
import type { KeyPair } from './join.ts';

/** `auto`: see {@link decide}; `checksum`: equal contents are current; `size`: equal sizes are; `always`: nothing is. */
export type Comparison = 'auto' | 'checksum' | 'size' | 'always';

/** Why an object is copied. */
export type CopyReason =
  | 'missing'
  | 'size-differs'
  | 'content-differs'
  | 'source-changed'
  | 'source-newer'
  | 'not-proved-current'
  | 'always';

export type Decision =
  | { readonly action: 'copy'; readonly reason: CopyReason; readonly condition: Condition }
  | { readonly action: 'unchanged' }
  /** Only the destination's own metadata can tell: see {@link decideByHead}. */
  | { readonly action: 'ask-destination' }
  /** Only what both sides keep of the contents, or the contents themselves, can tell: see settleDecision. */
  | { readonly action: 'ask-both' }
  | { readonly action: 'extraneous' };

/** What is to be copied, or only if the stores, when they are asked, do not show that it is current. */
export type CopyDecision = Extract<Decision, { readonly action: 'copy' | 'ask-destination' | 'ask-both' }>;

/** What is to become of an object that the source has, once the stores are asked where that is needed. */
export type SettledDecision = Extract<Decision, { readonly action: 'copy' | 'unchanged' }>;

type Version = Pick<ObjectEntry, 'etag' | 'sizeBytes'>;

/**
 * A destination written this soon after the source may hold an older version: the source can have changed while the copy was under way.
 * Longer than any copy of one object in a slice, clocks of two clouds included.
 */
const DOUBT_MS = 15 * 60_000;

/** Decides by what the listings say, cheapest proof first; never asks a store. The table is `test/sync/compare/decide.test.ts`. */
export function decide({ source, destination }: KeyPair, comparison: Comparison): Decision {
  if (source === undefined) return { action: 'extraneous' };
  if (destination === undefined) return { action: 'copy', reason: 'missing', condition: 'if-absent' };
  if (comparison === 'always') return replace(destination, 'always');
  if (source.sizeBytes !== destination.sizeBytes) return replace(destination, 'size-differs');
  if (comparison === 'size') return { action: 'unchanged' };
  if (comparison === 'checksum') return isSameMd5(source, destination) ? { action: 'unchanged' } : { action: 'ask-both' };
  return decideByMarks(source, destination);
}

/** Different ones prove nothing: what S3 lists is no MD5 where it encrypts with a KMS key. */
function isSameMd5(source: ObjectEntry, destination: ObjectEntry): boolean {
  const md5 = md5Of(source);
  return md5 !== undefined && md5 === md5Of(destination);
}

function md5Of({ md5, claimedMd5 }: ObjectEntry): string | undefined {
  return md5 ?? claimedMd5;
}

function decideByMarks(source: ObjectEntry, destination: ObjectEntry): Decision {
  if (source.sourceEtag === destination.etag) return decideEcho(source, destination);
  if (destination.sourceEtag !== undefined) {
    return destination.sourceEtag === source.etag ? { action: 'unchanged' } : replace(destination, 'source-changed');
  }
  const destinationIsOlder = destination.lastModified < source.lastModified;
  const [here, there] = [md5Of(source), md5Of(destination)];
  if (here !== undefined && there !== undefined) {
    const isSame = here === there;
    if (destinationIsOlder && !isSame) return replace(destination, 'content-differs');
    // The same bytes, but the source was written later: perhaps only its headers changed. Other bytes, but the destination was written
    // later: perhaps what S3 lists is no MD5, since it encrypts with a KMS key.
    return destinationIsOlder === isSame ? { action: 'ask-destination' } : { action: 'unchanged' };
  }
  if (destinationIsOlder) return replace(destination, 'source-newer');
  const isClearlyNewer = destination.lastModified.getTime() - source.lastModified.getTime() > DOUBT_MS;
  return isClearlyNewer ? { action: 'unchanged' } : { action: 'ask-destination' };
}

/**
 * The source's object was copied from this very object of the destination, by a job in the opposite direction. Who writes other bytes of the
 * same length under our mark is noticed by the MD5.
 */
function decideEcho(source: ObjectEntry, destination: ObjectEntry): Decision {
  const [here, there] = [md5Of(source), md5Of(destination)];
  const isDoubtful = here !== undefined && there !== undefined && here !== there;
  return isDoubtful ? { action: 'ask-both' } : { action: 'unchanged' };
}

/** Decides by the destination's HEAD: current only if our own mark names the listed version of the source. */
export function decideByHead(source: Version, head: ObjectHead | undefined): SettledDecision {
  if (head === undefined) return { action: 'copy', reason: 'missing', condition: 'if-absent' };
  const isCurrent = isCopyOf(head, source);
  return isCurrent ? { action: 'unchanged' } : { action: 'copy', reason: 'not-proved-current', condition: { ifMatch: head.etag } };
}

/** Tells whether a destination object carries our mark of having been copied from this very version of the source. */
export function isCopyOf(head: ObjectHead, source: Version): boolean {
  return head.provenance?.sourceEtag === source.etag && head.sizeBytes === source.sizeBytes;
}

function replace(destination: ObjectEntry, reason: CopyReason): Decision {
  return { action: 'copy', reason, condition: { ifMatch: destination.etag } };
}
