import type { SourcePair } from '../compare/join.ts';
import { type ProvedPair, pairOf } from '../pairs/proved-pair.ts';
import type { Outcome } from './outcome.ts';
import type { Receipt } from './receipt.ts';
import type { Current } from './verdict.ts';

/** The members that every outcome has. */
export type OutcomeBase = Pick<Outcome, 'key' | 'isAtDestination'>;

/** Deals with an object that the source has and the sync is about; at once where nothing is to be asked or copied. */
export type HandleObject = (pair: SourcePair, base: OutcomeBase) => Outcome | Promise<Outcome>;

/** Ways to deal with objects, and how many of them were too large to be dealt with here. */
export interface ObjectHandler {
  readonly handle: HandleObject;
  largeObjects(): number;
}

/** The outcome of an object that was copied, or turned out to be current. */
export async function outcomeOf(base: OutcomeBase, pending: Promise<Receipt | Current>): Promise<Outcome> {
  const result = await pending;
  if (result.action !== 'current') return { ...base, kind: 'receipt', receipt: result };
  return unchangedOutcome(base, pairOf(result.entry, result.destination, result));
}

/** `proved`: what was found to be equal, and was not known before. */
export function unchangedOutcome(base: OutcomeBase, proved: ProvedPair | undefined): Outcome {
  return { ...base, kind: 'unchanged', ...(proved !== undefined && { proved }) };
}
