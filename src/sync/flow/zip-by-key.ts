import { compareKeys } from '../store/key-order.ts';

interface Keyed {
  readonly key: string;
}

/** The entries of two sequences under one key: at least one of them is present. */
export interface Zipped<A, B> {
  readonly one?: A;
  readonly other?: B;
}

/**
 * Joins two sequences, both ascending by key and each key once. Reads neither further than to the next key of the other, and closes both
 * when the reader stops.
 */
export async function* zipByKey<A extends Keyed, B extends Keyed>(
  ones: AsyncIterable<A>,
  others: AsyncIterable<B>,
): AsyncGenerator<Zipped<A, B>> {
  const [first, second] = [ones[Symbol.asyncIterator](), others[Symbol.asyncIterator]()];
  try {
    let [one, other] = [valueIn(await first.next()), valueIn(await second.next())];
    while (one !== undefined || other !== undefined) {
      const order = orderOf(one, other);
      yield { ...(order <= 0 && one !== undefined && { one }), ...(order >= 0 && other !== undefined && { other }) };
      if (order <= 0) one = valueIn(await first.next());
      if (order >= 0) other = valueIn(await second.next());
    }
  } finally {
    await Promise.all([first.return?.(), second.return?.()]);
  }
}

function orderOf(one: Keyed | undefined, other: Keyed | undefined): number {
  if (one === undefined) return 1;
  return other === undefined ? -1 : compareKeys(one.key, other.key);
}

function valueIn<T>(result: IteratorResult<T>): T | undefined {
  return result.done === true ? undefined : result.value;
}
