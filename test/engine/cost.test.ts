import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectComplete } from './support/complete-run.ts';
import { type EngineBridge, startEngineBridge } from './support/engine-bridge.ts';
import { keyOf, seed } from './support/objects.ts';

const OBJECTS = 20;
const MINUTE_MS = 60_000;

/** Requests to Azure Storage that one run takes which finds nothing to do, besides those of the engine when idle. */
const MAX_OF_IDLE_RUN = 250;

/** Requests in a minute. Eight lanes look twice a minute whether the run is cancelled. */
const MAX_OF_WAITING_RUN = 1_000;

/** Of the app itself, for its records: all of them, whatever the engine does. */
const MAX_RECORDS_OF_IDLE_RUN = 60;

const STATE_CONTAINER = '/keyless-bridge';

const counts = new Map<string, number>();
let bridge: EngineBridge;

beforeAll(async () => {
  bridge = await startEngineBridge({
    name: 'cost',
    // As in Azure.
    settings: () => ({ AzureFunctionsJobHost__extensions__durableTask__storageProvider__maxQueuePollingInterval: '00:00:10' }),
    onStorageRequest(service, { path }) {
      const kind = service === 'blob' && path.includes(STATE_CONTAINER) ? 'records' : service;
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    },
  });
});
afterAll(() => bridge.stop());

/** Requests of each kind during `work`, and their sum. */
async function counted(work: () => Promise<unknown>): Promise<Readonly<Record<string, number>> & { readonly all: number }> {
  const before = new Map(counts);
  await work();
  const during = [...counts].map(([kind, count]) => [kind, count - (before.get(kind) ?? 0)] as const);
  return { ...Object.fromEntries(during), all: during.reduce((sum, [, count]) => sum + count, 0) };
}

describe('requests to Azure Storage', { timeout: 300_000 }, () => {
  it('are few for a run that finds nothing to do', async () => {
    const [source, destination] = [bridge.blob('source'), bridge.s3('destination')];
    await seed(source.store, OBJECTS);
    const first = await bridge.ended(await bridge.start(source, destination));
    await expectComplete(bridge, first, source, destination);
    // The engine polls less and less often.
    await wait(MINUTE_MS / 3);

    const idle = await counted(() => wait(MINUTE_MS / 2));
    let id = '';
    const busy = await counted(async () => {
      id = await bridge.start(source, destination);
      await wait(MINUTE_MS / 2);
    });

    console.info(`half a minute without a run: ${JSON.stringify(idle)}; with one that finds nothing to do: ${JSON.stringify(busy)}`);
    expect(await bridge.ended(id)).toMatchObject({ state: 'succeeded', counts: { copied: 0 } });
    expect(busy['records']).toBeLessThan(MAX_RECORDS_OF_IDLE_RUN);
    expect(busy.all - idle.all).toBeLessThan(MAX_OF_IDLE_RUN);
  });

  it('are few for a run of eight lanes that waits for a store', async () => {
    const [source, destination] = [bridge.blob('waiting'), bridge.s3('waiting')];
    await seed(source.store, OBJECTS);
    bridge.s3Proxy.setFaults(({ method }) => (method === 'PUT' ? { kind: 'refuse', status: 503, code: 'SlowDown' } : undefined));
    const splitAt = [2, 4, 6, 8, 10, 12, 14].map(keyOf);
    const id = await bridge.start(source, destination, { lanes: 8, splitAt });
    await wait(MINUTE_MS);

    const minute = await counted(() => wait(MINUTE_MS));

    console.info(`a minute of a run that waits: ${JSON.stringify(minute)}`);
    expect(minute.all).toBeLessThan(MAX_OF_WAITING_RUN);
    bridge.s3Proxy.setFaults();
    expect((await bridge.platform.call('POST', `/api/runs/${id}/cancel`)).status).toBe(202);
    await bridge.ended(id);
  });
});
