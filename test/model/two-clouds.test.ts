import { describe, expect, it } from 'vitest';
import type { RunOptions } from './drive-run.ts';
import { judge } from './judge.ts';
import { createWorld, type Direction, type Edit } from './world.ts';

/** `MODEL_SEEDS=5000 npx vitest run test/model` tries more; `MODEL_SEED=17` one. */
const SEEDS = Number(process.env['MODEL_SEEDS'] ?? 300);
const FIRST_SEED = Number(process.env['MODEL_SEED'] ?? 1);
const COUNT = process.env['MODEL_SEED'] === undefined ? SEEDS : 1;
const STEPS = 24;
const KEYS = ['a', 'b', 'c', 'd', 'e'];
const EDITS = [
  'write',
  'write',
  'write-same-size',
  'write-under-old-metadata',
  'write-longer-under-old-metadata',
  'new-header',
  'touch',
  'roll-back',
  'delete',
  'stale-md5',
  'rename-over',
] as const;

/** A linear congruential generator: whole numbers from 0 to `below` - 1, the same ones for the same seed. */
function randomOf(seed: number): (below: number) => number {
  let state = Math.imul(seed, 2_654_435_761) >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

async function live(seed: number): Promise<void> {
  const random = randomOf(seed);
  const pick = <T>(values: readonly [T, ...T[]] | readonly T[]): T => values[random(values.length)] as T;
  const world = createWorld(random);
  const log: string[] = [];

  function edit(): void {
    const [cloud, key, kind] = [pick(['blob', 's3'] as const), pick(KEYS), pick(EDITS)];
    const what: Edit = kind === 'rename-over' ? { kind, from: pick(KEYS) } : { kind };
    if (cloud === 's3' && kind === 'rename-over') return;
    log.push(`${cloud} ${key} ${kind}`);
    world.edit(cloud, key, what);
  }

  async function run(): Promise<void> {
    const direction: Direction = pick(['to-s3', 'to-blob'] as const);
    const only = random(10) === 0 ? pick(['rehearse', 'verify'] as const) : undefined;
    const options: RunOptions = {
      overwrite: pick(['changed', 'changed', 'changed', 'if-newer', 'if-newer', 'never'] as const),
      compare: pick(['auto', 'auto', 'auto', 'auto', 'checksum', 'checksum', 'size', 'always'] as const),
      deletes: only === undefined && random(8) === 0,
      ...(only !== undefined && { only }),
      ...(random(6) === 0 && { include: KEYS.filter(() => random(2) === 0).concat('other') }),
    };
    const diesAfter = random(4) === 0 ? random(12) : undefined;
    log.push(`run ${direction} ${JSON.stringify(options)}${diesAfter === undefined ? '' : ` dies after ${diesAfter} requests`}`);
    const result = await world.run(direction, options, diesAfter);
    for (const key of new Set([...KEYS, ...result.receipts.keys()])) judge({ world, direction, options, result, key });
    world.settle(direction, options, result.receipts);
  }

  try {
    for (let step = 0; step < STEPS; step++) {
      const dice = random(40);
      if (dice < 22) edit();
      else if (dice < 36) await run();
      else if (dice < 39) {
        const what = pick(['keepSnapshot', 'rollBackIndex', 'loseIndex'] as const);
        log.push(what);
        world[what]();
      }
      if (random(3) === 0) world.pass(random(3));
    }
  } catch (error) {
    throw new Error(`Seed ${seed}, after:\n${log.join('\n')}\n${String(error)}`, { cause: error });
  }
}

describe('two clouds, their clients, and the bridge between them', () => {
  it(`keep every edit, copy or name every difference, and claim nothing that is not so: ${COUNT} lives`, async () => {
    for (let seed = FIRST_SEED; seed < FIRST_SEED + COUNT; seed++) await live(seed);

    expect(COUNT).toBeGreaterThan(0);
  }, 600_000);
});
