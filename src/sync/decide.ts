import type { KeyPair } from './join.ts';
import type { Condition, ObjectEntry, ObjectHead } from './store.ts';

/** `auto`: see {@link decide}; `size`: equal sizes are current; `always`: nothing is current. */
export type Comparison = 'auto' | 'size' | 'always';

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
  | { readonly action: 'extraneous' };

type Version = Pick<ObjectEntry, 'etag' | 'sizeBytes'>;

/**
 * A destination written this soon after the source may hold an older version: the source can have changed while the copy was under way.
 * Longer than any copy of one object in a slice, clocks of two clouds included.
 */
const DOUBT_MS = 15 * 60_000;

/** Decides by what the listings say, cheapest proof first; never asks a store. The table is `test/sync/decide.test.ts`. */
export function decide({ source, destination }: KeyPair, comparison: Comparison): Decision {
  if (source === undefined) return { action: 'extraneous' };
  if (destination === undefined) return { action: 'copy', reason: 'missing', condition: 'if-absent' };
  if (comparison === 'always') return replace(destination, 'always');
  if (source.sizeBytes !== destination.sizeBytes) return replace(destination, 'size-differs');
  if (comparison === 'size') return { action: 'unchanged' };
  return decideByProof(source, destination);
}

function decideByProof(source: ObjectEntry, destination: ObjectEntry): Decision {
  if (destination.sourceEtag !== undefined) {
    return destination.sourceEtag === source.etag ? { action: 'unchanged' } : replace(destination, 'source-changed');
  }
  const destinationIsOlder = destination.lastModified < source.lastModified;
  if (source.md5 !== undefined && destination.md5 !== undefined) {
    const isSame = source.md5 === destination.md5;
    if (destinationIsOlder && !isSame) return replace(destination, 'content-differs');
    // The same bytes, but the source was written later: perhaps only its headers changed. Other bytes, but the destination was written
    // later: perhaps what S3 lists is no MD5, since it encrypts with a KMS key.
    return destinationIsOlder === isSame ? { action: 'ask-destination' } : { action: 'unchanged' };
  }
  if (destinationIsOlder) return replace(destination, 'source-newer');
  const isClearlyNewer = destination.lastModified.getTime() - source.lastModified.getTime() > DOUBT_MS;
  return isClearlyNewer ? { action: 'unchanged' } : { action: 'ask-destination' };
}

/** Decides by the destination's HEAD: current only if our own mark names the listed version of the source. */
export function decideByHead(source: Version, head: ObjectHead | undefined): Decision {
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
