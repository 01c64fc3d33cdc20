import type { Location } from '../../config/locations.ts';
import type { ProofRecord } from '../../sync/compare/prove-equal.ts';
import type { SourceRecord } from '../../sync/copy/source-proof.ts';
import { type CopiedReceipt, isFailure, type Receipt, type SkipReason } from '../../sync/outcomes/receipt.ts';
import { addCounts, type Counts, countsOfReceipt, NO_COUNTS } from '../../sync/outcomes/tally.ts';
import { createFailureGrouper, type FailureGroup } from './failure-groups.ts';
import { createForecaster, type Forecaster } from './forecast.ts';

/** How many objects were passed over for each reason. */
export type SkipCounts = Readonly<Partial<Record<SkipReason, number>>>;

/** By whose word the copies that were made are those of the source. */
export type CopyRecordCounts = Readonly<Partial<Record<SourceRecord, number>>>;

/** By whose word an audit found objects equal. */
export type ProofRecordCounts = Readonly<Partial<Record<ProofRecord, number>>>;

/** Totals of a run's receipts. */
export interface Summary {
  readonly counts: Counts;
  readonly skippedByReason: SkipCounts;
  readonly copiedByRecord: CopyRecordCounts;
  readonly equalByRecord: ProofRecordCounts;
  readonly failuresByReason: readonly FailureGroup[];
  /** Deleted objects that the destination says it does not keep in any way. */
  readonly goneForGood: number;
  /** To be called after a dry run. `counts` are those of everything that was listed. */
  forecast: Forecaster['forecast'];
}

/** Adds receipts up as they come. */
export function createSummary(source: Location['kind'], destination: Location['kind']) {
  const skipped: Partial<Record<SkipReason, number>> = {};
  const copiedBy: Partial<Record<SourceRecord, number>> = {};
  const equalBy: Partial<Record<ProofRecord, number>> = {};
  const forecaster = createForecaster(source, destination);
  const failures = createFailureGrouper();
  let counts = NO_COUNTS;
  let goneForGood = 0;
  return {
    add(receipt: Receipt): void {
      counts = addCounts(counts, countsOfReceipt(receipt));
      if (receipt.action === 'would-copy') forecaster.add(receipt);
      if (receipt.action === 'skipped') count(skipped, receipt.reason);
      if (receipt.action === 'copied') count(copiedBy, recordOfCopy(receipt));
      if (receipt.action === 'equal') count(equalBy, receipt.record ?? 'writer');
      if (receipt.action === 'deleted' && receipt.isRecoverable === false) goneForGood++;
      if (isFailure(receipt)) failures.add(receipt);
    },
    summary: (): Summary => ({
      ...{ counts, goneForGood, skippedByReason: skipped, copiedByRecord: copiedBy, equalByRecord: equalBy },
      ...{ failuresByReason: failures.groups(), forecast: forecaster.forecast },
    }),
  };
}

/** An earlier release did not say whose word it was: the least is the writer's, or none. */
function recordOfCopy({ sourceRecord, verified }: CopiedReceipt): SourceRecord {
  return sourceRecord ?? (verified === 'length' ? 'none' : 'writer');
}

function count<K extends string>(counts: Partial<Record<K, number>>, key: K): void {
  counts[key] = (counts[key] ?? 0) + 1;
}
