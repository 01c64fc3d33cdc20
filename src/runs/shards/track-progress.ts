import type { LargeTask } from '../../sync/large/large-task.ts';
import type { Outcome } from '../../sync/outcomes/outcome.ts';
import { isFailure, type Receipt } from '../../sync/outcomes/receipt.ts';
import { addCounts, type Counts, countsOf, countsOfReceipt } from '../../sync/outcomes/tally.ts';
import { type ProofLine, proofLineOf } from '../pairs/proof-log.ts';
import type { SliceLog } from '../report/slice-log.ts';
import { MAX_SHOWN_FAILURES, NO_PROGRESS, type SliceProgress } from './shard-state.ts';

/** The state that a slice has reached. */
export interface Reached {
  readonly progress: SliceProgress;
  /** Ids of the large objects that it met. */
  readonly large: readonly string[];
}

/** Counts a slice's outcomes and passes on what is to be kept of them. */
export interface Progress {
  take(outcome: Outcome): Promise<void> | undefined;
  /** Takes the receipt of an action after the comparison. */
  takeReceipt(receipt: Receipt): Promise<void>;
  /** The progress so far, once its receipts are kept. */
  flushed(): Promise<Reached>;
}

/** The logs of a slice. */
interface SliceLogs {
  readonly receipts: SliceLog<Receipt>;
  /** Not there where nothing new can be found equal. */
  readonly proofs?: SliceLog<ProofLine>;
}

/** Where nothing large can be met, `addLargeObject` is left out. */
export function trackProgress({ receipts, proofs }: SliceLogs, addLargeObject = refuseLargeObject): Progress {
  let progress: SliceProgress = NO_PROGRESS;
  let large: readonly string[] = [];

  async function addLarge(outcome: Extract<Outcome, { readonly kind: 'large' }>): Promise<void> {
    large = [...large, await addLargeObject(outcome.task)];
    count(outcome);
  }

  function count(outcome: Outcome): void {
    add(outcome.key, countsOf(outcome), outcome.kind === 'receipt' ? outcome.receipt : undefined);
  }

  function add(checkpoint: string, counts: Counts, receipt: Receipt | undefined): void {
    progress = { checkpoint, counts: addCounts(progress.counts, counts), failures: failuresWith(progress, receipt) };
  }

  return {
    take(outcome) {
      if (outcome.kind === 'large') return addLarge(outcome);
      count(outcome);
      if (outcome.kind === 'receipt') return receipts.add(outcome.receipt);
      const proof = proofLineOf(outcome);
      return proof && proofs?.add(proof);
    },
    takeReceipt(receipt) {
      add(receipt.key, countsOfReceipt(receipt), receipt);
      return receipts.add(receipt);
    },
    async flushed() {
      const reached = { progress, large };
      await Promise.all([receipts.flush(), proofs?.flush()]);
      return reached;
    },
  };
}

function failuresWith({ failures }: SliceProgress, receipt: Receipt | undefined): SliceProgress['failures'] {
  if (receipt === undefined || !isFailure(receipt) || failures.length >= MAX_SHOWN_FAILURES) return failures;
  return [...failures, receipt];
}

async function refuseLargeObject({ entry }: LargeTask): Promise<string> {
  throw new Error(`There was no place for the large object ${JSON.stringify(entry.key)}.`);
}
