import type { ObjectEntry } from '../store.ts';

/** What becomes of objects that only stand for a folder. */
export type FolderMarkers = 'copy' | 'skip';

/** Tells an object that the console of S3, or a tool for Blob Storage, made so that a folder can be seen. */
export function isFolderMarker({ key, sizeBytes, isFolder = false }: Pick<ObjectEntry, 'key' | 'sizeBytes' | 'isFolder'>): boolean {
  return sizeBytes === 0 && (isFolder || key.endsWith('/'));
}
