import { randomBytes } from 'node:crypto';
import { expect, vi } from 'vitest';
import type { Store } from '../../src/sync/store.ts';
import { contentsOf, putObject } from '../support/store-objects.ts';

/** Puts so many small objects into a store. */
export async function seed(store: Store, count: number): Promise<void> {
  const keys = Array.from({ length: count }, (_, n) => `objects/${String(n).padStart(4, '0')}`);
  await Promise.all(keys.map((key, n) => putObject(store, key, randomBytes(1_000 + n))));
}

/** All objects of a store, in an order that does not depend on the store: equal exactly when every byte is. */
export async function allOf(store: Store): Promise<readonly (readonly [string, string])[]> {
  return [...(await contentsOf(store))].map(([key, bytes]) => [key, bytes.toString('base64')] as const).sort();
}

export async function countOf(store: Store): Promise<number> {
  return (await contentsOf(store)).size;
}

/** Waits until a store holds more than `count` objects. */
export async function untilMoreThan(count: number, store: Store): Promise<void> {
  await vi.waitFor(async () => expect(await countOf(store)).toBeGreaterThan(count), { timeout: 30_000, interval: 100 });
}
