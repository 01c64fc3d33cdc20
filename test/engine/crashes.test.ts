import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EngineBridge, startEngineBridge } from './engine-bridge.ts';
import { allOf, seed, untilMoreThan } from './objects.ts';

const OBJECTS = 60;
/** A run takes several seconds with it. */
const WRITE_MS = 500;

let bridge: EngineBridge;

beforeAll(async () => {
  bridge = await startEngineBridge({ name: 'crashes' });
});
afterAll(() => bridge.stop());

describe('a run on the real engine', { timeout: 240_000 }, () => {
  it.each([
    ['the worker', 'worker', () => bridge.killWorker()],
    ['the host', 'host', () => bridge.replaceHost()],
  ] as const)('completes although %s was killed in the middle of it', async (_, prefix, crash) => {
    const [source, destination] = [bridge.blob(prefix), bridge.s3(prefix)];
    await seed(source.store, OBJECTS);
    bridge.s3Proxy.setFaults(({ method }) => (method === 'PUT' ? { kind: 'delay', milliseconds: WRITE_MS } : undefined));
    const { id } = await bridge.start(source, destination);
    await untilMoreThan(OBJECTS / 10, destination.store);

    await crash();

    const run = await bridge.ended(id);
    expect(run).toMatchObject({ state: 'succeeded', counts: { listed: OBJECTS, skipped: 0, failed: 0 } });
    expect(run.counts.copied + run.counts.unchanged).toBe(OBJECTS);
    expect(await allOf(destination.store)).toEqual(await allOf(source.store));
  });
});
