import { keyEscape } from '../escape.ts';
import type { DestinationName } from '../object-version.ts';
import type { FolderForm, ObjectEntry } from '../objects.ts';
import type { Store } from '../store.ts';
import { isFolderMarker, isMarkerInForm, keyInForm } from './folder-markers.ts';
import type { KeyPair } from './join.ts';

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

interface MappingOptions {
  readonly source: Pick<Store, 'head' | 'refuseKey' | 'escapeKey' | 'folderForm'>;
  readonly destination: Pick<Store, 'refuseKey' | 'escapeKey' | 'folderForm'>;
  /** Whether keys are escaped that the other side cannot hold. */
  readonly escapes: boolean;
  /** Whether what stands for a folder gets the form that it has there. */
  readonly convertsFolders: boolean;
}

/** A key at the source, and what its object must be for it to be meant. */
interface Counterpart {
  readonly key: string;
  readonly originalKey?: string;
  readonly folderForm?: FolderForm;
}

/**
 * Keys that the destination cannot hold are escaped there, reversibly, with the original beside them; and keys that look as if they were
 * escaped, so that no two become the same. What was escaped so gets its own key again on its way back.
 */
export function createKeyMapping({ source, destination, escapes, convertsFolders }: MappingOptions): KeyMapping {
  const isHeld = (store: Pick<Store, 'refuseKey'>, key: string) => store.refuseKey(key) === undefined;
  const isConverted = (entry: ObjectEntry, form: FolderForm) =>
    convertsFolders && isFolderMarker(entry) && keyInForm(entry.key, form) !== entry.key;

  /** The key from before the source's object was escaped; `undefined` when it only looks so. */
  async function originalOf({ key }: ObjectEntry, signal: AbortSignal): Promise<string | undefined> {
    const original = keyEscape.unescape(key);
    const head = await source.head(key, { signal });
    return head?.provenance?.originalKey === original && source.escapeKey(original) === key ? original : undefined;
  }

  /** What the destination has under `key` may be at the source under the same, escaped there, escaped here, or as a folder's marker. */
  function counterpartsOf(key: string): readonly Counterpart[] {
    const escaped = source.escapeKey(key);
    const original = keyEscape.unescape(key);
    const marker = keyInForm(key, source.folderForm);
    const counterparts: readonly (Counterpart | undefined)[] = [
      { key },
      escapes && escaped !== key ? { key: escaped, originalKey: key } : undefined,
      escapes && original !== key && destination.escapeKey(original) === key ? { key: original } : undefined,
      convertsFolders && marker !== key ? { key: marker, folderForm: source.folderForm } : undefined,
    ];
    return counterparts.filter((counterpart) => counterpart !== undefined).filter((counterpart) => isHeld(source, counterpart.key));
  }

  async function has({ key, originalKey, folderForm }: Counterpart, signal: AbortSignal): Promise<boolean> {
    const head = await source.head(key, { signal });
    if (head === undefined || (originalKey !== undefined && head.provenance?.originalKey !== originalKey)) return false;
    return folderForm === undefined || isMarkerInForm(head, folderForm);
  }

  return {
    concerns({ source: here, destination: there }) {
      if (here !== undefined)
        return (
          isConverted(here, destination.folderForm) || (escapes && (keyEscape.looksEscaped(here.key) || !isHeld(destination, here.key)))
        );
      return isConverted(there, source.folderForm) || (escapes && (keyEscape.looksEscaped(there.key) || !isHeld(source, there.key)));
    },

    async nameAtDestination(entry, signal) {
      const { folderForm } = destination;
      if (isConverted(entry, folderForm)) return { destinationKey: keyInForm(entry.key, folderForm), folderForm };
      const original = keyEscape.looksEscaped(entry.key) ? await originalOf(entry, signal) : undefined;
      if (original !== undefined && isHeld(destination, original)) return { destinationKey: original };
      const originalKey = original ?? entry.key;
      return { destinationKey: destination.escapeKey(originalKey), originalKey };
    },

    keysAtSource: (key) => counterpartsOf(key).map((counterpart) => counterpart.key),

    async isAtSource(key, signal) {
      for (const counterpart of counterpartsOf(key)) if (await has(counterpart, signal)) return true;
      return false;
    },
  };
}
