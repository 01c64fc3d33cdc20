import type { Outcome } from './outcome.ts';
import type { Receipt } from './receipt.ts';

/**
 * Counts of the objects that the sync is about, by outcome. `listed` = `copied` + `wouldCopy` + `unchanged` + `skipped` + `failed` +
 * `equal` + `different` + `missing` + `unprovable`.
 */
export interface Counts {
  readonly listed: number;
  readonly copied: number;
  readonly unchanged: number;
  readonly skipped: number;
  readonly failed: number;
  /** In an audit only, as the next three: of the same content on both sides. */
  readonly equal: number;
  readonly different: number;
  /** Only the source has it. */
  readonly missing: number;
  readonly unprovable: number;
  /** Objects that only the destination has. They are left alone, but for those that the next three tell of. */
  readonly extraneous: number;
  readonly deleted: number;
  /** In a dry run only. */
  readonly wouldDelete: number;
  readonly deletionsFailed: number;
  /** Objects at the destination that the sync is about, `extraneous` included, when they were listed. */
  readonly atDestination: number;
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
  equal: 0,
  different: 0,
  missing: 0,
  unprovable: 0,
  extraneous: 0,
  deleted: 0,
  wouldDelete: 0,
  deletionsFailed: 0,
  atDestination: 0,
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
    equal: sumOf(a.equal, b.equal),
    different: sumOf(a.different, b.different),
    missing: sumOf(a.missing, b.missing),
    unprovable: sumOf(a.unprovable, b.unprovable),
    deleted: sumOf(a.deleted, b.deleted),
    wouldDelete: sumOf(a.wouldDelete, b.wouldDelete),
    deletionsFailed: sumOf(a.deletionsFailed, b.deletionsFailed),
    atDestination: sumOf(a.atDestination, b.atDestination),
    filtered: sumOf(a.filtered, b.filtered),
    copiedBytes: a.copiedBytes + b.copiedBytes,
    wouldCopy: a.wouldCopy + b.wouldCopy,
    wouldCopyBytes: a.wouldCopyBytes + b.wouldCopyBytes,
  };
}

/** The progress of a run that an earlier release has begun may lack the count. */
function sumOf(a: number | undefined, b: number | undefined): number {
  return (a ?? 0) + (b ?? 0);
}

/** The counts of one outcome of a slice. A large object counts when its copy has ended. */
export function countsOf(outcome: Outcome): Counts {
  if (outcome.kind === 'filtered') return { ...NO_COUNTS, filtered: outcome.isAtSource ? 1 : 0 };
  return { ...countsOfKind(outcome), atDestination: outcome.isAtDestination ? 1 : 0 };
}

function countsOfKind(outcome: Outcome): Counts {
  if (outcome.kind === 'large' || outcome.kind === 'copy-of-another-key' || outcome.kind === 'gone') return NO_COUNTS;
  if (outcome.kind === 'extraneous') return { ...NO_COUNTS, extraneous: 1 };
  return countsOfReceipt(outcome.kind === 'receipt' ? outcome.receipt : undefined);
}

/** The counts of what became of one object; without a receipt it was unchanged. */
export function countsOfReceipt(receipt: Receipt | undefined): Counts {
  const listed = { ...NO_COUNTS, listed: 1 };
  if (receipt === undefined) return { ...listed, unchanged: 1 };
  switch (receipt.action) {
    case 'copied':
      return { ...listed, copied: 1, copiedBytes: receipt.sizeBytes };
    case 'would-copy':
      return { ...listed, wouldCopy: 1, wouldCopyBytes: receipt.sizeBytes };
    case 'skipped':
    case 'failed':
    case 'equal':
    case 'different':
    case 'missing':
    case 'unprovable':
      return { ...listed, [receipt.action]: 1 };
    case 'extraneous':
      return { ...NO_COUNTS, extraneous: 1 };
    case 'deleted':
      return { ...NO_COUNTS, deleted: 1 };
    case 'would-delete':
      return { ...NO_COUNTS, wouldDelete: 1 };
    case 'delete-failed':
      return { ...NO_COUNTS, deletionsFailed: 1 };
    case 'kept':
      return NO_COUNTS;
  }
}
