import { randomInt } from 'node:crypto';
import { onTestFailed } from 'vitest';
import type { ChooseFault, Fault } from './servers/fault-proxy.ts';

const FAULTS: readonly Fault[] = [
  { kind: 'refuse', status: 503 },
  { kind: 'refuse', status: 429 },
  { kind: 'refuse', status: 500 },
  { kind: 'reset' },
  { kind: 'lose-answer' },
  { kind: 'cut' },
  { kind: 'flip' },
  { kind: 'delay', milliseconds: 20 },
];

interface FaultOptions {
  readonly seed?: number;
  /** Kinds of faults that are not made. */
  readonly without?: readonly Fault['kind'][];
}

/** Faults of all kinds for this share of the requests, by chance. When the test fails, prints the seed, which repeats the choice. */
export function randomFaults(share: number, { seed = randomInt(2 ** 31), without = [] }: FaultOptions = {}): ChooseFault {
  const faults = FAULTS.filter(({ kind }) => !without.includes(kind));
  onTestFailed(() => console.error(`The faults had the seed ${seed}.`));
  const random = mulberry32(seed);
  return () => {
    const isFaulty = random() < share;
    const fault = faults[Math.floor(random() * faults.length)];
    return isFaulty ? fault : undefined;
  };
}

/** Tommy Ettinger's generator: small, fast, and good enough to spread faults. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
