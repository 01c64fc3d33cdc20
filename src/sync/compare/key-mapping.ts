import type { ObjectEntry, Store } from '../store.ts';
import { looksEscaped, unescapeCharacters } from './escape.ts';
import type { KeyPair } from './join.ts';

/** What the copy of an object is called that the destination cannot hold under its own key, or that had another one before. */
export interface DestinationName {
  readonly destinationKey: string;
  /** What is kept with the copy, so that it gets its own key again when it is copied back. */
  readonly originalKey?: string;
}

/** Which keys belong together on the two sides, where they are not the same. */
export interface KeyMapping {
  /** Whether one of an object's keys may differ: only then is anything else asked, for that takes requests. */
  concerns(pair: KeyPair): boolean;
  /** The name of the copy of a source's object; asks the source whether that is itself a copy under another name. */
  nameAtDestination(source: ObjectEntry, signal: AbortSignal): Promise<DestinationName>;
  /** The keys that the source can have for what the destination has under `key`. */
  keysAtSource(key: string): readonly string[];
  /** Tells whether the source has what the destination has under `key`. */
  isAtSource(key: string, signal: AbortSignal): Promise<boolean>;
}

/** A key at the source, and what must be kept with the object for it to be meant. */
interface Counterpart {
  readonly key: string;
  readonly originalKey?: string;
}

interface Ends {
  readonly source: Pick<Store, 'head' | 'refuseKey' | 'escapeKey'>;
  readonly destination: Pick<Store, 'refuseKey' | 'escapeKey'>;
}

/**
 * Keys that the destination cannot hold are escaped there, reversibly, with the original beside them; and keys that look as if they were
 * escaped, so that no two become the same. What was escaped so gets its own key again on its way back.
 */
export function createKeyMapping({ source, destination }: Ends): KeyMapping {
  const isHeld = (store: Pick<Store, 'refuseKey'>, key: string) => store.refuseKey(key) === undefined;

  /** The key from before the source's object was escaped; `undefined` when it only looks so. */
  async function originalOf({ key }: ObjectEntry, signal: AbortSignal): Promise<string | undefined> {
    const original = unescapeCharacters(key);
    const head = await source.head(key, { signal });
    return head?.provenance?.originalKey === original && source.escapeKey(original) === key ? original : undefined;
  }

  /** What the destination has under `key` may be at the source under the same, escaped there, or escaped here. */
  function counterpartsOf(key: string): readonly Counterpart[] {
    const escaped = source.escapeKey(key);
    const original = unescapeCharacters(key);
    const counterparts: readonly (Counterpart | undefined)[] = [
      { key },
      escaped === key ? undefined : { key: escaped, originalKey: key },
      looksEscaped(key) && destination.escapeKey(original) === key ? { key: original } : undefined,
    ];
    return counterparts.filter((counterpart) => counterpart !== undefined).filter((counterpart) => isHeld(source, counterpart.key));
  }

  return {
    concerns(pair) {
      const [key, other] = pair.source === undefined ? [pair.destination.key, source] : [pair.source.key, destination];
      return looksEscaped(key) || !isHeld(other, key);
    },

    async nameAtDestination(entry, signal) {
      const original = looksEscaped(entry.key) ? await originalOf(entry, signal) : undefined;
      if (original !== undefined && isHeld(destination, original)) return { destinationKey: original };
      const originalKey = original ?? entry.key;
      return { destinationKey: destination.escapeKey(originalKey), originalKey };
    },

    keysAtSource: (key) => counterpartsOf(key).map((counterpart) => counterpart.key),

    async isAtSource(key, signal) {
      for (const { key: other, originalKey } of counterpartsOf(key)) {
        const head = await source.head(other, { signal });
        if (head !== undefined && (originalKey === undefined || head.provenance?.originalKey === originalKey)) return true;
      }
      return false;
    },
  };
}
