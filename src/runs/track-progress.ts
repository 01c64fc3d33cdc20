import type { Outcome } from '../sync/slice.ts';
import { addCounts, countsOf } from '../sync/tally.ts';
import type { ReceiptLog } from './receipt-log.ts';
import { MAX_SHOWN_FAILURES, NO_PROGRESS, type SliceProgress } from './shard-state.ts';

/** Counts a slice's outcomes and passes their receipts on. */
export interface Progress {
  take(outcome: Outcome): Promise<void> | undefined;
  /** The progress so far, once its receipts are kept. */
  flushed(): Promise<SliceProgress>;
}

export function trackProgress(receipts: ReceiptLog): Progress {
  let progress: SliceProgress = NO_PROGRESS;
  return {
    take(outcome) {
      progress = {
        checkpoint: outcome.key,
        counts: addCounts(progress.counts, countsOf(outcome)),
        failures: failuresWith(progress, outcome),
      };
      return outcome.kind === 'receipt' ? receipts.add(outcome.receipt) : undefined;
    },
    async flushed() {
      const reached = progress;
      await receipts.flush();
      return reached;
    },
  };
}

function failuresWith({ failures }: SliceProgress, outcome: Outcome): SliceProgress['failures'] {
  if (outcome.kind !== 'receipt' || outcome.receipt.action !== 'failed' || failures.length >= MAX_SHOWN_FAILURES) return failures;
  return [...failures, outcome.receipt];
}
