import type { LargeTask } from '../sync/large-task.ts';
import type { Outcome } from '../sync/slice.ts';
import { addCounts, countsOf } from '../sync/tally.ts';
import type { ReceiptLog } from './receipt-log.ts';
import { MAX_SHOWN_FAILURES, NO_PROGRESS, type SliceProgress } from './shard-state.ts';

/** What a slice has come to. */
export interface Reached {
  readonly progress: SliceProgress;
  /** Ids of the large objects that it met. */
  readonly large: readonly string[];
}

/** Counts a slice's outcomes and passes on what is to be kept of them. */
export interface Progress {
  take(outcome: Outcome): Promise<void> | undefined;
  /** The progress so far, once its receipts are kept. */
  flushed(): Promise<Reached>;
}

export function trackProgress(receipts: ReceiptLog, addLargeObject: (task: LargeTask) => Promise<string>): Progress {
  let progress: SliceProgress = NO_PROGRESS;
  let large: readonly string[] = [];

  async function addLarge(outcome: Extract<Outcome, { readonly kind: 'large' }>): Promise<void> {
    large = [...large, await addLargeObject(outcome.task)];
    count(outcome);
  }

  function count(outcome: Outcome): void {
    progress = {
      checkpoint: outcome.key,
      counts: addCounts(progress.counts, countsOf(outcome)),
      failures: failuresWith(progress, outcome),
    };
  }

  return {
    take(outcome) {
      if (outcome.kind === 'large') return addLarge(outcome);
      count(outcome);
      return outcome.kind === 'receipt' ? receipts.add(outcome.receipt) : undefined;
    },
    async flushed() {
      const reached = { progress, large };
      await receipts.flush();
      return reached;
    },
  };
}

function failuresWith({ failures }: SliceProgress, outcome: Outcome): SliceProgress['failures'] {
  if (outcome.kind !== 'receipt' || outcome.receipt.action !== 'failed' || failures.length >= MAX_SHOWN_FAILURES) return failures;
  return [...failures, outcome.receipt];
}
