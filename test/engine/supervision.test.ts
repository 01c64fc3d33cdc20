import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { RunView } from '../../src/runs/view/run-view.ts';
import { expectComplete } from './support/complete-run.ts';
import { type EngineBridge, startEngineBridge } from './support/engine-bridge.ts';
import { itLeavesSoundHistories } from './support/histories.ts';
import { killSender, senderOf } from './support/kill.ts';
import { countOf, seed, untilMoreThan } from './support/objects.ts';
import type { Place } from './support/places.ts';
import { writeStepOf } from './support/write-step.ts';

const OBJECTS = 40;
/** A run takes several seconds with it. */
const WRITE_MS = 300;
const PATIENCE = { timeout: 60_000, interval: 500 };
/** The host stops itself when its worker has died so often. */
const MAX_DEATHS = 3;

let bridge: EngineBridge;

beforeAll(async () => {
  bridge = await startEngineBridge({ name: 'supervision' });
});
afterEach(() => bridge.s3Proxy.setFaults());
afterAll(() => bridge.stop());

describe('a run on the real engine', { timeout: 240_000 }, () => {
  it('goes on with another attempt when its orchestration was terminated', async () => {
    const { id, places } = await startInTheMiddle('terminated');

    await terminate(id);

    const run = await completed(id, places);
    expect(run.attempt).toBe(2);
    expect(run.interruptions).toMatchObject([{ attempt: 1 }]);
  });

  it('goes on with another attempt when its orchestration was purged', async () => {
    const { id, places } = await startInTheMiddle('purged');

    await terminate(id);
    await vi.waitFor(async () => expect((await manage('DELETE', id)).status).toBe(200), PATIENCE);

    const run = await completed(id, places);
    expect(run.attempt).toBe(2);
    expect(run.interruptions).toMatchObject([{ attempt: 1 }]);
  });

  it('is resumed by the supervisor, without anybody asking for it, when the worker died while it replayed the orchestration', async () => {
    const places = await seeded('replay');
    await writeFile(bridge.trap, '');
    const id = await bridge.start(...places);
    await vi.waitFor(() => expect(existsSync(bridge.trap)).toBe(false), PATIENCE);

    await vi.waitFor(async () => {
      await bridge.platform.runTimer('resumeRuns');
      expect(await countOf(places[1].store)).toBe(OBJECTS);
    }, PATIENCE);

    const run = await completed(id, places);
    expect(run.attempt).toBe(2);
    expect(run.interruptions).toMatchObject([{ attempt: 1 }]);
  });

  it('is completed when the worker dies three times in a row, and the host with it', async () => {
    const { id, places } = await startInTheMiddle('deaths');
    const [host] = bridge.platform.hosts();
    const dead = new Set<number>();

    bridge.s3Proxy.setFaults((request) => {
      if (dead.size === MAX_DEATHS || writeStepOf(request) === undefined) return undefined;
      if (killSender(request)) dead.add(senderOf(request));
      return { kind: 'reset' };
    });

    const run = await completed(id, places);
    expect(run.repeatedSlices).toBeGreaterThan(0);
    expect(dead.size).toBe(MAX_DEATHS);
    expect(bridge.platform.hosts()).not.toContain(host);
  });

  it('is completed by another host when its host dies', async () => {
    const { id, places } = await startInTheMiddle('host');

    await bridge.platform.hosts()[0]?.kill();

    await completed(id, places);
  });
});

describe('the orchestrations of these runs', () => itLeavesSoundHistories(() => bridge));

type Places = readonly [source: Place, destination: Place];

async function seeded(prefix: string): Promise<Places> {
  const places = [bridge.blob(prefix), bridge.s3(prefix)] as const;
  await seed(places[0].store, OBJECTS);
  return places;
}

/** Starts a run, and answers when some of its objects are copied, long before all are. */
async function startInTheMiddle(prefix: string): Promise<{ readonly id: string; readonly places: Places }> {
  const places = await seeded(prefix);
  bridge.s3Proxy.setFaults((request) => (writeStepOf(request) === undefined ? undefined : { kind: 'delay', milliseconds: WRITE_MS }));
  const id = await bridge.start(...places);
  await untilMoreThan(OBJECTS / 10, places[1].store);
  return { id, places };
}

async function completed(id: string, [source, destination]: Places): Promise<RunView> {
  const run = await bridge.ended(id);
  await expectComplete(bridge, run, source, destination);
  return run;
}

async function terminate(runId: string): Promise<void> {
  expect((await manage('POST', runId, '/terminate?reason=test')).status).toBe(202);
}

/** Asks the engine's own API about the instance of a run's first attempt. */
function manage(method: string, runId: string, path = ''): Promise<Response> {
  return bridge.platform.call(method, `/runtime/webhooks/durabletask/instances/${runId}-1${path}`);
}
