import type { FolderForm, ObjectEntry } from './objects.ts';

/** The name of a copy whose key differs: the destination cannot hold the object's own, or it had another one before. */
export interface DestinationName {
  readonly destinationKey: string;
  /** The original key, kept with the copy, which gets it again when it is copied back. */
  readonly originalKey?: string;
  /** The copy stands for a folder, in this form. */
  readonly folderForm?: FolderForm;
}

/** One version of one object of the source. Plain data. */
export type ObjectVersion = Pick<ObjectEntry, 'key' | 'sizeBytes' | 'etag' | 'tier'> &
  Partial<DestinationName> & {
    /** Last modification, in seconds since 1970. */
    readonly modifiedAt?: number;
  };

/** A version as a listing, a HEAD or an earlier {@link ObjectVersion} shows it. */
type Described = Pick<ObjectVersion, 'sizeBytes' | 'etag' | 'tier' | 'modifiedAt'> & Partial<Pick<ObjectEntry, 'lastModified'>>;

/** The version that a listing or a HEAD tells of, with the name of another version of the same object. */
export function versionOf(
  { key, destinationKey, originalKey, folderForm }: Pick<ObjectVersion, 'key'> & Partial<DestinationName>,
  { sizeBytes, etag, tier, lastModified, modifiedAt = lastModified && secondsOf(lastModified) }: Described,
): ObjectVersion {
  return {
    ...{ key, sizeBytes, etag },
    ...(modifiedAt !== undefined && { modifiedAt }),
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

/** Whole seconds since 1970: neither service is more exact. */
export function secondsOf(date: Date): number {
  return Math.floor(date.getTime() / 1_000);
}
