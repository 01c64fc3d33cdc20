import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { BUCKET } from '../../local/clouds.ts';
import { createBlobServiceClient } from '../../src/stores/blob/blob-clients.ts';
import { createBlobStore } from '../../src/stores/blob/blob-store.ts';
import { createS3Client } from '../../src/stores/s3/s3-client.ts';
import { createS3Store } from '../../src/stores/s3/s3-store.ts';
import { createGovernor } from '../../src/sync/flow/governor.ts';
import type { Store } from '../../src/sync/store/store.ts';
import type { FaultProxy } from '../support/servers/fault-proxy.ts';
import { contentsOf, putObject, syncAll } from '../support/stores/store-objects.ts';
import { CONTAINER, startTwoClouds, type TwoClouds } from '../support/stores/two-clouds.ts';

const OBJECTS = 240;
const BEARABLE_REQUESTS = 30;
/** As many as a sync has under way here, so that the first halving tells already. */
const MOST_AT_ONCE = 32;

let two: TwoClouds;

beforeAll(async () => {
  two = await startTwoClouds();
});
afterEach(() => {
  for (const { proxy } of [two.blob, two.s3]) proxy.setFaults();
});
afterAll(() => two.stop());

describe.each([
  ['S3', 'blob', 's3', openGovernedS3, 'SlowDown'],
  ['Blob Storage', 's3', 'blob', openGovernedBlobs, 'ServerBusy'],
] as const)(`a sync into %s, which needs a second after each ${BEARABLE_REQUESTS} requests`, (_, from, to, openGoverned, code) => {
  it('copies every object, and has fewer requests refused at its end than at its beginning', { timeout: 120_000 }, async () => {
    const prefix = `throttled-from-${from}/`;
    const originals = await seed(two[from].openBehindProxy(prefix));
    const isRefused = throttle(two[to].proxy, code);

    const { receipts, error } = await syncAll(two[from].open(prefix), openGoverned(prefix));

    expect(error).toBeUndefined();
    expect(receipts.filter(({ action }) => action !== 'copied')).toEqual([]);
    expect(await contentsOf(two[to].openBehindProxy(prefix))).toEqual(originals);
    const third = Math.floor(isRefused.length / 3);
    expect(countTrue(isRefused.slice(-third))).toBeLessThan(countTrue(isRefused.slice(0, third)));
  });
});

function openGovernedS3(prefix: string): Store {
  const { aws, roleArn } = two.clouds;
  const governor = createGovernor({ mostAtOnce: MOST_AT_ONCE });
  const client = createS3Client({
    region: aws.region,
    endpoint: two.s3.proxy.url,
    credentials: aws.issueSession({ roleArn, expiresInSeconds: 3_600 }),
    forcePathStyle: true,
    checksums: 'when-supported',
    governorOf: () => governor,
  });
  onTestFinished(() => client.destroy());
  return createS3Store({ client, bucket: BUCKET, prefix });
}

function openGovernedBlobs(prefix: string): Store {
  const { connectionString, blobUrl } = two.clouds.azurite;
  const account = { connectionString: connectionString.replace(new URL(blobUrl).origin, two.blob.proxy.url) };
  return createBlobStore({
    container: createBlobServiceClient(account, createGovernor({ mostAtOnce: MOST_AT_ONCE })).getContainerClient(CONTAINER),
    prefix,
  });
}

async function seed(store: Store): Promise<Map<string, Buffer>> {
  const objects = new Map(Array.from({ length: OBJECTS }, (_, n) => [`${n}`, randomBytes(1_000)]));
  await Promise.all([...objects].map(([key, bytes]) => putObject(store, key, bytes)));
  return objects;
}

/** Refuses requests for a second whenever it has let so many pass. Answers whether each one was refused, in their order. */
function throttle(proxy: FaultProxy, code: string): readonly boolean[] {
  const isRefused: boolean[] = [];
  let left = BEARABLE_REQUESTS;
  let readyAt = 0;
  proxy.setFaults(() => {
    if (left === 0 && Date.now() >= readyAt) left = BEARABLE_REQUESTS;
    isRefused.push(left === 0);
    if (left === 0) return { kind: 'refuse', status: 503, code, retryAfterSeconds: 1 };
    left--;
    if (left === 0) readyAt = Date.now() + 1_000;
    return undefined;
  });
  return isRefused;
}

function countTrue(all: readonly boolean[]): number {
  return all.filter(Boolean).length;
}
