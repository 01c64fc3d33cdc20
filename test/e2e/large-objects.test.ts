import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { BUCKET } from '../../local/clouds.ts';
import type { RunView } from '../../src/runs/view/run-view.ts';
import { createBlobStore } from '../../src/stores/blob/blob-store.ts';
import { createS3Store } from '../../src/stores/s3/s3-store.ts';
import { PART_BYTES } from '../../src/sync/copy/copy-parts.ts';
import type { Receipt } from '../../src/sync/outcomes/receipt.ts';
import { crc64, crc64ToBase64 } from '../../src/sync/store/crc64.ts';
import type { Store } from '../../src/sync/store/store.ts';
import { startTestBridge, type TestBridge } from '../support/bridge/test-bridge.ts';
import { type FaultProxy, startFaultProxy } from '../support/servers/fault-proxy.ts';
import { type HeldParts, holdParts } from '../support/stores/hold-parts.ts';
import { getObject, putObject } from '../support/stores/store-objects.ts';

/** The least that BRIDGE_LARGE_OBJECT_MIB can be. */
const LARGE_MIB = 16;
const PARTS = 4;
const LARGE_BYTES = (PARTS - 1) * PART_BYTES + 1;
const PARTS_BEFORE = 2;
const PATIENCE = { timeout: 20_000, interval: 100 };
/** A cancel takes effect within it. */
const CANCEL = { timeout: 10_000, interval: 100 };

/** One end of a sync: as the app sees it behind a proxy, and as it really is. */
interface End {
  readonly proxy: FaultProxy;
  location(prefix: string): string;
  open(prefix: string): Store;
}

let bridge: TestBridge;
let blob: End;
let s3: End;

beforeAll(async () => {
  const [blobProxy, s3Proxy] = await Promise.all([startFaultProxy(), startFaultProxy()]);
  bridge = await startTestBridge({
    settings: ({ aws, azurite }) => {
      blobProxy.forwardTo(azurite.blobUrl);
      s3Proxy.forwardTo(aws.url);
      const container = `${blobProxy.url}/${azurite.account}/test/`;
      blob = {
        proxy: blobProxy,
        location: (prefix) => container + prefix,
        open: (prefix) => createBlobStore({ container: bridge.container, prefix }),
      };
      s3 = {
        proxy: s3Proxy,
        location: (prefix) => `s3://${BUCKET}/${prefix}`,
        open: (prefix) => createS3Store({ client: bridge.s3Client, bucket: BUCKET, prefix }),
      };
      return {
        AzureWebJobsStorage: azurite.connectionString.replace(new URL(azurite.blobUrl).origin, blobProxy.url),
        AWS_ENDPOINT_URL_S3: s3Proxy.url,
        BRIDGE_ALLOWED_LOCATIONS: `s3://${BUCKET} ${container}`,
        BRIDGE_LARGE_OBJECT_MIB: String(LARGE_MIB),
      };
    },
  });
});
afterEach(() => {
  for (const { proxy } of [blob, s3]) proxy.setFaults();
});
afterAll(async () => {
  await bridge.stop();
  await Promise.all([blob, s3].map(({ proxy }) => proxy.stop()));
});

