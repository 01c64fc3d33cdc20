import { keyEscape } from '../store/escape.ts';
import type { DestinationName } from '../store/object-version.ts';
import type { FolderForm, ObjectEntry } from '../store/objects.ts';
import type { Store } from '../store/store.ts';
import { isFolderMarker, isMarkerInForm, keyInForm, type Marker } from './folder-markers.ts';
import type { KeyPair } from './join.ts';

/** Which keys belong together on the two sides, where they are not the same. */
export interface KeyMapping {
  /** Whether one of an object's keys may differ: only then is anything else asked, for that takes requests. */
  concerns(pair: KeyPair): boolean;
  /** The name of the copy of a source's object; asks the source whether that is itself a copy under another name. */
  nameAtDestination(source: ObjectEntry, signal: AbortSignal): Promise<DestinationName>;
  /** The keys that the source can have had for what the destination has, by the run's options: what a rule about any of them protects is not extraneous. */
  keysAtSource(copy: Marker): readonly string[];
  /**
   * Tells whether the source has what the destination has under `key`, in any form, also in one that the run's options do not make: an
   * earlier run may have had others, and what they copied is no orphan.
   */
  isAtSource(copy: Pick<ObjectEntry, 'key' | 'sizeBytes'>, signal: AbortSignal): Promise<boolean>;
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
  const hasOtherForm = (entry: Marker, form: FolderForm) => isFolderMarker(entry) && keyInForm(entry.key, form) !== entry.key;
  const isConverted = (entry: ObjectEntry) => convertsFolders && hasOtherForm(entry, destination.folderForm);
  const mustEscape = (store: Pick<Store, 'refuseKey'>, key: string) => keyEscape.looksEscaped(key) || !isHeld(store, key);

  /** The key from before the source's object was escaped; `undefined` when it only looks so. */
  async function originalOf({ key }: ObjectEntry, signal: AbortSignal): Promise<string | undefined> {
    const original = keyEscape.unescape(key);
    const head = await source.head(key, { signal });
    return head?.provenance?.originalKey === original && source.escapeKey(original) === key ? original : undefined;
  }

  /** The key that the destination's `key` is the escape of, if it is one. */
  function escapedFrom(key: string): string | undefined {
    const unescaped = keyEscape.unescape(key);
    return unescaped !== key && destination.escapeKey(unescaped) === key ? unescaped : undefined;
  }

  /** Keys that the source may have for the destination's `key`: the same, escaped there, escaped here, or a folder's marker. */
  function counterpartsOf(key: string): readonly Counterpart[] {
    const { folderForm } = source;
    const original = escapedFrom(key);
    const own = original === undefined ? [key] : [key, original];
    const markers = own.map((name) => keyInForm(name, folderForm)).filter((marker) => !own.includes(marker));
    const counterparts: readonly Counterpart[] = [
      ...own.map((name) => ({ key: name })),
      { key: source.escapeKey(key), originalKey: key },
      ...markers.map((marker) => ({ key: marker, folderForm })),
      ...markers.map((marker) => ({ key: source.escapeKey(marker), originalKey: marker, folderForm })),
    ];
    return counterparts.filter((counterpart) => isHeld(source, counterpart.key) && counterpart.key !== counterpart.originalKey);
  }

  async function has({ key, originalKey, folderForm }: Counterpart, signal: AbortSignal): Promise<boolean> {
    const head = await source.head(key, { signal });
    if (head === undefined || (originalKey !== undefined && head.provenance?.originalKey !== originalKey)) return false;
    return folderForm === undefined || isMarkerInForm(head, folderForm);
  }

  return {
    concerns({ source: here, destination: there }) {
      if (here !== undefined) return isConverted(here) || (escapes && mustEscape(destination, here.key));
      return hasOtherForm(there, source.folderForm) || mustEscape(source, there.key);
    },

    async nameAtDestination(entry, signal) {
      const original = escapes && keyEscape.looksEscaped(entry.key) ? await originalOf(entry, signal) : undefined;
      const folder = isConverted(entry) ? { folderForm: destination.folderForm } : {};
      const name = original ?? entry.key;
      const formed = folder.folderForm === undefined ? name : keyInForm(name, folder.folderForm);
      // A key that looks escaped stays as it is only where it comes from an escape.
      const isLeft = !escapes || (isHeld(destination, formed) && (original !== undefined || !keyEscape.looksEscaped(formed)));
      return isLeft
        ? { destinationKey: formed, ...folder }
        : { destinationKey: destination.escapeKey(formed), originalKey: formed, ...folder };
    },

    keysAtSource(copy) {
      const original = escapedFrom(copy.key);
      const names = [original ?? copy.key, ...(escapes || original === undefined ? [] : [copy.key])];
      const isFolder = convertsFolders && hasOtherForm(copy, source.folderForm);
      const formed = isFolder ? names.map((name) => keyInForm(name, source.folderForm)) : names;
      const escaped = formed.filter((name) => mustEscape(source, name)).map(source.escapeKey);
      return [...new Set([...formed.filter((name) => isHeld(source, name)), ...escaped])];
    },

    async isAtSource({ key, sizeBytes }, signal) {
      const possible = counterpartsOf(key).filter(({ folderForm }) => folderForm === undefined || sizeBytes === 0);
      for (const counterpart of possible) if (await has(counterpart, signal)) return true;
      return false;
    },
  };
}
