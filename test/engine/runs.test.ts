import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BUCKET } from '../../local/clouds.ts';
import type { RunView } from '../../src/runs/run-view.ts';
import { type EngineBridge, startEngineBridge } from './engine-bridge.ts';
import { type EngineRow, rowsOf } from './engine-tables.ts';
import { allOf, countOf, seed, untilMoreThan } from './objects.ts';

const OBJECTS = 60;
const MAX_EVENTS = 1_000;
const MAX_PAYLOAD_BYTES = 16 * 1_024;

let bridge: EngineBridge;

beforeAll(async () => {
  bridge = await startEngineBridge({
    name: 'runs',
    settings: ({ azurite }) => ({
      BRIDGE_SLICE_SECONDS: '1',
      BRIDGE_JOBS: JSON.stringify([
        {
          name: 'nightly',
          source: `${azurite.blobUrl}/engine/job`,
          destination: `s3://${BUCKET}/job`,
          options: { concurrency: 4 },
          schedule: '0 0 2 * * *',
        },
      ]),
    }),
  });
});
afterEach(() => bridge.s3Proxy.setFaults());
afterAll(() => bridge.stop());

describe('a run on the real engine', () => {
  it.each([
    ['Blob Storage', 'S3', 'blob', 's3'],
    ['S3', 'Blob Storage', 's3', 'blob'],
  ] as const)('copies from %s to %s and counts what it copied', async (_from, _to, from, to) => {
    const [source, destination] = [bridge[from](`from-${from}`), bridge[to](`from-${from}`)];
    await seed(source.store, OBJECTS);

    const { id } = await bridge.start(source, destination);

    const run = await bridge.ended(id);
    expect(run).toMatchObject({ state: 'succeeded', counts: { listed: OBJECTS, copied: OBJECTS, unchanged: 0, skipped: 0, failed: 0 } });
    expect(await allOf(destination.store)).toEqual(await allOf(source.store));
  });

  it('goes on slice by slice in new generations, and keeps histories and payloads small', async () => {
    const [source, destination] = [bridge.blob('slices'), bridge.s3('slices')];
    await seed(source.store, OBJECTS);
    slowWrites(250);

    const { id } = await bridge.start(source, destination);

    const run = await bridge.ended(id);
    const history = await rowsOf(bridge.clouds.azurite, 'History');
    expect(run).toMatchObject({ state: 'succeeded', counts: { listed: OBJECTS, copied: OBJECTS } });
    expect(await allOf(destination.store)).toEqual(await allOf(source.store));
    expect(lastSliceOf(`${id}-1-lane-0`, history)).toBeGreaterThan(1);
    expect(Math.max(...eventCounts(history))).toBeLessThanOrEqual(MAX_EVENTS);
    const largest = [...history, ...(await rowsOf(bridge.clouds.azurite, 'Instances'))].map(largestPayloadBytes);
    expect(Math.max(...largest)).toBeLessThanOrEqual(MAX_PAYLOAD_BYTES);
  });
});

describe('a job on the real engine', () => {
  it('refuses a second start while it runs, and stops when it is cancelled', async () => {
    const [source, destination] = [bridge.blob('job'), bridge.s3('job')];
    await seed(source.store, OBJECTS);
    slowWrites(1_000);

    const first = await bridge.call('POST', '/api/jobs/nightly/runs');
    const { id } = (await first.json()) as RunView;
    await untilMoreThan(0, destination.store);
    const second = await bridge.call('POST', '/api/jobs/nightly/runs');
    const cancel = await bridge.call('POST', `/api/runs/${id}/cancel`);

    expect(first.status).toBe(202);
    expect(second.status).toBe(409);
    expect(await second.json()).toMatchObject({ run: { id } });
    expect(cancel.status).toBe(202);
    const run = await bridge.ended(id);
    expect(run).toMatchObject({ state: 'cancelled', counts: { copied: await countOf(destination.store), failed: 0 } });
    expect(run.counts.copied).toBeLessThan(OBJECTS);
  });
});

function slowWrites(milliseconds: number): void {
  bridge.s3Proxy.setFaults(({ method }) => (method === 'PUT' ? { kind: 'delay', milliseconds } : undefined));
}

/** The slice that the instance's last generation was started with. */
function lastSliceOf(instanceId: string, history: readonly EngineRow[]): number {
  const started = history.find(({ PartitionKey, EventType }) => PartitionKey === instanceId && EventType === 'ExecutionStarted');
  return JSON.parse(String(started?.['Input'])).slice;
}

/** How many events there are in each generation of each instance. */
function eventCounts(history: readonly EngineRow[]): number[] {
  return [...Map.groupBy(history, ({ PartitionKey, ExecutionId }) => `${PartitionKey} ${ExecutionId}`).values()].map((rows) => rows.length);
}

/** The engine moves what is too large for its tables into blobs, and keeps their names in columns that tell so. */
function largestPayloadBytes(row: EngineRow): number {
  const columns = Object.entries(row).filter(([, value]) => typeof value === 'string');
  if (columns.some(([name]) => name.endsWith('BlobName'))) return Number.POSITIVE_INFINITY;
  return Math.max(...columns.map(([, value]) => Buffer.byteLength(String(value))));
}
