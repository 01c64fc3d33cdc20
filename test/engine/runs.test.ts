import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BUCKET } from '../../local/clouds.ts';
import type { RunView } from '../../src/runs/view/run-view.ts';
import { expectComplete } from './support/complete-run.ts';
import { type EngineBridge, startEngineBridge } from './support/engine-bridge.ts';
import { itLeavesSoundHistories } from './support/histories.ts';
import { allOf, countOf, keyOf, seed, seedMixture, untilMoreThan } from './support/objects.ts';
import { CONTAINER } from './support/places.ts';
import { turnsIn } from './support/turns.ts';

const OBJECTS = 60;

let bridge: EngineBridge;

beforeAll(async () => {
  bridge = await startEngineBridge({
    name: 'runs',
    settings: (blobUrl) => ({
      BRIDGE_SLICE_SECONDS: '1',
      BRIDGE_LARGE_OBJECT_MIB: '16',
      BRIDGE_JOBS: JSON.stringify([
        {
          name: 'nightly',
          source: `${blobUrl}/${CONTAINER}/job`,
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
  ] as const)('copies objects of all sizes from %s to %s, each once', async (_from, _to, from, to) => {
    const [source, destination] = [bridge[from](`from-${from}`), bridge[to](`from-${from}`)];
    await seedMixture(source.store, OBJECTS);

    const id = await bridge.start(source, destination);

    const run = await bridge.ended(id);
    await expectComplete(bridge, run, source, destination);
    expect(run.counts.unchanged).toBe(0);
    expect(await bridge.openUploads()).toEqual([]);
  });

  it('goes on slice by slice in new generations', async () => {
    const [source, destination] = [bridge.blob('slices'), bridge.s3('slices')];
    await seed(source.store, OBJECTS);
    slowWrites(250);

    const id = await bridge.start(source, destination);

    await expectComplete(bridge, await bridge.ended(id), source, destination);
    const lanes = turnsIn(bridge.journal()).filter(({ trigger }) => trigger.instanceId.startsWith(`${id}-1-lane-`));
    expect(new Set(lanes.map(({ executionId }) => executionId)).size).toBeGreaterThan(1);
  });

  it('deletes what is gone from the source, slice by slice, when all is compared', async () => {
    const [source, destination] = [bridge.blob('mirror'), bridge.s3('mirror')];
    await seed(source.store, OBJECTS);
    await bridge.ended(await bridge.start(source, destination));
    for (let n = 0; n < OBJECTS; n += 2) await source.store.delete(keyOf(n));
    bridge.s3Proxy.setFaults(({ method }) => (method === 'DELETE' ? { kind: 'delay', milliseconds: 500 } : undefined));

    const id = await bridge.start(source, destination, { concurrency: 4, delete: { maxPercent: 100 } });

    const run = await bridge.ended(id);
    expect(run).toMatchObject({ state: 'succeeded', counts: { listed: OBJECTS / 2, unchanged: OBJECTS / 2, extraneous: OBJECTS / 2 } });
    expect(run.counts).toMatchObject({ deleted: OBJECTS / 2, deletionsFailed: 0 });
    expect(await allOf(destination.store)).toEqual(await allOf(source.store));
    const deletions = turnsIn(bridge.journal()).filter(({ trigger }) => trigger.instanceId === `${id}-1-deletions`);
    expect(new Set(deletions.map(({ executionId }) => executionId)).size).toBeGreaterThan(1);
  });
});

describe('a job on the real engine', () => {
  it('refuses a second start while it runs, and stops when it is cancelled', async () => {
    const [source, destination] = [bridge.blob('job'), bridge.s3('job')];
    await seed(source.store, OBJECTS);
    slowWrites(1_000);

    const first = await bridge.platform.call('POST', '/api/jobs/nightly/runs');
    const { id } = (await first.json()) as RunView;
    await untilMoreThan(0, destination.store);
    const second = await bridge.platform.call('POST', '/api/jobs/nightly/runs');
    const cancel = await bridge.platform.call('POST', `/api/runs/${id}/cancel`);

    expect(first.status).toBe(202);
    expect(second.status).toBe(409);
    expect(await second.json()).toMatchObject({ run: { id } });
    expect(cancel.status).toBe(202);
    const run = await bridge.ended(id);
    expect(run).toMatchObject({ state: 'cancelled', counts: { copied: await countOf(destination.store), failed: 0 } });
    expect(run.counts.copied).toBeLessThan(OBJECTS);
  });
});

describe('the orchestrations of these runs', () => itLeavesSoundHistories(() => bridge));

function slowWrites(milliseconds: number): void {
  bridge.s3Proxy.setFaults(({ method }) => (method === 'PUT' ? { kind: 'delay', milliseconds } : undefined));
}
