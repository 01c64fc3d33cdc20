import type { Receipt } from './receipt.ts';
import type { Outcome } from './slice.ts';

/** What became of the objects that the sync is about. `listed` = `copied` + `wouldCopy` + `unchanged` + `skipped` + `failed`. */
export interface Counts {
  readonly listed: number;
  readonly copied: number;
  readonly unchanged: number;
  readonly skipped: number;
  readonly failed: number;
  /** Objects that only the destination has; they are left alone. */
  readonly extraneous: number;
  /** Objects of the source that were met but that the sync is not about: they count nowhere else. */
  readonly filtered: number;
  readonly copiedBytes: number;
  /** In a dry run only, as the bytes. */
  readonly wouldCopy: number;
  readonly wouldCopyBytes: number;
}

export const NO_COUNTS: Counts = {
  listed: 0,
  copied: 0,
  unchanged: 0,
  skipped: 0,
  failed: 0,
  extraneous: 0,
  filtered: 0,
  copiedBytes: 0,
  wouldCopy: 0,
  wouldCopyBytes: 0,
};

export function addCounts(a: Counts, b: Counts): Counts {
  return {
    listed: a.listed + b.listed,
    copied: a.copied + b.copied,
    unchanged: a.unchanged + b.unchanged,
    skipped: a.skipped + b.skipped,
    failed: a.failed + b.failed,
    extraneous: a.extraneous + b.extraneous,
    filtered: sumOf(a.filtered, b.filtered),
    copiedBytes: a.copiedBytes + b.copiedBytes,
    wouldCopy: a.wouldCopy + b.wouldCopy,
    wouldCopyBytes: a.wouldCopyBytes + b.wouldCopyBytes,
  };
}

/** Of a run that was begun by an earlier version of the app, progress may be kept without the count. */
function sumOf(a: number | undefined, b: number | undefined): number {
  return (a ?? 0) + (b ?? 0);
}

/** The counts of one outcome of a slice. A large object counts when its copy has ended. */
export function countsOf(outcome: Outcome): Counts {
  if (outcome.kind === 'large') return NO_COUNTS;
  if (outcome.kind === 'extraneous') return { ...NO_COUNTS, extraneous: 1 };
  if (outcome.kind === 'filtered') return { ...NO_COUNTS, filtered: outcome.isAtSource ? 1 : 0 };
  return countsOfReceipt(outcome.kind === 'receipt' ? outcome.receipt : undefined);
}

/** The counts of what became of one object; without a receipt it was unchanged. */
export function countsOfReceipt(receipt: Receipt | undefined): Counts {
  const listed = { ...NO_COUNTS, listed: 1 };
  if (receipt === undefined) return { ...listed, unchanged: 1 };
  if (receipt.action === 'copied') return { ...listed, copied: 1, copiedBytes: receipt.sizeBytes };
  if (receipt.action === 'would-copy') return { ...listed, wouldCopy: 1, wouldCopyBytes: receipt.sizeBytes };
  return { ...listed, [receipt.action]: 1 };
}
