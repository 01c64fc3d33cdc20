import { isFolderMarker } from '../compare/folder-markers.ts';
import type { KeyPair } from '../compare/join.ts';
import type { KeyMapping } from '../compare/key-mapping.ts';
import { left, toReceipt } from '../copy/copy-verdict.ts';
import { extraneousReceipt } from '../delete/deletion-receipts.ts';
import type { Filter } from '../filter/filter.ts';
import type { FailFast } from '../flow/fail-fast.ts';
import type { ObjectEntry } from '../objects.ts';
import type { Outcome } from '../outcome.ts';
import type { SliceRequest } from '../slice-request.ts';
import { createAudit } from './create-audit.ts';
import { createSync } from './create-sync.ts';
import type { Place } from './deal.ts';
import { createKeySettler } from './settle-key.ts';
import { createMappedSettler } from './settle-mapped.ts';

/** Gives each pair, or each key of a list, its outcome; at once where nothing is to be asked or copied here. */
export function createSettler(request: SliceRequest, signal: AbortSignal, guard: FailFast['guard']) {
  const { audit, filter, folderMarkers = 'copy', mapping, tellExtraneous = false, clock } = request;
  const dealer = audit === undefined ? createSync(request, signal, guard) : createAudit({ ...request, audit }, signal, guard);
  const { deal, largeObjects } = dealer;
  const settleMapped = mapping && createMappedSettler({ ...request, mapping }, signal, { deal, leaveExtraneous });
  const settleKey = createKeySettler(request, signal, settlePair);

  function settlePair(pair: KeyPair): Outcome | Promise<Outcome> {
    const place = { key: (pair.source ?? pair.destination).key, isAtDestination: pair.destination !== undefined };
    if (filter !== undefined && !passes(filter, mapping, pair))
      return { ...place, kind: 'filtered', isAtSource: pair.source !== undefined };
    if (pair.source !== undefined && folderMarkers === 'skip' && isFolderMarker(pair.source))
      return { ...place, kind: 'receipt', receipt: toReceipt(left(pair.source, 'folder-marker'), clock(), clock()) };
    if (settleMapped !== undefined && mapping?.concerns(pair)) return guard(settleMapped(pair, place));
    return pair.source === undefined ? leaveExtraneous(pair.destination, place) : deal(pair, place);
  }

  function leaveExtraneous(entry: ObjectEntry, place: Place): Outcome {
    if (!tellExtraneous) return { ...place, kind: 'extraneous' };
    return { ...place, kind: 'receipt', receipt: extraneousReceipt(entry, clock()) };
  }

  return {
    settle: (item: KeyPair | string) => (typeof item === 'string' ? guard(settleKey(item)) : settlePair(item)),
    largeObjects,
  };
}

/** What only the destination has cannot be judged by its own size and age, nor perhaps by its own key. */
function passes(filter: Filter, mapping: KeyMapping | undefined, { source, destination }: KeyPair): boolean {
  if (source !== undefined) return filter.passes(source);
  const keys = mapping?.concerns({ destination }) ? mapping.keysAtSource(destination.key) : [destination.key];
  return keys.some(filter.passesKey);
}
