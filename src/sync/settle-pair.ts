import { createAuditor } from './audit.ts';
import { type CopyDecision, type Decision, decide } from './compare/decide.ts';
import { isFolderMarker } from './compare/folder-markers.ts';
import type { KeyPair, SourcePair } from './compare/join.ts';
import type { KeyMapping } from './compare/key-mapping.ts';
import { reasonToLeave } from './compare/overwrite.ts';
import { createHeadPairing, findPair } from './compare/pair-by-head.ts';
import { createCopier } from './copy/copy-object.ts';
import { versionOf } from './copy/copy-task.ts';
import { concernsOneObject, failed, left, toReceipt } from './copy/copy-verdict.ts';
import { createRehearsal } from './copy/rehearse.ts';
import { extraneousReceipt } from './delete/deletion-receipts.ts';
import type { Filter } from './filter/filter.ts';
import type { FailFast } from './flow/fail-fast.ts';
import type { Outcome } from './outcome.ts';
import type { FailureCode, Receipt } from './receipt.ts';
import type { SliceRequest } from './slice.ts';
import type { ObjectEntry } from './store.ts';

/** Objects of this size and more are too long for a slice. */
const LARGE_OBJECT_BYTES = 256 * 1024 * 1024;

type Place = Pick<Outcome, 'key' | 'isAtDestination'>;

/** Deals with an object that the source has and the sync is about. */
type Deal = (pair: SourcePair, place: Place) => Outcome | Promise<Outcome>;

/** Gives each pair its outcome, at once where nothing is to be asked or copied here. */
export function createSettler(request: SliceRequest, signal: AbortSignal, guard: FailFast['guard']) {
  const { filter, folderMarkers = 'copy', mapping, tellExtraneous = false, clock } = request;
  const { deal, largeObjects } = request.audit === undefined ? createSync(request, signal, guard) : createAudit(request, signal, guard);
  const dealMapped = mapping && createMapped({ ...request, mapping }, signal, { deal, leaveExtraneous });

  /** Of a key alone both sides are asked. */
  function settle(item: KeyPair | string): Outcome | Promise<Outcome> {
    return typeof item === 'string' ? guard(settleKey(item)) : settlePair(item);
  }

  async function settleKey(key: string): Promise<Outcome> {
    const startedAt = clock();
    try {
      const pair = await findPair(request, key, signal);
      if (pair !== undefined) return await settlePair(pair);
      return failedKey(
        key,
        'not-found',
        'the list names it, but it is not at the source. Correct the list, or look for the object.',
        startedAt,
      );
    } catch (error) {
      if (!concernsOneObject(error)) throw error;
      return failedKey(key, error.code, error.message, startedAt);
    }
  }

  function failedKey(key: string, reason: FailureCode, why: string, startedAt: number): Outcome {
    const verdict = failed(request, { key, sizeBytes: 0, etag: '' }, reason, why);
    return { key, isAtDestination: false, kind: 'receipt', receipt: toReceipt(verdict, startedAt, clock()) };
  }

  function settlePair(pair: KeyPair): Outcome | Promise<Outcome> {
    const place = { key: (pair.source ?? pair.destination).key, isAtDestination: pair.destination !== undefined };
    if (filter !== undefined && !passes(filter, mapping, pair))
      return { ...place, kind: 'filtered', isAtSource: pair.source !== undefined };
    if (pair.source !== undefined && folderMarkers === 'skip' && isFolderMarker(pair.source))
      return { ...place, kind: 'receipt', receipt: toReceipt(left(pair.source, 'folder-marker'), clock(), clock()) };
    if (dealMapped !== undefined && mapping?.concerns(pair)) return guard(dealMapped(pair, place));
    return pair.source === undefined ? leaveExtraneous(pair.destination, place) : deal(pair, place);
  }

  function leaveExtraneous(entry: ObjectEntry, place: Place): Outcome {
    if (!tellExtraneous) return { ...place, kind: 'extraneous' };
    return { ...place, kind: 'receipt', receipt: extraneousReceipt(entry, clock()) };
  }

  return { settle, largeObjects };
}

/** What only the destination has cannot be judged by its own size and age, nor perhaps by its own key. */
function passes(filter: Filter, mapping: KeyMapping | undefined, { source, destination }: KeyPair): boolean {
  if (source !== undefined) return filter.passes(source);
  const keys = mapping?.concerns({ destination }) ? mapping.keysAtSource(destination.key) : [destination.key];
  return keys.some(filter.passesKey);
}

interface Ways {
  readonly deal: Deal;
  leaveExtraneous(entry: ObjectEntry, place: Place): Outcome;
}

/** Deals with what may have another key on the other side. */
function createMapped(request: SliceRequest & { readonly mapping: KeyMapping }, signal: AbortSignal, { deal, leaveExtraneous }: Ways) {
  const { mapping } = request;
  const pairByHead = createHeadPairing(request);

  return async (pair: KeyPair, place: Place): Promise<Outcome> => {
    if (pair.source !== undefined) {
      const found = await pairByHead(pair.source, signal);
      return 'action' in found ? { ...place, kind: 'receipt', receipt: found } : deal(found, place);
    }
    const isCopy = await mapping.isAtSource(place.key, signal).catch(isNotKnown);
    return isCopy ? { ...place, kind: 'copy-of-another-key' } : leaveExtraneous(pair.destination, place);
  };
}

/** What cannot be asked about counts as extraneous, which does it no harm. */
function isNotKnown(error: unknown): false {
  if (!concernsOneObject(error)) throw error;
  return false;
}

function createSync(request: SliceRequest, signal: AbortSignal, guard: FailFast['guard']) {
  const { comparison, overwrite = 'changed', isRehearsal = false, largeObjectBytes = LARGE_OBJECT_BYTES } = request;
  const copy = isRehearsal ? createRehearsal(request) : createCopier(request);
  let largeObjects = 0;

  const deal: Deal = (pair, place) => {
    const entry = pair.source;
    const decision = decide(pair, comparison);
    if (!needsCopier(decision)) return { ...place, kind: 'unchanged' };
    const leaveReason = reasonToLeave(pair, overwrite);
    if (leaveReason !== undefined) {
      // Whether it is archived does not matter then.
      const { source, destination, clock } = request;
      const leave = createRehearsal({ source, destination, clock }, () => left(entry, leaveReason));
      return receiptOf(place, guard(leave({ entry: versionOf(entry, entry), decision, signal })));
    }
    // What is archived is not copied, however large it is.
    const isLarge = entry.sizeBytes >= largeObjectBytes && entry.isArchived !== true && !isRehearsal;
    if (!isLarge) return receiptOf(place, guard(copy({ entry, decision, signal })));
    largeObjects++;
    return { ...place, kind: 'large', task: { entry: versionOf(entry, entry), decision } };
  };

  return { deal, largeObjects: () => largeObjects };
}

function createAudit(request: SliceRequest, signal: AbortSignal, guard: FailFast['guard']) {
  const audit = createAuditor({ ...request, readContent: request.audit?.readContent ?? false });
  const deal: Deal = (pair, place) => receiptOf(place, guard(audit(pair, signal)));
  return { deal, largeObjects: () => 0 };
}

function needsCopier(decision: Decision): decision is CopyDecision {
  return decision.action !== 'unchanged' && decision.action !== 'extraneous';
}

async function receiptOf(place: Place, settling: Promise<Receipt | undefined>): Promise<Outcome> {
  const receipt = await settling;
  return receipt === undefined ? { ...place, kind: 'unchanged' } : { ...place, kind: 'receipt', receipt };
}
