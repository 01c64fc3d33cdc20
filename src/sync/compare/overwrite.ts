import type { SkipReason } from '../outcomes/receipt.ts';
import { type Comparison, changesOf, compareMd5s } from './decide.ts';
import type { SourcePair } from './join.ts';

/** `changed`: what is not current is replaced; `if-newer`: unless it was written after the source; `never`: nothing is replaced. */
export type Overwrite = 'changed' | 'if-newer' | 'never';

/** Rule for replacing objects at the destination. */
export interface OverwriteRules {
  /** `changed` unless given. */
  readonly overwrite?: Overwrite;
  /** Objects travel in the opposite direction, too: what was edited at the destination is not overwritten by what was not edited at the source. */
  readonly isTwoWay?: boolean;
}

export type LeaveReason = Extract<SkipReason, 'exists' | 'destination-newer' | 'destination-edited'>;

/** Why the destination's object must stay; `undefined` when there is none, or it may be replaced. */
export function reasonToLeave(
  pair: SourcePair,
  { overwrite = 'changed', isTwoWay = false }: OverwriteRules,
  comparison: Comparison,
): LeaveReason | undefined {
  const { source, destination } = pair;
  if (destination === undefined) return undefined;
  if (overwrite === 'never') return 'exists';
  const changes = changesOf(pair);
  // The times say less than the versions: two writes in one second have the same time.
  if (changes?.destination === 'same') return undefined;
  const keepsEdits = overwrite === 'if-newer' || (isTwoWay && comparison !== 'always');
  if (changes?.source === 'same' && keepsEdits) return 'destination-edited';
  if (changes === undefined && keepsEdits && isEditedCopy(pair, comparison)) return 'destination-edited';
  if (overwrite === 'changed') return undefined;
  return destination.lastModified >= source.lastModified ? 'destination-newer' : undefined;
}

/** The destination's mark names the very version that the source has, but its bytes are others, or turn out to be. */
function isEditedCopy({ source, destination }: SourcePair, comparison: Comparison): boolean {
  if (destination === undefined || destination.sourceEtag !== source.etag) return false;
  return source.sizeBytes !== destination.sizeBytes || comparison === 'checksum' || compareMd5s(source, destination) === 'differ';
}

/** Why an object must stay that somebody wrote after the listings. */
export function reasonToLeaveNew({ overwrite = 'changed', isTwoWay = false }: OverwriteRules): LeaveReason | undefined {
  if (overwrite === 'never') return 'exists';
  if (isTwoWay) return 'destination-edited';
  return overwrite === 'changed' ? undefined : 'destination-newer';
}