describe.each([
  { way: 'Blob Storage to S3', name: 'there', sourceRecord: 'writer', from: () => blob, to: () => s3 },
  { way: 'S3 to Blob Storage', name: 'back', sourceRecord: 'service', from: () => s3, to: () => blob },
])('a large object from $way', { timeout: 60_000 }, ({ name, sourceRecord, from, to }) => {
  it('arrives byte for byte, with the checksum that both ends keep as the proof, and by whose word', async () => {
    const prefix = `${name}-whole/`;
    const bytes = await seed(from(), prefix);

    const run = await bridge.sync(from().location(prefix), to().location(prefix));

    const crc64nvme = crc64ToBase64(crc64(bytes), 'big-endian');
    expect(run).toMatchObject({ state: 'succeeded', attempt: 1, counts: { listed: 1, copied: 1, copiedBytes: LARGE_BYTES } });
    expect((await getObject(to().open(prefix), 'large')).equals(bytes)).toBe(true);
    expect(await receiptsOf(run)).toMatchObject([{ key: 'large', action: 'copied', verified: 'crc64', sourceRecord, crc64nvme }]);
  });

  it('is shown while it is under way', async () => {
    const prefix = `${name}-shown/`;
    await seed(from(), prefix);
    const { run, held } = await startHalf(from(), to(), prefix);

    const underWay = await view(run);

    expect(underWay).toMatchObject({ phase: 'copying', lanes: 1, shards: { total: 1, done: 0, underWay: 1 } });
    expect(underWay.largeObjects).toEqual([{ key: 'large', sizeBytes: LARGE_BYTES, percent: 0 }]);
    held.release();
    expect(await untilEnded(run)).toMatchObject({ state: 'succeeded', largeObjects: [], counts: { copied: 1 } });
  });

  it('is not there after a cancel, and the next run goes on with the parts that are', async () => {
    const prefix = `${name}-cancelled/`;
    const bytes = await seed(from(), prefix);
    const { run, held } = await startHalf(from(), to(), prefix);

    await bridge.call('POST', `/api/runs/${run.id}/cancel`);

    expect(await untilEnded(run, CANCEL)).toMatchObject({ state: 'cancelled', counts: { copied: 0 } });
    expect(await to().open(prefix).head('large')).toBeUndefined();
    held.release();
    expect(await bridge.sync(from().location(prefix), to().location(prefix))).toMatchObject({ state: 'succeeded', counts: { copied: 1 } });
    expect((await getObject(to().open(prefix), 'large')).equals(bytes)).toBe(true);
    expect([held.taken.length, new Set(held.taken).size]).toEqual([PARTS, PARTS]);
  });

  it('arrives in its new version, and nothing of the old one, when it is replaced in the middle of the copy', async () => {
    const prefix = `${name}-replaced/`;
    await seed(from(), prefix);
    const { run, held } = await startHalf(from(), to(), prefix);
    const bytes = await seed(from(), prefix);

    held.release();

    expect(await untilEnded(run)).toMatchObject({ state: 'succeeded', counts: { listed: 1, copied: 1, copiedBytes: LARGE_BYTES } });
    expect((await getObject(to().open(prefix), 'large')).equals(bytes)).toBe(true);
  });
});

async function seed({ open }: End, prefix: string): Promise<Buffer> {
  const bytes = randomBytes(LARGE_BYTES);
  // A blob has a checksum only in the mark of a copy.
  await putObject(open(prefix), 'large', bytes, { provenance: { sourceEtag: '"of another copy"' } });
  return bytes;
}

/** Starts a run whose large object has some of its parts, and waits for the others. */
async function startHalf(from: End, to: End, prefix: string): Promise<{ readonly run: RunView; readonly held: HeldParts }> {
  const held = holdParts(to.proxy, 'large', PARTS_BEFORE);
  const answer = await bridge.call('POST', '/api/sync', { source: from.location(prefix), destination: to.location(prefix) });
  expect(answer.status).toBe(202);
  await vi.waitFor(() => expect(held.taken).toHaveLength(PARTS_BEFORE), PATIENCE);
  return { run: (await answer.json()) as RunView, held };
}

async function view({ id }: RunView): Promise<RunView> {
  return (await (await bridge.call('GET', `/api/runs/${id}`)).json()) as RunView;
}

function untilEnded(run: RunView, patience = PATIENCE): Promise<RunView> {
  return vi.waitFor(async () => {
    const latest = await view(run);
    expect(latest.phase).toBe('ended');
    return latest;
  }, patience);
}

async function receiptsOf({ links }: RunView): Promise<readonly Receipt[]> {
  const report = await (await fetch(links.report)).text();
  return report
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Receipt => JSON.parse(line));
}
