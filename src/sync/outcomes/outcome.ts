import type { LargeTask } from '../large/large-task.ts';
import type { ProvedPair } from '../pairs/proved-pair.ts';
import type { Receipt } from './receipt.ts';

/** The outcome for one key. */
export type Outcome = {
  readonly key: string;
  /** The destination had an object of this key when it was listed. */
  readonly isAtDestination: boolean;
} /** `proved`: what was found to be equal, and was not known before. */ & (
  | { readonly kind: 'unchanged'; readonly proved?: ProvedPair }
  /** Neither side has it any more, although it was proved equal before. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'extraneous' }
  /** It is the copy of an object that has another key at the source, and counts there. */
  | { readonly kind: 'copy-of-another-key' }
  /** The sync is not about it. */
  | { readonly kind: 'filtered'; readonly isAtSource: boolean }
  | { readonly kind: 'receipt'; readonly receipt: Receipt }
  /** To be copied by steps of its own (see LargeObjectCopier), or at least to be asked about. */
  | { readonly kind: 'large'; readonly task: LargeTask }
);
