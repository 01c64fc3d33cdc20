import type { FolderForm, ObjectEntry } from './objects.ts';

/** What the copy of an object is called that the destination cannot hold under its own key, or that had another one before. */
export interface DestinationName {
  readonly destinationKey: string;
  /** What is kept with the copy, so that it gets its own key again when it is copied back. */
  readonly originalKey?: string;
  /** The copy stands for a folder, in this form. */
  readonly folderForm?: FolderForm;
}

/** One version of one object of the source. Plain data. */
export type ObjectVersion = Pick<ObjectEntry, 'key' | 'sizeBytes' | 'etag' | 'tier'> & Partial<DestinationName>;

/** The version that a listing or a HEAD tells of, with the name of another version of the same object. */
export function versionOf(
  { key, destinationKey, originalKey, folderForm }: Pick<ObjectVersion, 'key'> & Partial<DestinationName>,
  { sizeBytes, etag, tier }: Pick<ObjectVersion, 'sizeBytes' | 'etag' | 'tier'>,
): ObjectVersion {
  return {
    ...{ key, sizeBytes, etag },
    ...(tier !== undefined && { tier }),
    ...(destinationKey !== undefined && { destinationKey }),
    ...(originalKey !== undefined && { originalKey }),
    ...(folderForm !== undefined && { folderForm }),
  };
}

/** The key that a copy of the object has. */
export function destinationKeyOf({ key, destinationKey }: Pick<ObjectVersion, 'key' | 'destinationKey'>): string {
  return destinationKey ?? key;
}
