import type { Location } from '../../locations.ts';
import { isFailure, type Receipt, type SkipReason } from '../../sync/receipt.ts';
import { addCounts, type Counts, countsOfReceipt, NO_COUNTS } from '../../sync/tally.ts';
import { createFailureGrouper, type FailureGroup } from './failure-groups.ts';
import { createForecaster, type Forecaster } from './forecast.ts';

/** How many objects were passed over for each reason. */
export type SkipCounts = Readonly<Partial<Record<SkipReason, number>>>;

/** What a run's receipts come to. */
export interface Summary {
  readonly counts: Counts;
  readonly skippedByReason: SkipCounts;
  readonly failuresByReason: readonly FailureGroup[];
  /** Deleted objects that the destination says it does not keep in any way. */
  readonly goneForGood: number;
  /** Of use after a dry run. `counts` are those of all that was listed. */
  forecast: Forecaster['forecast'];
}

/** Adds receipts up as they come. */
export function createSummary(source: Location['kind'], destination: Location['kind']) {
  const skipped: Partial<Record<SkipReason, number>> = {};
  const forecaster = createForecaster(source, destination);
  const failures = createFailureGrouper();
  let counts = NO_COUNTS;
  let goneForGood = 0;
  return {
    add(receipt: Receipt): void {
      counts = addCounts(counts, countsOfReceipt(receipt));
      if (receipt.action === 'would-copy') forecaster.add(receipt);
      if (receipt.action === 'skipped') skipped[receipt.reason] = (skipped[receipt.reason] ?? 0) + 1;
      if (receipt.action === 'deleted' && receipt.isRecoverable === false) goneForGood++;
      if (isFailure(receipt)) failures.add(receipt);
    },
    summary: (): Summary => ({
      ...{ counts, goneForGood, skippedByReason: skipped, failuresByReason: failures.groups(), forecast: forecaster.forecast },
    }),
  };
}
