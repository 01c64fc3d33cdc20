import { expect } from 'vitest';
import { failureOf, keysOf, readText, write } from './objects.ts';
import type { Behaviour } from './store-contract.ts';

export function deletingContract(behaviour: Behaviour): void {
  behaviour('deletes an object and no other', async (location) => {
    const store = location.open();
    await write(store, 'a', '1');
    await write(store, 'a/b', '2');

    const deleted = await store.delete('a');

    expect(await keysOf(store)).toEqual(['a/b']);
    // None of these servers keeps what is deleted, or versions.
    expect(deleted).toEqual({ isRecoverable: false });
  });

  behaviour('succeeds when the object is gone already', async (location) => {
    const store = location.open();

    await store.delete('nothing');

    expect(await keysOf(store)).toEqual([]);
  });

  behaviour('succeeds when the version that was named is gone already', async (location) => {
    const store = location.open();
    const { etag } = await write(store, 'a', '1');
    await store.delete('a', { ifMatch: etag });

    await store.delete('a', { ifMatch: etag });

    expect(await keysOf(store)).toEqual([]);
  });

  behaviour('deletes the version that was named and keeps any other', async (location) => {
    const store = location.open();
    const { etag } = await write(store, 'a', 'first');
    const { etag: newer } = await write(store, 'a', 'second');

    const failure = await failureOf(store.delete('a', { ifMatch: etag }));
    const kept = await readText(store, 'a');
    await store.delete('a', { ifMatch: newer });

    expect(failure.code).toBe('precondition-failed');
    expect(kept).toBe('second');
    expect(await keysOf(store)).toEqual([]);
  });
}
