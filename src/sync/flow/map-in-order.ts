interface InOrderLimits {
  /** How many calls may be under way at once, 1 or more. */
  readonly concurrency: number;
  /** How many results may wait behind a slow one, at least `concurrency`. */
  readonly window: number;
}

interface Call<R> {
  readonly result: R | Promise<R>;
  isResolved: boolean;
}

/**
 * Calls `run` for each item, several at once, and yields the results in the order of the items. A call that returns a plain value costs
 * no place among the concurrent ones. After a failure no further item is taken; it is thrown when its turn comes and all calls under way
 * have settled. A reader who stops early waits for them too.
 */
export async function* mapInOrder<T, R>(
  items: AsyncIterable<T>,
  limits: InOrderLimits,
  run: (item: T) => R | Promise<R>,
): AsyncGenerator<R> {
  const iterator = items[Symbol.asyncIterator]();
  const running = new Set<Promise<void>>();
  const calls: Call<R>[] = [];
  let isOver = false;

  function start(item: T): void {
    const result = run(item);
    const call: Call<R> = { result, isResolved: !(result instanceof Promise) };
    calls.push(call);
    if (result instanceof Promise) track(call, result);
  }

  function track(call: Call<R>, result: Promise<R>): void {
    const settled = result.then(
      () => undefined,
      () => {
        isOver = true;
      },
    );
    const left = settled.then(() => {
      call.isResolved = true;
      running.delete(left);
    });
    running.add(left);
  }

  async function fill(): Promise<void> {
    while (!isOver && calls.length < limits.window && running.size < limits.concurrency) {
      const item = await iterator.next();
      if (item.done === true) isOver = true;
      else if (!isOver) start(item.value);
    }
  }

  try {
    for (;;) {
      await fill();
      if (calls.length === 0) return;
      for (let head = calls[0]; head?.isResolved; head = calls[0]) {
        calls.shift();
        yield await head.result;
      }
      if (running.size > 0) await Promise.race(running);
    }
  } finally {
    await Promise.all(running);
    await iterator.return?.();
  }
}
