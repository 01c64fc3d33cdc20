import type { FailureCode, Receipt, SkipReason } from '../outcomes/receipt.ts';

/** Why an object of the source has no current copy. */
export type UncopiedReason = FailureCode | SkipReason;

/** How many objects of the source have no current copy, for each reason. */
export type Uncopied = Readonly<Partial<Record<UncopiedReason, number>>>;

/**
 * Whether an object that is skipped for a reason lacks a copy that it should have. What the destination has already stays there because the
 * job says so; what the source has no longer needs no copy.
 */
const LACKS_COPY: Readonly<Record<SkipReason, boolean>> = {
  archived: true,
  'restore-requested': true,
  restoring: true,
  'restore-budget': true,
  'would-restore': true,
  'source-gone': false,
  exists: false,
  'destination-newer': false,
  'destination-edited': false,
  'folder-marker': false,
};

/** Why the object of a receipt has no current copy; `undefined` when it has, or should have none. */
export function reasonOfLack(receipt: Receipt): UncopiedReason | undefined {
  if (receipt.action === 'failed') return receipt.reason;
  // A reason that this release does not know, such as one of a later release, is no copy.
  return receipt.action === 'skipped' && LACKS_COPY[receipt.reason] !== false ? receipt.reason : undefined;
}

/** Says how many of the objects that were skipped lack a copy, and why; `undefined` when none does. */
export function lackingIn(skipped: Readonly<Partial<Record<SkipReason, number>>>): string | undefined {
  const lacking = Object.entries(skipped).filter(([reason]) => LACKS_COPY[reason as SkipReason] !== false);
  return describeUncopied(Object.fromEntries(lacking));
}

/** `undefined` when each object has its copy. */
export function describeUncopied(uncopied: Uncopied): string | undefined {
  const reasons = Object.entries(uncopied).toSorted(([, one], [, other]) => other - one);
  const total = reasons.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return undefined;
  const listed = reasons.map(([reason, count]) => `${reason}: ${count}`).join(', ');
  return `${total} ${total === 1 ? 'object' : 'objects'} of the source could not be copied (${listed})`;
}

export async function countUncopied(receipts: AsyncIterable<Receipt>): Promise<Uncopied> {
  const counts: Partial<Record<UncopiedReason, number>> = {};
  for await (const receipt of receipts) {
    const reason = reasonOfLack(receipt);
    if (reason !== undefined) counts[reason] = (counts[reason] ?? 0) + 1;
  }
  return counts;
}
