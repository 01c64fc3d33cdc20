import type { Filter } from '../filter/filter.ts';
import type { Receipt } from '../outcomes/receipt.ts';
import { explain, toReceipt } from '../outcomes/verdict.ts';
import type { DestinationName } from '../store/object-version.ts';
import type { ObjectEntry, ObjectHead } from '../store/objects.ts';
import type { Store } from '../store/store.ts';
import { headOfCopy, KeyCollisionError } from './head-of-copy.ts';
import type { SourcePair } from './join.ts';
import type { KeyMapping } from './key-mapping.ts';

interface Options {
  readonly source: Store;
  readonly destination: Store;
  readonly mapping: KeyMapping;
  /** Filter of the sync; all objects pass unless given. */
  readonly filter?: Filter;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/**
 * Finds the counterpart of an object whose copy has another key, which no listing shows beside it: by a HEAD. Or answers the receipt of an
 * object that cannot have its copy there, since something else is.
 */
export function createHeadPairing({ source, destination, mapping, filter, clock }: Options) {
  /** The object of the source that has the same key at the destination as the converted marker of a folder, if there is one. */
  async function findRival({ destinationKey, originalKey: name = destinationKey }: DestinationName, signal: AbortSignal) {
    const head = await headIfHeld(source, name, signal);
    if (head === undefined) return undefined;
    const rival = entryOf(name, head);
    if (filter !== undefined && !filter.passes(rival)) return undefined;
    const copyKey = mapping.concerns({ source: rival }) ? (await mapping.nameAtDestination(rival, signal)).destinationKey : name;
    return copyKey === destinationKey ? rival : undefined;
  }

  async function pairUp(renamed: ObjectEntry & DestinationName, signal: AbortSignal): Promise<SourcePair> {
    const { destinationKey, folderForm } = renamed;
    if (destination.refuseKey(destinationKey) !== undefined) return { source: renamed };
    // An object of that key may be copied at the same moment, so that the destination's word would come too late.
    const rival = folderForm === undefined ? undefined : await findRival(renamed, signal);
    if (rival !== undefined) throw new KeyCollisionError(destinationKey, takenBy(rival));
    const head = await headOfCopy(destination, renamed, { signal });
    return { source: renamed, ...(head !== undefined && { destination: entryOf(destinationKey, head) }) };
  }

  return async (entry: ObjectEntry, signal: AbortSignal): Promise<SourcePair | Receipt> => {
    const startedAt = clock();
    try {
      return await pairUp({ ...entry, ...(await mapping.nameAtDestination(entry, signal)) }, signal);
    } catch (error) {
      return toReceipt(explain({ source, destination }, entry, error), startedAt, clock());
    }
  };
}

function takenBy({ key }: ObjectEntry): string {
  return `as the object ${JSON.stringify(key)} of the source. Rename one of them, or leave one out by the option exclude.`;
}

/** Asks both sides for a key, by a HEAD of each; `undefined` when the source has nothing. */
export async function findPair(
  { source, destination }: Pick<Options, 'source' | 'destination'>,
  key: string,
  signal: AbortSignal,
): Promise<SourcePair | undefined> {
  const [here, there] = await Promise.all([headIfHeld(source, key, signal), headIfHeld(destination, key, signal)]);
  if (here === undefined) return undefined;
  return { source: entryOf(key, here), ...(there !== undefined && { destination: entryOf(key, there) }) };
}

/** A store has nothing under a key that it cannot hold. */
async function headIfHeld(store: Store, key: string, signal: AbortSignal): Promise<ObjectHead | undefined> {
  return store.refuseKey(key) === undefined ? store.head(key, { signal }) : undefined;
}

/** The entry that a listing would have of an object. A HEAD may tell more. */
export function entryOf(key: string, head: ObjectHead): ObjectEntry {
  const { sizeBytes, etag, lastModified, md5, claimedMd5, tier, isArchived, isRestoring, isFolder, provenance } = head;
  return {
    ...{ key, sizeBytes, etag, lastModified },
    ...(md5 !== undefined && { md5 }),
    ...(claimedMd5 !== undefined && { claimedMd5 }),
    ...(tier !== undefined && { tier }),
    ...(isArchived !== undefined && { isArchived }),
    ...(isRestoring !== undefined && { isRestoring }),
    ...(isFolder !== undefined && { isFolder }),
    ...(provenance !== undefined && { sourceEtag: provenance.sourceEtag }),
  };
}
