import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { layAmbush, type WritePoint } from './ambush.ts';
import type { Chance } from './chance.ts';
import type { EngineBridge } from './engine-bridge.ts';
import { killProcess } from './kill.ts';

const MAX_PAUSE_MS = 2_500;
const TRAP_POLL_MS = 20;

/** Where in its writes a worker is killed, by a name for people. */
const WRITE_POINTS = {
  'worker in mid-body': { steps: ['object', 'part'], moment: 'half-sent' },
  'worker after a PUT, before its receipt': { steps: ['object'], moment: 'answered' },
  'worker between parts': { steps: ['part'], moment: 'answered' },
  'worker before a commit': { steps: ['commit'], moment: 'unsent' },
  'worker after a commit': { steps: ['commit'], moment: 'answered' },
  'worker before a deletion': { steps: ['delete'], moment: 'unsent' },
  'worker after a deletion, before its receipt': { steps: ['delete'], moment: 'answered' },
} as const satisfies Record<string, WritePoint>;

export type KillKind = keyof typeof WRITE_POINTS | 'worker in a replay' | 'worker at any time' | 'host at any time';

/** A host is killed early, and only once, for it takes the engine a minute to get over it; deletions come last. */
const ROUND: readonly (readonly KillKind[])[] = [
  ['host at any time', 'worker in a replay', 'worker in mid-body', 'worker between parts', 'worker before a commit', 'worker at any time'],
  [
    'worker after a PUT, before its receipt',
    'worker in a replay',
    'worker in mid-body',
    'worker between parts',
    'worker after a commit',
    'worker at any time',
  ],
  ['worker before a deletion', 'worker after a deletion, before its receipt'],
];

/** Kills in a round. */
export const KILLS_PER_ROUND = ROUND.flat().length;

/** So many kills of all kinds, in an order of chance. */
export function planKills(count: number, chance: Chance): KillKind[] {
  const rounds = Array.from({ length: Math.ceil(count / KILLS_PER_ROUND) }, () => ROUND.flatMap(chance.shuffled));
  return rounds.flat().slice(0, count);
}

/** Kills workers and hosts of a bridge, one after the other. */
export interface Storm {
  /** Makes these kills in their order, until `signal` fires. Answers those that it made. */
  rage(kinds: readonly KillKind[], signal: AbortSignal): Promise<KillKind[]>;
}

export function createStorm({ platform, clouds, s3Proxy, blobProxy, trap }: EngineBridge, chance: Chance): Storm {
  const ambush = layAmbush([s3Proxy, clouds.aws.url], [blobProxy, clouds.azurite.blobUrl]);

  /** Answers whether it was possible before `signal` fired. */
  async function kill(kind: KillKind, signal: AbortSignal): Promise<boolean> {
    switch (kind) {
      case 'worker in a replay':
        return await setTrap(signal);
      case 'worker at any time':
        return chance.shuffled(await platform.workers()).some(({ workerProcessId }) => killProcess(workerProcessId));
      case 'host at any time': {
        const [host] = chance.shuffled(platform.hosts());
        await host?.kill();
        return host !== undefined;
      }
      default:
        return await ambush.killAt(WRITE_POINTS[kind], signal);
    }
  }

  async function setTrap(signal: AbortSignal): Promise<boolean> {
    await writeFile(trap, '');
    while (existsSync(trap) && !signal.aborted) await wait(TRAP_POLL_MS);
    const isSprung = !existsSync(trap);
    await rm(trap, { force: true });
    return isSprung;
  }

  /** Kills after a pause, as soon as it is possible. */
  async function killSoon(kind: KillKind, signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      await wait(chance.below(MAX_PAUSE_MS), undefined, { signal }).catch(() => undefined);
      if (!signal.aborted && (await kill(kind, signal))) return true;
    }
    return false;
  }

  return {
    async rage(kinds, signal) {
      const made: KillKind[] = [];
      for (const kind of kinds) if (await killSoon(kind, signal)) made.push(kind);
      return made;
    },
  };
}
