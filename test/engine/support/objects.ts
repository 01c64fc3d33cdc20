import { createHash, randomBytes } from 'node:crypto';
import { expect, vi } from 'vitest';
import type { Store } from '../../../src/sync/store/store.ts';
import { contentsOf, putObject } from '../../support/stores/store-objects.ts';

const MIB = 1024 * 1024;

/** Puts so many small objects into a store. */
export async function seed(store: Store, count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, n) => putObject(store, keyOf(n), randomBytes(1_000 + n))));
}

/** Sizes of objects that are written in parts, in MiB; two of them are large to an app whose BRIDGE_LARGE_OBJECT_MIB is 16. */
const SIZES_IN_PARTS_MIB = [9, 24, 10, 12, 33, 15];

/** Puts `small` small objects into a store, and among them some that are written in parts. Answers how many there are. */
export async function seedMixture(store: Store, small: number): Promise<number> {
  await seed(store, small);
  for (const [n, sizeMib] of SIZES_IN_PARTS_MIB.entries()) {
    const neighbour = keyOf(Math.floor(((n + 0.5) / SIZES_IN_PARTS_MIB.length) * small));
    await putObject(store, `${neighbour}-in-parts`, randomBytes(sizeMib * MIB + n));
  }
  return small + SIZES_IN_PARTS_MIB.length;
}

/** Puts so many objects into a store that no other has, between those of {@link seed}. */
export async function seedExtra(store: Store, count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, n) => putObject(store, `${keyOf(3 * n)}-extra`, randomBytes(100))));
}

/** The key of the small object with this number; numbers start at 0. */
export function keyOf(n: number): string {
  return `objects/${String(n).padStart(4, '0')}`;
}

/** Digests of all objects of a store, in an order that does not depend on the store: equal exactly when every byte is. */
export async function allOf(store: Store): Promise<readonly string[]> {
  return [...(await contentsOf(store))].map(([key, bytes]) => `${key} ${createHash('sha256').update(bytes).digest('hex')}`).sort();
}

export async function countOf(store: Store): Promise<number> {
  return (await contentsOf(store)).size;
}

/** Waits until a store holds more than `count` objects. */
export async function untilMoreThan(count: number, store: Store): Promise<void> {
  await vi.waitFor(async () => expect(await countOf(store)).toBeGreaterThan(count), { timeout: 30_000, interval: 100 });
}
