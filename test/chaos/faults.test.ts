import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PART_BYTES } from '../../src/sync/copy/copy-parts.ts';
import type { Receipt } from '../../src/sync/outcomes/receipt.ts';
import type { ProvedPair } from '../../src/sync/pairs/proved-pair.ts';
import { crc64, crc64ToBase64 } from '../../src/sync/store/crc64.ts';
import { present } from '../../src/sync/store/present.ts';
import type { Store } from '../../src/sync/store/store.ts';
import { isStoreError } from '../../src/sync/store/store-error.ts';
import { randomFaults } from '../support/random-faults.ts';
import { contentsOf, putObject, syncAll } from '../support/stores/store-objects.ts';
import { startTwoClouds, type TwoClouds } from '../support/stores/two-clouds.ts';

const OBJECTS = 500;
const SHARE_OF_FAULTS = 0.3;
/** What is throttled in spite of the SDKs' retries ends a slice. */
const MAX_RUNS = 60;

let two: TwoClouds;

beforeAll(async () => {
  two = await startTwoClouds();
});
afterAll(() => two.stop());

describe.each([
  ['Blob Storage to S3', 'blob', 's3'],
  ['S3 to Blob Storage', 's3', 'blob'],
] as const)('with faults on both sides, from %s', (_, from, to) => {
  it(`copies ${OBJECTS} objects without one that is damaged, half-written or falsely reported`, { timeout: 120_000 }, async () => {
    const [source, destination] = [two[from], two[to]];
    const prefix = `faults-from-${from}/`;
    const originals = await seed(source.openBehindProxy(prefix));
    for (const { proxy } of [source, destination]) proxy.setFaults(randomFaults(SHARE_OF_FAULTS));

    const receipts: Receipt[] = [];
    const index = new Map<string, ProvedPair>();
    let copies = new Map<string, Buffer>();
    for (let runs = 0; copies.size < OBJECTS && runs < MAX_RUNS; runs++) {
      const run = await syncAll(source.open(prefix), destination.open(prefix), index);
      receipts.push(...run.receipts);
      if (run.error !== undefined) expect(isStoreError(run.error, 'unavailable', 'throttled')).toBe(true);
      copies = await contentsOf(destination.openBehindProxy(prefix));
      expect(differences(copies, originals)).toEqual([]);
      expect(falseReceipts(receipts, copies)).toEqual([]);
    }

    expect(copies.size).toBe(OBJECTS);
  });
});

/** Without a mark nobody knows the checksum of a blob that was put together from blocks: damage on the way from it is not noticed. */
const MARKED = { provenance: { sourceEtag: '"of another copy"' } };

async function seed(store: Store): Promise<Map<string, Buffer>> {
  const sizes = Array.from({ length: OBJECTS }, (_, n) => (n % 250 === 0 ? PART_BYTES + 1 : 512 + n));
  const objects = new Map(sizes.map((sizeBytes, n) => [`${n % 10}/${n}`, randomBytes(sizeBytes)]));
  for (const group of chunks([...objects], 20)) await Promise.all(group.map(([key, bytes]) => putObject(store, key, bytes, MARKED)));
  return objects;
}

function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, n) => all.slice(n * size, (n + 1) * size));
}

/** Keys whose copies are not byte for byte what the source holds. */
function differences(copies: ReadonlyMap<string, Buffer>, originals: ReadonlyMap<string, Buffer>): string[] {
  return [...copies].filter(([key, bytes]) => !bytes.equals(present(originals.get(key), key))).map(([key]) => key);
}

/** Keys said to be copied that are not there, or not with the checksum that was said. */
function falseReceipts(receipts: readonly Receipt[], copies: ReadonlyMap<string, Buffer>): string[] {
  return receipts
    .filter((receipt) => receipt.action === 'copied')
    .filter(({ key, crc64nvme }) => {
      const copy = copies.get(key);
      return copy === undefined || crc64ToBase64(crc64(copy), 'big-endian') !== crc64nvme;
    })
    .map(({ key }) => key);
}
