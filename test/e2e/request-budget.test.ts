import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUCKET } from '../../local/clouds.ts';
import { PART_BYTES } from '../../src/sync/copy/copy-parts.ts';
import { type CountedBridge, startCountedBridge } from '../support/bridge/counted-bridge.ts';
import { countsSince, type RequestCounts, totalOf } from '../support/servers/request-counts.ts';
import { fillBucket, fillContainer } from '../support/stores/fill-stores.ts';

const OBJECTS = 2_000;
const OBJECT_BYTES = 4_096;
const REQUESTS_PER_OBJECT = 2.05;

/** A run's own records take a few requests, and some more for each second that it lasts; far fewer than one for each object. */
const MAX_RECORD_REQUESTS = 200;

const STATE_CONTAINER = 'keyless-bridge';

let bridge: CountedBridge;

beforeAll(async () => {
  bridge = await startCountedBridge({ BRIDGE_LARGE_OBJECT_MIB: '17' });
  const filling = { prefix: 'source/', count: OBJECTS, sizeBytes: OBJECT_BYTES };
  await Promise.all([fillContainer(bridge.container, filling), fillBucket(bridge.s3Client, BUCKET, filling)]);
});
afterAll(() => bridge.stop());

/** A listing request answers up to 2,500 blobs, or 1,000 objects of a bucket; the source is listed once more to plan by. */
describe.each([
  {
    way: 'Blob Storage to S3',
    locations: () => [bridge.blob('source'), bridge.s3('copy')] as const,
    listings: { 'List Blobs': 2, ListObjectsV2: 2 },
  },
  {
    way: 'S3 to Blob Storage',
    locations: () => [bridge.s3('source'), bridge.blob('copy')] as const,
    listings: { 'List Blobs': 1, ListObjectsV2: 4 },
  },
])('$way', ({ locations, listings }) => {
  it('copies 2,000 small objects with at most 2.05 requests each, and asks about none of them when nothing has changed', async () => {
    const [source, destination] = locations();

    const first = await counted(() => bridge.sync(source, destination));
    const second = await counted(() => bridge.sync(source, destination));

    expect(first.run).toMatchObject({ state: 'succeeded', counts: { listed: OBJECTS, copied: OBJECTS } });
    expect(totalOf(first.data) / OBJECTS).toBeLessThanOrEqual(REQUESTS_PER_OBJECT);
    expect(totalOf(first.records)).toBeLessThan(MAX_RECORD_REQUESTS);
    expect(second.run).toMatchObject({ state: 'succeeded', counts: { listed: OBJECTS, unchanged: OBJECTS } });
    expect(Object.fromEntries(second.data)).toEqual(listings);
    expect(totalOf(second.records)).toBeLessThan(MAX_RECORD_REQUESTS);
  }, 120_000);
});

describe('objects of any size that have not changed', () => {
  it.each([
    ['from Blob Storage', () => [bridge.blob('sizes'), bridge.s3('sizes')] as const],
    ['from S3', () => [bridge.s3('sizes'), bridge.blob('sizes')] as const],
  ])(
    'are never asked about, neither by the same job nor by the opposite one: %s',
    async (from, locations) => {
      const [source, destination] = locations();
      for (const [name, sizeBytes] of Object.entries({ small: 10, parts: PART_BYTES + 1, large: 18 * 1024 * 1024 })) {
        const filling = { prefix: `sizes/${from}/${name}`, count: 1, sizeBytes };
        await (from === 'from S3' ? fillBucket(bridge.s3Client, BUCKET, filling) : fillContainer(bridge.container, filling));
      }

      const first = await bridge.sync(source, destination);
      const second = await counted(() => bridge.sync(source, destination));
      const opposite = await counted(() => bridge.sync(destination, source));

      expect(first.counts.copied).toBe(3);
      for (const { run, data } of [second, opposite]) {
        expect(run.counts).toMatchObject({ copied: 0, unchanged: run.counts.listed });
        expect([...data.keys()].sort()).toEqual(['List Blobs', 'ListObjectsV2']);
      }
    },
    60_000,
  );
});

/** What a run asked of both stores, and of the container of the app's own records. */
async function counted<T>(run: () => Promise<T>): Promise<{ run: T; data: RequestCounts; records: RequestCounts }> {
  const before = { data: dataRequests(), records: bridge.requestsTo(STATE_CONTAINER) };
  const result = await run();
  return {
    run: result,
    data: countsSince(before.data, dataRequests()),
    records: countsSince(before.records, bridge.requestsTo(STATE_CONTAINER)),
  };
}

function dataRequests(): RequestCounts {
  const { AssumeRoleWithWebIdentity: _, ...data } = Object.fromEntries(bridge.requests());
  return new Map(Object.entries(data));
}
