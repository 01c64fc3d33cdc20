import type { SourcePair } from '../compare/join.ts';
import type { Outcome } from '../outcome.ts';
import type { Receipt } from '../receipt.ts';

/** What is known of every outcome. */
export type Place = Pick<Outcome, 'key' | 'isAtDestination'>;

/** Deals with an object that the source has and the sync is about; at once where nothing is to be asked or copied. */
export type Deal = (pair: SourcePair, place: Place) => Outcome | Promise<Outcome>;

/** Ways to deal with objects, and how many of them were too large to be dealt with here. */
export interface Dealer {
  readonly deal: Deal;
  largeObjects(): number;
}

/** Without a receipt the object was unchanged. */
export async function outcomeOf(place: Place, settling: Promise<Receipt | undefined>): Promise<Outcome> {
  const receipt = await settling;
  return receipt === undefined ? { ...place, kind: 'unchanged' } : { ...place, kind: 'receipt', receipt };
}
