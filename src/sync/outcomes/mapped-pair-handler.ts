import type { KeyPair } from '../compare/join.ts';
import type { KeyMapping } from '../compare/key-mapping.ts';
import { createHeadPairing } from '../compare/pair-by-head.ts';
import type { SliceRequest } from '../slice-request.ts';
import type { ObjectEntry } from '../store/objects.ts';
import type { Deal, Place } from './object-handler.ts';
import type { Outcome } from './outcome.ts';
import { concernsOneObject } from './verdict.ts';

interface Ways {
  readonly deal: Deal;
  leaveExtraneous(entry: ObjectEntry, place: Place): Outcome;
}

/** Settles what may have another key on the other side. */
export function createMappedSettler(
  request: SliceRequest & { readonly mapping: KeyMapping },
  signal: AbortSignal,
  { deal, leaveExtraneous }: Ways,
) {
  const { mapping } = request;
  const pairByHead = createHeadPairing(request);

  return async (pair: KeyPair, place: Place): Promise<Outcome> => {
    if (pair.source !== undefined) {
      const found = await pairByHead(pair.source, signal);
      return 'action' in found ? { ...place, kind: 'receipt', receipt: found } : deal(found, place);
    }
    const isCopy = await mapping.isAtSource(pair.destination, signal).catch(isNotKnown);
    return isCopy ? { ...place, kind: 'copy-of-another-key' } : leaveExtraneous(pair.destination, place);
  };
}

/** What cannot be asked about counts as extraneous, which does it no harm: before it is deleted it is asked about again. */
function isNotKnown(error: unknown): false {
  if (!concernsOneObject(error)) throw error;
  return false;
}
