import { PART_BYTES } from '../../../src/sync/copy/copy-parts.ts';
import { createBufferPool } from '../../../src/sync/flow/buffer-pool.ts';
import type { Outcome } from '../../../src/sync/outcomes/outcome.ts';
import type { Receipt } from '../../../src/sync/outcomes/receipt.ts';
import { type ProvedPair, pairOf } from '../../../src/sync/pairs/proved-pair.ts';
import { syncSlice } from '../../../src/sync/slice.ts';
import { crc64 } from '../../../src/sync/store/crc64.ts';
import { compareKeys } from '../../../src/sync/store/key-order.ts';
import type { ObjectDescription } from '../../../src/sync/store/objects.ts';
import { present } from '../../../src/sync/store/present.ts';
import type { Store } from '../../../src/sync/store/store.ts';

const CONCURRENCY = 32;

/** Replaces an object, whatever its size: in parts where it is larger than one. Answers its ETag. */
export async function putObject(store: Store, key: string, bytes: Uint8Array, more: Partial<ObjectDescription> = {}): Promise<string> {
  const description = { properties: { metadata: {} }, ...more };
  if (bytes.length <= PART_BYTES) return (await store.write(key, bytes, { ...description, crc64: crc64(bytes) })).etag;
  const upload = await store.beginUpload({ key, sizeBytes: bytes.length, ...description });
  const parts = [];
  for (let from = 0; from < bytes.length; from += PART_BYTES) {
    const part = bytes.subarray(from, from + PART_BYTES);
    parts.push(await store.uploadPart(upload, parts.length + 1, part, { crc64: crc64(part) }));
  }
  return (await store.commit(upload, parts, { crc64: crc64(bytes) })).etag;
}

export async function getObject(store: Store, key: string): Promise<Buffer> {
  const { body } = await store.read(key);
  return Buffer.concat(await Array.fromAsync(body));
}

/** All objects of a store with their bytes. */
export async function contentsOf(store: Store): Promise<Map<string, Buffer>> {
  const contents = new Map<string, Buffer>();
  for await (const page of store.list()) {
    const read = await Promise.all(page.map(async ({ key }) => [key, await getObject(store, key)] as const));
    for (const [key, bytes] of read) contents.set(key, bytes);
  }
  return contents;
}

/**
 * Syncs everything as one slice. Returns the receipts, also those of a slice that failed half-way. `index`: what earlier syncs have proved, to
 * which this one adds.
 */
export async function syncAll(
  source: Store,
  destination: Store,
  index = new Map<string, ProvedPair>(),
): Promise<{ readonly receipts: Receipt[]; readonly error?: unknown }> {
  const receipts: Receipt[] = [];
  const request = {
    source,
    destination,
    comparison: 'auto' as const,
    concurrency: CONCURRENCY,
    pool: createBufferPool([{ bufferBytes: PART_BYTES, count: CONCURRENCY }]),
    clock: Date.now,
    softDeadline: Number.POSITIVE_INFINITY,
    signal: new AbortController().signal,
    proved: inKeyOrder([...index.values()]),
  };
  try {
    await syncSlice(request, (outcome) => {
      if (outcome.kind === 'receipt') receipts.push(outcome.receipt);
      const pair = provedBy(outcome);
      if (pair !== undefined) index.set(pair.key, pair);
    });
    return { receipts };
  } catch (error) {
    return { receipts, error };
  }
}

async function* inKeyOrder(pairs: readonly ProvedPair[]): AsyncGenerator<ProvedPair> {
  yield* pairs.toSorted((a, b) => compareKeys(a.key, b.key));
}

function provedBy(outcome: Outcome): ProvedPair | undefined {
  if (outcome.kind === 'unchanged') return outcome.proved;
  if (outcome.kind !== 'receipt' || outcome.receipt.action !== 'copied') return undefined;
  const { key, sizeBytes, sourceEtag, destinationEtag } = outcome.receipt;
  return pairOf({ key, sizeBytes, etag: sourceEtag }, { sizeBytes, etag: destinationEtag }, {});
}

/** The one receipt of a sync that made one. */
export function onlyReceipt(receipts: readonly Receipt[]): Receipt {
  if (receipts.length !== 1) throw new Error(`Expected one receipt, but there are ${receipts.length}.`);
  return present(receipts[0], 'the receipt');
}
