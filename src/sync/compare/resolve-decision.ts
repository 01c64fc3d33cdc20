import { isDeepStrictEqual } from 'node:util';
import { describeCopy } from '../properties/carry.ts';
import type { CarryOptions } from '../properties/carry-options.ts';
import { destinationKeyOf, type ObjectVersion } from '../store/object-version.ts';
import type { ObjectHead } from '../store/objects.ts';
import type { Store } from '../store/store.ts';
import { isStoreError, StoreError } from '../store/store-error.ts';
import { type CopyDecision, decideByHead, isCopyOf, type ResolvedDecision, unchangedBy } from './decide.ts';
import { headOfCopy } from './head-of-copy.ts';
import { type Proof, proveEqual } from './prove-equal.ts';

interface Ends {
  readonly source: Store;
  readonly destination: Store;
  readonly carry?: CarryOptions;
}

interface ResolveOptions {
  readonly signal: AbortSignal;
  /** Whether contents may be read where the stores keep no checksums that prove anything. */
  readonly readContent: boolean;
}

/** Asks what a decision leaves to be asked. Throws StoreErrors, and a KeyCollisionError when something else has the copy's key. */
export async function resolveDecision(
  ends: Ends,
  entry: ObjectVersion,
  decision: CopyDecision,
  options: ResolveOptions,
): Promise<ResolvedDecision> {
  if (decision.action === 'copy') return decision;
  const there = await headOfCopy(ends.destination, entry, options);
  if (decision.action === 'ask-destination') return decideByHead(entry, there, decision);
  if (there === undefined) return decideByHead(entry, there);
  if (decision.action === 'ask-both' && decision.acceptsMark && isCopyOf(there, entry)) return unchangedBy(there);
  const here = await ends.source.head(entry.key, options);
  // It is gone, or another: the copy will see to it.
  const isListed = here?.etag === entry.etag;
  const resolved = isListed ? await decideByHeads(ends, entry, decision, { here, there }, options) : replace(there);
  return resolved.action === 'copy' && 'ignoresSourceMark' in decision ? { ...resolved, ignoresSourceMark: true } : resolved;
}

/** Both ends of an object, as they are now. */
export interface HeadedPair {
  readonly here: ObjectHead;
  readonly there: ObjectHead;
}

/** Decides what both sides have to be asked for by their HEADs. */
export function decideByHeads(
  ends: Ends,
  entry: ObjectVersion,
  decision: CopyDecision,
  heads: HeadedPair,
  options: ResolveOptions,
): Promise<ResolvedDecision> {
  if (decision.action === 'ask-properties') return decideByProperties(ends, entry, heads, options);
  return decideByProof(ends, entry, heads, options);
}

/** Decides by the contents of both ends. What cannot be proved equal is copied again. */
async function decideByProof(
  { source, destination }: Ends,
  entry: ObjectVersion,
  { here, there }: HeadedPair,
  options: ResolveOptions,
): Promise<ResolvedDecision> {
  const one = { store: source, key: entry.key, head: here };
  const other = { store: { read: readAtDestination(destination) }, key: destinationKeyOf(entry), head: there };
  const proof = await proveEqual(one, other, options).catch(unlessArchived);
  // Checksums that a writer could set are no proof, and were compared before.
  if (proof.verdict === 'equal' && proof.record !== 'writer') return { action: 'unchanged', destination: there };
  const reason = proof.verdict === 'different' ? 'content-differs' : 'not-proved-current';
  return { action: 'copy', reason, condition: { ifMatch: there.etag } };
}

/** Decides by headers and metadata. No HEAD shows tags: where they are carried, the object is copied again. */
async function decideByProperties(
  ends: Ends,
  entry: ObjectVersion,
  { here, there }: HeadedPair,
  { signal }: ResolveOptions,
): Promise<ResolvedDecision> {
  const outdated = { action: 'copy', reason: 'properties-differ', condition: { ifMatch: there.etag } } as const;
  const isCopy = isCopyOf(there, entry) || isCopyOf(here, there);
  if (!isCopy || ends.carry?.tags === true) return outdated;
  const { description } = await describeCopy(ends, { entry, signal }, here.properties);
  return isDeepStrictEqual(description.properties, there.properties) ? unchangedBy(there) : outdated;
}

/** `archived` says of the source alone that it is to be restored. */
function readAtDestination(destination: Pick<Store, 'read'>): Store['read'] {
  return (key, options) =>
    destination.read(key, options).catch((error: unknown) => {
      throw isStoreError(error, 'archived') ? new StoreError('destination-archived', error.message, { cause: error }) : error;
    });
}

function unlessArchived(error: unknown): Proof {
  if (isStoreError(error, 'destination-archived')) return { verdict: 'unprovable', reason: 'no-common-checksum' };
  throw error;
}

function replace({ etag }: ObjectHead): ResolvedDecision {
  return { action: 'copy', reason: 'source-changed', condition: { ifMatch: etag } };
}
