import type { KeyPair } from '../compare/join.ts';
import type { KeyMapping } from '../compare/key-mapping.ts';
import { createHeadPairing } from '../compare/pair-by-head.ts';
import type { SliceRequest } from '../slice-request.ts';
import type { ObjectEntry } from '../store/objects.ts';
import type { HandleObject, OutcomeBase } from './object-handler.ts';
import type { Outcome } from './outcome.ts';
import { concernsOneObject } from './verdict.ts';

interface Fallbacks {
  readonly handle: HandleObject;
  leaveExtraneous(entry: ObjectEntry, base: OutcomeBase): Outcome;
}

/** Handles what may have another key on the other side. */
export function createMappedPairHandler(
  request: SliceRequest & { readonly mapping: KeyMapping },
  signal: AbortSignal,
  { handle, leaveExtraneous }: Fallbacks,
) {
  const { mapping } = request;
  const pairByHead = createHeadPairing(request);

  return async (pair: KeyPair, base: OutcomeBase): Promise<Outcome> => {
    if (pair.source !== undefined) {
      const found = await pairByHead(pair.source, signal);
      return 'action' in found ? { ...base, kind: 'receipt', receipt: found } : handle(found, base);
    }
    const isCopy = await mapping.isAtSource(pair.destination, signal).catch(isNotKnown);
    return isCopy ? { ...base, kind: 'copy-of-another-key' } : leaveExtraneous(pair.destination, base);
  };
}

/** Objects that cannot be asked about count as extraneous, which is harmless: before a deletion they are asked about again. */
function isNotKnown(error: unknown): false {
  if (!concernsOneObject(error)) throw error;
  return false;
}
