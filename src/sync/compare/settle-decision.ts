import { destinationKeyOf, type ObjectVersion } from '../object-version.ts';
import type { ObjectHead } from '../objects.ts';
import type { CallOptions, Store } from '../store.ts';
import { type CopyDecision, decideByHead, type SettledDecision } from './decide.ts';
import { headOfCopy } from './head-of-copy.ts';
import { proveEqual } from './prove-equal.ts';

interface Ends {
  readonly source: Pick<Store, 'head' | 'read'>;
  readonly destination: Pick<Store, 'head' | 'read'>;
}

/** Asks what a decision leaves to be asked. Throws StoreErrors, and a KeyCollisionError when something else has the copy's key. */
export async function settleDecision(
  ends: Ends,
  entry: ObjectVersion,
  decision: CopyDecision,
  { signal }: { readonly signal: AbortSignal },
): Promise<SettledDecision> {
  if (decision.action === 'copy') return decision;
  const there = await headOfCopy(ends.destination, entry, { signal });
  if (decision.action === 'ask-destination' || there === undefined) return decideByHead(entry, there);
  const here = await ends.source.head(entry.key, { signal });
  // It is gone, or another: the copy will see to it.
  if (here === undefined || here.etag !== entry.etag) return replace(there);
  return decideByProof(ends, entry, { here, there }, { signal, readContent: true });
}

/** Both ends of an object, as they are now. */
export interface HeadedPair {
  readonly here: ObjectHead;
  readonly there: ObjectHead;
}

/** Decides by the contents of both ends. What cannot be proved equal is copied again. */
export async function decideByProof(
  { source, destination }: Ends,
  entry: ObjectVersion,
  { here, there }: HeadedPair,
  options: CallOptions & { readonly readContent: boolean },
): Promise<SettledDecision> {
  const one = { store: source, key: entry.key, head: here };
  const other = { store: destination, key: destinationKeyOf(entry), head: there };
  const { verdict } = await proveEqual(one, other, options);
  if (verdict === 'equal') return { action: 'unchanged' };
  const reason = verdict === 'different' ? 'content-differs' : 'not-proved-current';
  return { action: 'copy', reason, condition: { ifMatch: there.etag } };
}

function replace({ etag }: ObjectHead): SettledDecision {
  return { action: 'copy', reason: 'source-changed', condition: { ifMatch: etag } };
}
