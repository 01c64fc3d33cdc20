import type { CopierOptions } from '../copy/copy-object.ts';
import { ABORT_LIMIT_MS, PART_SIZES } from '../copy/copy-parts.ts';
import type { PartSizes } from '../copy/part-plan.ts';
import { SourceChangedError } from '../copy/read-verified.ts';
import type { Receipt } from '../outcomes/receipt.ts';
import { type Current, copied, explain, toReceipt, type Verdict } from '../outcomes/verdict.ts';
import { pairOf } from '../pairs/proved-pair.ts';
import type { CallOptions } from '../store/store.ts';
import { isStoreError, type StoreErrorCode } from '../store/store-error.ts';
import { beginLargeObject } from './begin-large-object.ts';
import { commitRanges } from './commit-ranges.ts';
import { copyRange } from './copy-range.ts';
import type { CopiedRange, LargeOutcome, LargeTask, LargeUpload } from './large-task.ts';

/** The copy is over, and its parts are discarded unless they were committed. There is a receipt, or the destination was current. */
type Ended = { readonly step: 'ended' } & LargeOutcome;

/** The source or the destination changed, or the parts are gone: the copy is to begin anew. */
interface Again {
  readonly step: 'again';
}

/**
 * What went wrong may pass by itself, and the parts are kept: call the same step again after a while, or give the object up with this
 * receipt and abandon it.
 */
interface Later {
  readonly step: 'later';
  readonly receipt: Receipt;
}

export type BeginResult = { readonly step: 'copy'; readonly object: LargeUpload } | Ended;

/** `more`: call it again for the rest of the range. */
export type RangeResult = ({ readonly step: 'done' } & CopiedRange) | { readonly step: 'more' } | Later | Again | Ended;

export type CommitResult = Later | Again | Ended;

export interface BeginOptions {
  readonly signal: AbortSignal;
  /** How often the caller would begin anew: with 0 there is a receipt instead of `again`. */
  readonly triesLeft: number;
}

export interface CopyRangeOptions {
  readonly signal: AbortSignal;
  /** After this time, in milliseconds since 1970, no part is started, unless nothing could be kept for the next call. */
  readonly softDeadline: number;
  /** Ends the range early, as if at the deadline. */
  readonly mustYield?: () => boolean;
  /** Told the size of each part that was not in place already. */
  readonly onPart?: (sizeBytes: number) => void;
}

/**
 * Copies a large object in steps. Each may be taken by any process, again, and twice at once; what they pass on is plain data. What
 * concerns the object alone is a result; what would befall other objects too (no such bucket, credentials refused, throttling, the
 * signal) is thrown, and the same step can be taken again.
 */
export interface LargeObjectCopier {
  begin(task: LargeTask, options: BeginOptions): Promise<BeginResult>;
  /** Ranges count from 0. At least one part is new after each call. */
  copyRange(object: LargeUpload, rangeIndex: number, options: CopyRangeOptions): Promise<RangeResult>;
  /** `ranges` are the results of all ranges, in their order. */
  commit(object: LargeUpload, ranges: readonly CopiedRange[], options: { readonly signal: AbortSignal }): Promise<CommitResult>;
  /** Throws the parts away. Succeeds when there are none. */
  abandon(object: LargeUpload, options?: CallOptions): Promise<void>;
}

export interface LargeObjectOptions extends CopierOptions {
  readonly partSizes?: PartSizes;
}

export function createLargeObjectCopier({ clock, partSizes = PART_SIZES, ...path }: LargeObjectOptions): LargeObjectCopier {
  const { destination } = path;
  const receiptOf = (verdict: Verdict, startedAt: number) => toReceipt(verdict, startedAt, clock());

  function ended(end: Verdict | Current, startedAt: number): Ended {
    if (end.action !== 'current') return { step: 'ended', receipt: receiptOf(end, startedAt) };
    const proved = pairOf(end.entry, end.destination, end);
    return { step: 'ended', ...(proved !== undefined && { proved }) };
  }

  async function outcomeOfError(object: LargeUpload, error: unknown, passing: readonly StoreErrorCode[]): Promise<Later | Again | Ended> {
    const receipt = receiptOf(explain(path, object.entry, error), object.startedAt);
    if (isStoreError(error, ...passing)) return { step: 'later', receipt };
    // The failure above is the one to tell; a lifecycle rule takes what stays.
    await destination.abort(object.upload, { signal: AbortSignal.timeout(ABORT_LIMIT_MS) }).catch(() => undefined);
    return object.triesLeft > 0 && mayEndOtherwise(error) ? { step: 'again' } : { step: 'ended', receipt };
  }

  return {
    async begin(task, { signal, triesLeft }) {
      const startedAt = clock();
      const begun = await beginLargeObject(path, task, partSizes, signal);
      if ('action' in begun) return ended(begun, startedAt);
      return { step: 'copy', object: { ...begun, startedAt, triesLeft } };
    },

    async copyRange(object, rangeIndex, { signal, softDeadline, mustYield, onPart }) {
      try {
        const isLate = () => clock() >= softDeadline || mustYield?.() === true;
        const range = await copyRange(path, object, rangeIndex, { signal, onPart, isLate });
        return range === undefined ? { step: 'more' } : { step: 'done', ...range };
      } catch (error) {
        // One damaged part says nothing against the others.
        return outcomeOfError(object, error, ['unavailable', 'checksum-mismatch']);
      }
    },

    async commit(object, ranges, { signal }) {
      const { entry, reason, startedAt } = object;
      try {
        const copy = await commitRanges(path, object, ranges, signal);
        return ended('action' in copy ? copy : copied(entry, reason, copy), startedAt);
      } catch (error) {
        return outcomeOfError(object, error, ['unavailable']);
      }
    },

    abandon: ({ upload }, options) => destination.abort(upload, options),
  };
}

/** Tells whether what ended one copy may not end the next: a change at either end, or damaged bytes. */
function mayEndOtherwise(error: unknown): boolean {
  return error instanceof SourceChangedError || isStoreError(error, 'checksum-mismatch', 'precondition-failed', 'not-found');
}
