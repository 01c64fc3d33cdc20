import type { KeyPair } from '../compare/join.ts';
import { zipByKey } from '../flow/zip-by-key.ts';
import type { ProvedPair } from './proved-pair.ts';

/** The key of a proved pair that neither side has any more. */
export interface GoneKey {
  readonly gone: string;
}

/** A key of a list, and the pair that was proved under it, if any. */
export interface ListedKey {
  readonly listed: string;
  readonly proved?: ProvedPair;
}

/** Adds the pairs that were proved to what two listings show, both ascending by key; gives the keys that no listing shows as well. */
export async function* attachToPairs(found: AsyncIterable<KeyPair>, proved: AsyncIterable<ProvedPair>): AsyncGenerator<KeyPair | GoneKey> {
  for await (const { one, other } of zipByKey(withKeys(found), proved)) {
    if (one !== undefined) yield other === undefined ? one.pair : { ...one.pair, proved: other };
    else if (other !== undefined) yield { gone: other.key };
  }
}

/** Adds the pairs that were proved to the keys of a list, both ascending. */
export async function* attachToKeys(keys: AsyncIterable<string>, proved: AsyncIterable<ProvedPair>): AsyncGenerator<ListedKey> {
  for await (const { one, other } of zipByKey(asKeyed(keys), proved)) {
    if (one !== undefined) yield { listed: one.key, ...(other !== undefined && { proved: other }) };
  }
}

async function* withKeys(pairs: AsyncIterable<KeyPair>): AsyncGenerator<{ readonly key: string; readonly pair: KeyPair }> {
  for await (const pair of pairs) yield { key: (pair.source ?? pair.destination).key, pair };
}

async function* asKeyed(keys: AsyncIterable<string>): AsyncGenerator<{ readonly key: string }> {
  for await (const key of keys) yield { key };
}
