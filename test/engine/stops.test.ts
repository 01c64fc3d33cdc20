import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { present } from '../../src/sync/store/present.ts';
import { expectComplete } from './support/complete-run.ts';
import { type EngineBridge, startEngineBridge } from './support/engine-bridge.ts';
import { itLeavesSoundHistories } from './support/histories.ts';
import { senderOf } from './support/kill.ts';
import { keyOf, seed, untilMoreThan } from './support/objects.ts';
import { writeStepOf } from './support/write-step.ts';

const OBJECTS = 200;
/** A run takes 40 seconds with it, longer than its host needs to end. */
const WRITE_MS = 1_500;
const OPTIONS = { lanes: 2, splitAt: [keyOf(OBJECTS / 2)] };

interface Write {
  readonly atMs: number;
  readonly workerProcessId: number;
}

let bridge: EngineBridge;

beforeAll(async () => {
  bridge = await startEngineBridge({ name: 'stops' });
});
afterEach(() => bridge.s3Proxy.setFaults());
afterAll(() => bridge.stop());

describe('a run on the real engine', { timeout: 240_000 }, () => {
  it.each(['host', 'worker'] as const)('gets its work back, at checkpoints, from a %s that is asked to end', async (which) => {
    const [source, destination] = [bridge.blob(which), bridge.s3(which)];
    await seed(source.store, OBJECTS);
    const writes = recordWrites();
    const id = await bridge.start(source, destination, OPTIONS);
    await untilMoreThan(OBJECTS / 10, destination.store);
    const worker = present((await bridge.platform.workers())[0], 'the worker').workerProcessId;

    const askedAt = Date.now();
    if (which === 'host') await present(bridge.platform.hosts()[0], 'the host').terminate();
    else process.kill(worker, 'SIGTERM');

    const run = await bridge.ended(id);
    await expectComplete(bridge, run, source, destination);
    expect(run).toMatchObject({ attempt: 1, repeatedSlices: 0 });
    expect(cutShort()).toEqual([]);
    console.info(`${which}: the next one wrote ${firstOfOthers(writes, worker) - askedAt} ms after the end was asked for`);
  });
});

describe('the orchestrations of these runs', () => itLeavesSoundHistories(() => bridge));

/** Slows writes down, so that a run is under way long enough. */
function recordWrites(): readonly Write[] {
  const writes: Write[] = [];
  bridge.s3Proxy.setFaults((request) => {
    if (writeStepOf(request) === undefined) return undefined;
    writes.push({ atMs: Date.now(), workerProcessId: senderOf(request) });
    return { kind: 'delay', milliseconds: WRITE_MS };
  });
  return writes;
}

function firstOfOthers(writes: readonly Write[], worker: number): number {
  return present(
    writes.find(({ workerProcessId }) => workerProcessId !== worker),
    'a write of another worker',
  ).atMs;
}

/** Names of the activities that died with their worker. */
function cutShort(): string[] {
  return bridge.journal().flatMap(({ kind, call, answer }) => (kind === 'activityTrigger' && answer === undefined ? [call.name] : []));
}
