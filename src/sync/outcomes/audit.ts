import type { SourcePair } from '../compare/join.ts';
import { compareRecords, type HeadedObject, type Proof, proveEqual } from '../compare/prove-equal.ts';
import { changesSince, type ProvedPair } from '../pairs/proved-pair.ts';
import { anyRecordOf, serviceRecordOf } from '../store/content-record.ts';
import type { ObjectEntry } from '../store/objects.ts';
import type { Store } from '../store/store.ts';
import { isStoreError } from '../store/store-error.ts';
import type { AuditOutcome, Receipt } from './receipt.ts';
import { concernsOneObject, failed, toReceipt } from './verdict.ts';

interface AuditOptions {
  readonly source: Store;
  readonly destination: Store;
  /** Whether contents may be read where the services do not tell by themselves. */
  readonly readContent: boolean;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** Tells whether the destination has the same content as the source's object, and by what that is known. Writes nothing. */
export type Auditor = (pair: SourcePair, signal: AbortSignal) => Promise<Receipt>;

/** Failures of this object alone become its receipt; those that would concern every other object are thrown. */
export function createAuditor({ clock, ...ends }: AuditOptions): Auditor {
  return async ({ source, destination, proved }, signal) => {
    const startedAt = clock();
    const times = () => ({ at: new Date(clock()).toISOString(), milliseconds: clock() - startedAt });
    const { key, destinationKey, sizeBytes, etag: sourceEtag } = source;
    const about = { key, ...(destinationKey !== undefined && { destinationKey }), sizeBytes, sourceEtag };
    if (destination === undefined) return { ...about, action: 'missing', ...times() };
    try {
      const finding = await findOut(ends, { source, destination, ...(proved && { proved }) }, signal);
      return { ...about, ...finding, destinationEtag: destination.etag, ...times() };
    } catch (error) {
      if (!concernsOneObject(error)) throw error;
      return toReceipt(failed(ends, source, error.code, error.message, 'Not verified'), startedAt, clock());
    }
  };
}

const CHANGING: AuditOutcome = { action: 'unprovable', reason: 'changing' };

interface ListedPair {
  readonly source: ObjectEntry;
  readonly destination: ObjectEntry;
  readonly proved?: ProvedPair;
}

async function findOut(
  { source, destination, readContent }: Omit<AuditOptions, 'clock'>,
  pair: ListedPair,
  signal: AbortSignal,
): Promise<AuditOutcome> {
  const { source: here, destination: there } = pair;
  if (here.sizeBytes !== there.sizeBytes) return { action: 'different', by: 'size', record: 'services' };
  const kept = compareRecords(serviceRecordOf(here), serviceRecordOf(there));
  if (kept?.isEqual) return { action: 'equal', by: 'md5', record: 'services' };
  if (!readContent && kept === undefined && isAsProved(pair)) return { action: 'equal', by: 'versions', record: 'index' };
  if (!readContent && compareRecords(anyRecordOf(here), anyRecordOf(there))?.isEqual)
    return { action: 'equal', by: 'md5', record: 'writer' };
  const [one, other] = await Promise.all([headOf(source, here, signal), headOf(destination, there, signal)]);
  if (one === undefined || other === undefined) return CHANGING;
  try {
    return findingOf(await proveEqual(one, other, { readContent, signal }));
  } catch (error) {
    if (isStoreError(error, 'precondition-failed', 'not-found') && !error.isWholeStore) return CHANGING;
    if (isStoreError(error, 'archived')) return { action: 'unprovable', reason: 'archived' };
    throw error;
  }
}

/** Tells whether both are still the versions that were proved equal. What only a mark says is the word of whoever wrote it. */
function isAsProved({ source, destination, proved }: ListedPair): boolean {
  if (proved === undefined || proved.isByMark) return false;
  const changes = changesSince(proved, source, destination);
  return changes.source !== 'changed' && changes.destination === 'same';
}

/** `undefined` when it is no longer the version that was listed. */
async function headOf(store: Store, { key, etag }: ObjectEntry, signal: AbortSignal): Promise<HeadedObject | undefined> {
  const head = await store.head(key, { signal });
  return head?.etag === etag ? { store, key, head } : undefined;
}

function findingOf(proof: Proof): AuditOutcome {
  if (proof.verdict === 'unprovable') return { action: 'unprovable', reason: proof.reason };
  const { by, record } = proof;
  return { action: proof.verdict, by, record };
}
