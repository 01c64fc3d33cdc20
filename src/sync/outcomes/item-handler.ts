import { isFolderMarker, isOwnMarker } from '../compare/folder-markers.ts';
import type { KeyPair } from '../compare/join.ts';
import type { KeyMapping } from '../compare/key-mapping.ts';
import { extraneousReceipt } from '../delete/deletion-receipts.ts';
import type { Filter } from '../filter/filter.ts';
import type { FailFast } from '../flow/fail-fast.ts';
import type { GoneKey, ListedKey } from '../pairs/attach-pairs.ts';
import { type ProvedPair, wasWrittenSince } from '../pairs/proved-pair.ts';
import type { SliceRequest } from '../slice-request.ts';
import type { ObjectEntry } from '../store/objects.ts';
import { createAuditHandler } from './audit-handler.ts';
import { createListedKeyHandler } from './listed-key-handler.ts';
import { createMappedPairHandler } from './mapped-pair-handler.ts';
import type { OutcomeBase } from './object-handler.ts';
import type { Outcome } from './outcome.ts';
import { createSyncHandler } from './sync-handler.ts';
import { left, toReceipt } from './verdict.ts';

/** The items of a slice. */
export type SliceItem = KeyPair | ListedKey | GoneKey;

/** Gives each pair, or each key of a list, its outcome; at once where nothing is to be asked or copied here. */
export function createItemHandler(request: SliceRequest, signal: AbortSignal, guard: FailFast['guard']) {
  const { audit, filter, folderMarkers = 'copy', mapping, reportExtraneous = false, isTwoWay = false, clock } = request;
  const handler =
    audit === undefined ? createSyncHandler(request, signal, guard) : createAuditHandler({ ...request, audit }, signal, guard);
  const { handle, largeObjects } = handler;
  const handleMapped = mapping && createMappedPairHandler({ ...request, mapping }, signal, { handle, leaveExtraneous });
  const handleListedKey = createListedKeyHandler(request, signal, handlePair);

  function handlePair(pair: KeyPair): Outcome | Promise<Outcome> {
    const base = { key: (pair.source ?? pair.destination).key, isAtDestination: pair.destination !== undefined };
    if (filter !== undefined && !passes(filter, mapping, pair)) return { ...base, kind: 'filtered', isAtSource: pair.source !== undefined };
    if (pair.source === undefined && isOwnMarker(pair.destination)) return { ...base, kind: 'filtered', isAtSource: false };
    if (pair.source !== undefined && isLeftOut(pair.source))
      return { ...base, kind: 'receipt', receipt: toReceipt(left(pair.source, 'folder-marker'), clock(), clock()) };
    if (handleMapped !== undefined && mapping?.concerns(pair)) return guard(handleMapped(pair, base));
    return pair.source === undefined ? leaveExtraneous(pair.destination, base, pair.proved) : handle(pair, base);
  }

  /** The marker of the location itself has another name there, or none at a root: it is copied only as it is. */
  function isLeftOut(entry: ObjectEntry): boolean {
    if (isOwnMarker(entry)) return folderMarkers !== 'copy' || request.destination.refuseKey('') !== undefined;
    return folderMarkers === 'skip' && isFolderMarker(entry);
  }

  function leaveExtraneous(entry: ObjectEntry, base: OutcomeBase, proved?: ProvedPair): Outcome {
    // In a two-way sync it may be new: only what was equal to the source once, and is still the same, was deleted there.
    const isNew = isTwoWay && (proved === undefined || wasWrittenSince(proved.destination, entry));
    if (!reportExtraneous || (isNew && audit === undefined)) return { ...base, kind: 'extraneous' };
    return { ...base, kind: 'receipt', receipt: extraneousReceipt(entry, clock()) };
  }

  return {
    handle(item: SliceItem): Outcome | Promise<Outcome> {
      if ('gone' in item) return { key: item.gone, isAtDestination: false, kind: 'gone' };
      return 'listed' in item ? guard(handleListedKey(item)) : handlePair(item);
    },
    largeObjects,
  };
}

/** Objects that only the destination has cannot be judged by their own size and age, and perhaps not by their own key. */
function passes(filter: Filter, mapping: KeyMapping | undefined, { source, destination }: KeyPair): boolean {
  if (source !== undefined) return filter.passes(source);
  const keys = mapping?.concerns({ destination }) ? mapping.keysAtSource(destination) : [destination.key];
  // In doubt it is left alone.
  return keys.every(filter.passesKey);
}
