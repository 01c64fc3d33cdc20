import { setImmediate as nextTurn } from 'node:timers/promises';

/** Longest time for which other work waits. */
const TURN_MS = 20;

/**
 * The same items, with other work of the process in between: what is done with one may take long, such as many filter rules on a long key,
 * and listed items come without any wait.
 */
export async function* takeTurns<T>(items: AsyncIterable<T> | Iterable<T>, signal?: AbortSignal): AsyncGenerator<T> {
  let turnStarted = performance.now();
  for await (const item of items) {
    if (performance.now() - turnStarted > TURN_MS) {
      await nextTurn();
      signal?.throwIfAborted();
      turnStarted = performance.now();
    }
    yield item;
  }
}
