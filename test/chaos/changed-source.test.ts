import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PART_BYTES } from '../../src/sync/copy/copy-parts.ts';
import type { Store } from '../../src/sync/store/store.ts';
import type { ChooseFault, Fault, ProxiedRequest } from '../support/servers/fault-proxy.ts';
import { getObject, onlyReceipt, putObject, syncAll } from '../support/stores/store-objects.ts';
import { startTwoClouds, type TwoClouds } from '../support/stores/two-clouds.ts';

const SMALL_BYTES = 100_000;
const PARTS_BYTES = 2 * PART_BYTES + 12_345;
const MAX_RETRIES = 2;

let two: TwoClouds;

beforeAll(async () => {
  two = await startTwoClouds();
});
afterAll(() => two.stop());

describe.each([
  ['Blob Storage', 'blob', 's3'],
  ['S3', 's3', 'blob'],
] as const)('a source object on %s', (_, from, to) => {
  /** Syncs one object of which every version is one byte again and again; `choose` makes the trouble at the source. */
  async function syncOne(name: string, sizeBytes: number, choose: (change: Change) => ChooseFault) {
    const prefix = `${name.replaceAll(' ', '-')}-from-${from}/`;
    const original = two[from].openBehindProxy(prefix);
    const change = createChange(original, sizeBytes);
    await change.overwrite();
    two[from].proxy.setFaults(choose(change));
    const { receipts, error } = await syncAll(two[from].open(prefix), two[to].open(prefix));
    two[from].proxy.setFaults();
    expect(error).toBeUndefined();
    return { receipt: onlyReceipt(receipts), destination: two[to].openBehindProxy(prefix), change };
  }

  it.each([
    ['small', SMALL_BYTES],
    ['of several parts', PARTS_BYTES],
  ])('that is %s and is overwritten after the listing is copied in its new version', async (size, sizeBytes) => {
    const { receipt, destination, change } = await syncOne(`listed ${size}`, sizeBytes, ({ overwrite }) => onNth(1, isRead, overwrite));

    expect(receipt).toMatchObject({ action: 'copied', sourceEtag: change.etag() });
    expect(versionIn(await getObject(destination, 'key'), sizeBytes)).toBe(2);
  });

  it.each([
    ['small', SMALL_BYTES],
    ['of several parts', PARTS_BYTES],
  ])('that is %s and is overwritten while it is read is copied in one version', async (size, sizeBytes) => {
    const { receipt, destination, change } = await syncOne(`reading ${size}`, sizeBytes, ({ overwrite }) => {
      const pause: Fault = { kind: 'pause', meanwhile: overwrite };
      return onNth(1, isGet, async () => pause);
    });

    const version = versionIn(await getObject(destination, 'key'), sizeBytes);
    expect(receipt).toMatchObject({ action: 'copied', sourceEtag: change.etag(version) });
  });

  it('that is overwritten between two parts is copied in its new version', async () => {
    const { receipt, destination, change } = await syncOne('between parts', PARTS_BYTES, ({ overwrite }) => onNth(2, isGet, overwrite));

    expect(receipt).toMatchObject({ action: 'copied', sourceEtag: change.etag() });
    expect(versionIn(await getObject(destination, 'key'), PARTS_BYTES)).toBe(2);
  });

  it('that changes at each try is left for the next run, and the receipt says so', async () => {
    const { receipt, destination, change } = await syncOne('restless', SMALL_BYTES, ({ overwrite }) => async (request) => {
      if (isGet(request)) await overwrite();
      return undefined;
    });

    expect(receipt).toMatchObject({ action: 'failed', reason: 'source-changed' });
    expect(change.versions()).toBe(1 + 1 + MAX_RETRIES);
    expect(await destination.head('key')).toBeUndefined();
  });

  it.each([
    ['small', SMALL_BYTES],
    ['of several parts', PARTS_BYTES],
  ])('that is %s and is deleted after the listing is skipped', async (size, sizeBytes) => {
    const { receipt, destination } = await syncOne(`deleted ${size}`, sizeBytes, ({ remove }) => onNth(1, isRead, remove));

    expect(receipt).toMatchObject({ action: 'skipped', reason: 'source-gone' });
    expect(await destination.head('key')).toBeUndefined();
  });

  it('that is deleted between two parts is skipped', async () => {
    const { receipt, destination } = await syncOne('deleted between', PARTS_BYTES, ({ remove }) => onNth(2, isGet, remove));

    expect(receipt).toMatchObject({ action: 'skipped', reason: 'source-gone' });
    expect(await destination.head('key')).toBeUndefined();
  });
});

interface Change {
  /** Writes the next version. */
  readonly overwrite: () => Promise<undefined>;
  readonly remove: () => Promise<undefined>;
  readonly versions: () => number;
  /** Of a version; of the latest one unless given. */
  readonly etag: (version?: number) => string | undefined;
}

function createChange(store: Store, sizeBytes: number): Change {
  const etags: string[] = [];
  return {
    async overwrite() {
      etags.push(await putObject(store, 'key', Buffer.alloc(sizeBytes, etags.length + 1)));
      return undefined;
    },
    async remove() {
      await store.delete('key');
      return undefined;
    },
    versions: () => etags.length,
    etag: (version = etags.length) => etags[version - 1],
  };
}

/** The version that fills all of the object; throws for a mixture. */
function versionIn(bytes: Buffer, sizeBytes: number): number {
  const version = bytes[0] ?? 0;
  if (!bytes.equals(Buffer.alloc(sizeBytes, version))) throw new Error('The copy is not one whole version.');
  return version;
}

function onNth(n: number, matches: (request: ProxiedRequest) => boolean, act: () => Promise<Fault | undefined>): ChooseFault {
  let seen = 0;
  return (request) => (matches(request) && ++seen === n ? act() : undefined);
}

function isGet({ method, path }: ProxiedRequest): boolean {
  return method === 'GET' && /\/key(\?|$)/.test(path);
}

function isRead(request: ProxiedRequest): boolean {
  return isGet({ ...request, method: request.method === 'HEAD' ? 'GET' : request.method });
}
