import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import type { RunView } from '../../src/runs/view/run-view.ts';
import { createChance } from './support/chance.ts';
import { expectComplete } from './support/complete-run.ts';
import { type EngineBridge, startEngineBridge } from './support/engine-bridge.ts';
import { figuresOf } from './support/figures.ts';
import { itLeavesSoundHistories } from './support/histories.ts';
import { keyOf, seedExtra, seedMixture } from './support/objects.ts';
import type { Place } from './support/places.ts';
import { createStorm, KILLS_PER_ROUND, type KillKind, planKills } from './support/storm.ts';

/** KILLS and SEEDS (numbers with commas between) make it longer, or repeat what failed. */
const KILLS_PER_SEED = Number(process.env['KILLS'] ?? KILLS_PER_ROUND);
const SEEDS = process.env['SEEDS']?.split(',').map(Number) ?? [randomInt(2 ** 31), randomInt(2 ** 31)];
const SMALL_OBJECTS = 120;
const EXTRA_OBJECTS = 40;
/** Three shards, so that one lane takes two of them; and what only the destination has is deleted. */
const OPTIONS = { lanes: 2, splitAt: [keyOf(40), keyOf(80)], delete: { maxPercent: 100 } };
const PATIENCE_MS = 60_000 + KILLS_PER_SEED * 30_000;

let bridge: EngineBridge;

beforeAll(async () => {
  bridge = await startEngineBridge({
    name: 'kills',
    hosts: 2,
    settings: () => ({ BRIDGE_SLICE_SECONDS: '5', BRIDGE_LARGE_OBJECT_MIB: '16' }),
  });
});
afterAll(() => bridge.stop());

describe('runs on two hosts of the real engine, whose workers and hosts are killed', { timeout: PATIENCE_MS }, () => {
  it.each(SEEDS)('end complete (seed %i)', async (seed) => {
    onTestFailed(() => console.error(`The kills had the seed ${seed}.`));
    const storm = createStorm(bridge, createChance(seed));
    const plan = planKills(KILLS_PER_SEED, createChance(seed));
    const [kills, runs]: [KillKind[], RunView[]] = [[], []];

    while (plan.length > 0) {
      // A round hits the same two runs; then there is calm until these have ended.
      const kinds = plan.splice(0, KILLS_PER_ROUND);
      const started = await startBothWays(`seed-${seed}-${runs.length}`);
      const over = new AbortController();
      const completing = Promise.all(started.map(completed)).finally(() => over.abort());
      const [made, ended] = await Promise.all([storm.rage(kinds, over.signal), completing]);
      kills.push(...made);
      runs.push(...ended);
      plan.unshift(...kinds.slice(made.length));
    }

    const leftovers = await bridge.openUploads();
    await bridge.platform.runTimer('cleanUp');

    console.info(figuresOf({ seed, kills, runs, leftovers: leftovers.length, journal: bridge.journal() }));
    expect(await bridge.openUploads()).toEqual([]);
  });
});

describe('the orchestrations of all these runs', { timeout: PATIENCE_MS }, () => itLeavesSoundHistories(() => bridge));

interface Started {
  readonly id: string;
  readonly source: Place;
  readonly destination: Place;
}

async function startBothWays(prefix: string): Promise<Started[]> {
  const ways = [
    { source: bridge.blob(`${prefix}-there`), destination: bridge.s3(`${prefix}-there`) },
    { source: bridge.s3(`${prefix}-back`), destination: bridge.blob(`${prefix}-back`) },
  ];
  await Promise.all(ways.map(({ source }) => seedMixture(source.store, SMALL_OBJECTS)));
  await Promise.all(ways.map(({ destination }) => seedExtra(destination.store, EXTRA_OBJECTS)));
  return Promise.all(ways.map(async (way) => ({ ...way, id: await bridge.start(way.source, way.destination, OPTIONS) })));
}

async function completed({ id, source, destination }: Started): Promise<RunView> {
  const run = await bridge.ended(id);
  await expectComplete(bridge, run, source, destination);
  return run;
}
