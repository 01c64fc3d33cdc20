import { compareKeys } from '../store/key-order.ts';
import type { ListOptions, Store } from '../store/store.ts';
import { endsOf } from './key-space.ts';

/** A range of keys as a listing takes it. */
export type Bounds = Pick<ListOptions, 'startAfter' | 'endBefore'>;

/** The first keys of a range, of both stores. */
export interface Glimpse {
  /** Ascending, each once. */
  readonly keys: readonly string[];
  /** Whether the range has no more keys than these. */
  readonly isAll: boolean;
}

interface KeyProbesOptions {
  readonly source: Store;
  readonly destination: Store;
  readonly maxProbes: number;
  readonly smallKeys: number;
  readonly signal: AbortSignal;
}

/** Looks at the keys of two stores here and there, a limited number of times. */
export interface KeyProbes {
  /** A range with no more keys than this is small: one look shows them all. */
  readonly smallKeys: number;
  /** At least one key, where there is any, and about `count`. `undefined` when all probes have been used. Throws StoreErrors. */
  look(bounds: Bounds, count: number): Promise<Glimpse | undefined>;
  /** Whether both services can be asked for the keys behind `text`. */
  canStartAfter(text: string): boolean;
  /** A text that follows the keys which begin with `prefix`, and that both services can be asked with. */
  endOf(prefix: string): string | undefined;
}

export function createKeyProbes({ source, destination, maxProbes, smallKeys, signal }: KeyProbesOptions): KeyProbes {
  let used = 0;
  const stores = [source, destination];
  const canStartAfter = (text: string) => !/\p{Cc}/u.test(text) && stores.every((store) => store.refuseKey(text) === undefined);
  return {
    smallKeys,
    async look(bounds, count) {
      if (used === maxProbes) return undefined;
      used++;
      return union(await Promise.all(stores.map((store) => firstKeys(store, { ...bounds, signal, pageSize: count }, count))));
    },
    canStartAfter,
    endOf: (prefix) => endsOf(prefix).find(canStartAfter),
  };
}

async function firstKeys(store: Store, options: ListOptions, count: number): Promise<Glimpse> {
  const keys: string[] = [];
  for await (const page of store.list(options)) {
    for (const { key } of page) keys.push(key);
    if (keys.length >= count) return { keys, isAll: false };
  }
  return { keys, isAll: true };
}

/** The findings of both sides, up to the key that the shorter view reaches. */
function union(sides: readonly Glimpse[]): Glimpse {
  const horizons = sides.filter(({ isAll }) => !isAll).map(({ keys }) => keys.at(-1) ?? '');
  const isKnown = (key: string) => horizons.every((horizon) => compareKeys(key, horizon) <= 0);
  const keys = new Set(sides.flatMap((side) => side.keys.filter(isKnown)));
  return { keys: [...keys].sort(compareKeys), isAll: horizons.length === 0 };
}
