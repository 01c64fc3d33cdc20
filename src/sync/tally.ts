import type { Outcome } from './slice.ts';

/** What became of the objects. `listed` = `copied` + `unchanged` + `skipped` + `failed`. */
export interface Counts {
  readonly listed: number;
  readonly copied: number;
  readonly unchanged: number;
  readonly skipped: number;
  readonly failed: number;
  /** Objects that only the destination has; they are left alone. */
  readonly extraneous: number;
  readonly copiedBytes: number;
}

export const NO_COUNTS: Counts = { listed: 0, copied: 0, unchanged: 0, skipped: 0, failed: 0, extraneous: 0, copiedBytes: 0 };

export function addCounts(a: Counts, b: Counts): Counts {
  return {
    listed: a.listed + b.listed,
    copied: a.copied + b.copied,
    unchanged: a.unchanged + b.unchanged,
    skipped: a.skipped + b.skipped,
    failed: a.failed + b.failed,
    extraneous: a.extraneous + b.extraneous,
    copiedBytes: a.copiedBytes + b.copiedBytes,
  };
}

/** The counts of one outcome. */
export function countsOf(outcome: Outcome): Counts {
  if (outcome.kind === 'extraneous') return { ...NO_COUNTS, extraneous: 1 };
  if (outcome.kind === 'unchanged') return { ...NO_COUNTS, listed: 1, unchanged: 1 };
  const { action, sizeBytes } = outcome.receipt;
  if (action === 'copied') return { ...NO_COUNTS, listed: 1, copied: 1, copiedBytes: sizeBytes };
  return { ...NO_COUNTS, listed: 1, [action]: 1 };
}
