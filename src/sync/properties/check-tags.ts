import type { ObjectEntry } from '../store/objects.ts';
import type { Store } from '../store/store.ts';
import { isStoreError } from '../store/store-error.ts';

/**
 * Reads the tags of one object, for whoever is about to read those of all: throws the StoreError that says what they cannot be read for,
 * such as a missing permission. A store without objects has none to read.
 */
export async function checkTagsOf(source: Store, signal: AbortSignal): Promise<void> {
  const entry = await firstEntry(source, signal);
  if (entry === undefined) return;
  try {
    await source.readTags(entry.key, { signal });
  } catch (error) {
    const isOfThisOne = isStoreError(error, 'not-found', 'invalid-key') && !error.isWholeStore;
    if (!isOfThisOne) throw error;
  }
}

async function firstEntry(store: Store, signal: AbortSignal): Promise<ObjectEntry | undefined> {
  for await (const [first] of store.list({ signal, pageSize: 1 })) if (first !== undefined) return first;
  return undefined;
}
