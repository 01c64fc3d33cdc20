import type { ListOptions } from './store.ts';

/** Keys greater than `after` and not greater than `through`; without them, from the first and to the last. */
export interface KeyRange {
  readonly after?: string;
  readonly through?: string;
}

/** The options with which a store lists the range, and nothing else. */
export function listOptionsOf({ after, through }: KeyRange): Pick<ListOptions, 'startAfter' | 'endBefore'> {
  return {
    ...(after !== undefined && { startAfter: after }),
    // No key lies between a key and the same with the least character behind it.
    ...(through !== undefined && { endBefore: `${through}\u0000` }),
  };
}
