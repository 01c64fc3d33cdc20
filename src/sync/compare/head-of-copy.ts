import { destinationKeyOf, type ObjectVersion } from '../store/object-version.ts';
import type { ObjectHead } from '../store/objects.ts';
import type { CallOptions, Store } from '../store/store.ts';
import { isMarkerInForm } from './folder-markers.ts';

type Named = Pick<ObjectVersion, 'key' | 'destinationKey' | 'originalKey' | 'folderForm'>;

/** Something else has the key that an object's copy would have. */
export class KeyCollisionError extends Error {
  override readonly name = 'KeyCollisionError';

  constructor(destinationKey: string, why = 'where something else is. Move that, or rename the object at the source.') {
    super(`it would be ${JSON.stringify(destinationKey)} at the destination, ${why}`);
  }
}

/**
 * The copy of an object at the destination, of whatever version. Throws StoreErrors, and a {@link KeyCollisionError} when a key that
 * is not the object's own is taken by something else: what was not there before may be there now, so it is asked before each overwriting.
 */
export async function headOfCopy(destination: Pick<Store, 'head'>, object: Named, options: CallOptions): Promise<ObjectHead | undefined> {
  const key = destinationKeyOf(object);
  const head = await destination.head(key, options);
  if (head !== undefined && !isItsCopy(object, head)) throw new KeyCollisionError(key);
  return head;
}

/** An object with the same key counts as the copy, as in any sync. */
function isItsCopy({ originalKey, folderForm }: Named, head: ObjectHead): boolean {
  if (folderForm !== undefined) return isMarkerInForm(head, folderForm);
  return originalKey === undefined || head.provenance?.originalKey === originalKey;
}
