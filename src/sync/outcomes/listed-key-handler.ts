import type { KeyPair } from '../compare/join.ts';
import { findPair } from '../compare/pair-by-head.ts';
import type { ListedKey } from '../pairs/attach-pairs.ts';
import type { SliceRequest } from '../slice-request.ts';
import type { Outcome } from './outcome.ts';
import type { FailureCode } from './receipt.ts';
import { concernsOneObject, failed, toReceipt } from './verdict.ts';

const NOT_THERE = 'the list names it, but it is not at the source. Correct the list, or look for the object.';

/** Handles a key that a list names, of which no listing tells anything: both sides are asked. */
export function createListedKeyHandler(
  request: Pick<SliceRequest, 'source' | 'destination' | 'clock'>,
  signal: AbortSignal,
  handlePair: (pair: KeyPair) => Outcome | Promise<Outcome>,
) {
  const { clock } = request;

  function failure(key: string, reason: FailureCode, why: string, startedAt: number): Outcome {
    const verdict = failed(request, { key, sizeBytes: 0, etag: '' }, reason, why);
    return { key, isAtDestination: false, kind: 'receipt', receipt: toReceipt(verdict, startedAt, clock()) };
  }

  return async ({ listed: key, proved }: ListedKey): Promise<Outcome> => {
    const startedAt = clock();
    try {
      const pair = await findPair(request, key, signal);
      return pair === undefined
        ? failure(key, 'not-found', NOT_THERE, startedAt)
        : await handlePair(proved === undefined ? pair : { ...pair, proved });
    } catch (error) {
      if (!concernsOneObject(error)) throw error;
      return failure(key, error.code, error.message, startedAt);
    }
  };
}
