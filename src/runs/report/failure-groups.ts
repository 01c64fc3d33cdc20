import type { FailureCode, FailureReceipt } from '../../sync/outcomes/receipt.ts';
import { REMEDIES } from './remedies.ts';

/** The objects of a run that failed for one reason. */
export interface FailureGroup {
  readonly reason: FailureCode;
  /** How many. */
  readonly objects: number;
  /** The first of them. */
  readonly example: Pick<FailureReceipt, 'key' | 'message'>;
  /** The remedy, for people. */
  readonly remedy: string;
}

/** Groups failures as they come. There are no more groups than reasons. */
export interface FailureGrouper {
  add(receipt: FailureReceipt): void;
  /** The one with the most objects first. */
  groups(): readonly FailureGroup[];
}

export function createFailureGrouper(): FailureGrouper {
  const byReason = new Map<FailureCode, FailureGroup>();
  return {
    add({ reason, key, message }) {
      const { objects, ...first } = byReason.get(reason) ?? { reason, objects: 0, example: { key, message }, remedy: REMEDIES[reason] };
      byReason.set(reason, { ...first, objects: objects + 1 });
    },
    groups: () => [...byReason.values()].toSorted((a, b) => b.objects - a.objects),
  };
}
