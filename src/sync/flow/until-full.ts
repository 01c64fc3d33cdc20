/** The same items; ends early, but after an item at least, when `isFull` says so. */
export function untilFull<T>(all: AsyncIterable<T>, isFull: () => boolean) {
  let cutShort = false;
  async function* items(): AsyncGenerator<T> {
    for await (const item of all) {
      yield item;
      cutShort = isFull();
      if (cutShort) return;
    }
  }
  return { items: items(), isCutShort: () => cutShort };
}
