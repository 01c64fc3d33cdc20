import { expect } from 'vitest';
import { failureOf, keysOf, NO_PROPERTIES, readBytes, someBytes, write } from './objects.ts';
import type { Behaviour } from './store-contract.ts';

export function signalsContract(behaviour: Behaviour): void {
  behaviour('does nothing once its signal has fired', async (location) => {
    const store = location.open();
    const signal = AbortSignal.abort();
    await write(store, 'there', 'x');
    const upload = await store.beginUpload({ key: 'parts', sizeBytes: 20_000_000, properties: NO_PROPERTIES });

    const failures = await Promise.all(
      [
        keysOf(store, { signal }),
        store.head('there', { signal }),
        store.read('there', { signal }),
        write(store, 'new', 'x', { signal }),
        store.delete('there', { signal }),
        store.writeStream('streamed', endless(), { contentType: 'text/plain', signal }),
        store.uploadStreamedPart(upload, 1, endless(), { sizeBytes: 20_000_000, signal }),
      ].map(failureOf),
    );

    expect(failures.map(({ code }) => code)).toEqual(failures.map(() => 'aborted'));
    expect(await keysOf(store)).toEqual(['there']);
    expect(await store.listParts(upload)).toEqual([]);
  });

  behaviour('stops a listing between its pages', async (location) => {
    const store = location.open({ pageSize: 1 });
    for (const key of ['a', 'b', 'c', 'd']) await write(store, key, 'x');
    const controller = new AbortController();

    const listing = Array.fromAsync(store.list({ signal: controller.signal }), (page) => {
      if (page.some(({ key }) => key === 'b')) controller.abort();
    });

    expect((await failureOf(listing)).code).toBe('aborted');
  });

  behaviour('stops a read in the middle', async (location) => {
    const store = location.open();
    await write(store, 'a', someBytes(20_000_000));
    const controller = new AbortController();
    const { body } = await store.read('a', { signal: controller.signal });

    const reading = Array.fromAsync(body, () => controller.abort());

    expect((await failureOf(reading)).code).toBe('aborted');
  });

  behaviour('stops a write in the middle and leaves the old object', async (location) => {
    const store = location.open();
    await write(store, 'a', 'old');
    const controller = new AbortController();

    const writing = failureOf(write(store, 'a', someBytes(30_000_000), { signal: controller.signal }));
    setImmediate(() => controller.abort());

    expect((await writing).code).toBe('aborted');
    expect((await readBytes(store, 'a')).toString()).toBe('old');
  });

  behaviour('stops a streamed part in the middle and leaves nothing of it', async (location) => {
    const store = location.open();
    const controller = new AbortController();
    const { signal } = controller;
    const upload = await store.beginUpload({ key: 'parts', sizeBytes: 100_000_000, properties: NO_PROPERTIES });

    const streaming = store.uploadStreamedPart(
      upload,
      1,
      endless(() => controller.abort()),
      { sizeBytes: 100_000_000, signal },
    );

    expect((await failureOf(streaming)).code).toBe('aborted');
    expect(await store.listParts(upload)).toEqual([]);
  });

  behaviour('stops a stream and leaves nothing', async (location) => {
    const store = location.open();
    const controller = new AbortController();

    const streaming = store.writeStream(
      'report',
      endless(() => controller.abort()),
      {
        contentType: 'text/plain',
        signal: controller.signal,
      },
    );

    expect((await failureOf(streaming)).code).toBe('aborted');
    expect(await keysOf(store)).toEqual([]);
  });
}

/** Calls `afterSome` when 20 MB are out, and goes on. */
async function* endless(afterSome: () => void = () => undefined): AsyncGenerator<Uint8Array> {
  for (let n = 1; ; n++) {
    yield someBytes(1_000_000, n);
    if (n === 20) afterSome();
  }
}
