import { createHash } from 'node:crypto';

/** Choices that look random and are the same for the same seed. */
export interface Chance {
  /** At least 0, less than `limit`. */
  below(limit: number): number;
  /** The same elements in another order. */
  shuffled<T>(elements: readonly T[]): T[];
}

export function createChance(seed: number): Chance {
  let choices = 0;
  const below = (limit: number) => {
    const digest = createHash('sha256').update(`${seed} ${choices++}`).digest();
    return Math.floor((digest.readUInt32BE() / 2 ** 32) * limit);
  };
  return {
    below,
    shuffled(elements) {
      return elements
        .map((element) => ({ element, rank: below(2 ** 32) }))
        .sort((a, b) => a.rank - b.rank)
        .map(({ element }) => element);
    },
  };
}
