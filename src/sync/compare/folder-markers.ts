import type { FolderForm, ObjectEntry, ObjectHead, ObjectProperties } from '../store/objects.ts';

/** How objects that only stand for a folder are treated: copied like others, skipped, or converted to the destination's form. */
export type FolderMarkers = 'copy' | 'skip' | 'convert';

/** The members that show whether an object stands for a folder. */
export type Marker = Pick<ObjectEntry, 'key' | 'sizeBytes' | 'isFolder'>;

const FOLDER_METADATA = 'hdi_isfolder';

/** Tells an object that stands for the location itself: it has no name of its own in there. */
export function isOwnMarker({ key, sizeBytes }: Marker): boolean {
  return key === '' && sizeBytes === 0;
}

/** Tells an object that the console of S3, or a tool for Blob Storage, made so that a folder can be seen. */
export function isFolderMarker({ key, sizeBytes, isFolder = false }: Marker): boolean {
  return sizeBytes === 0 && (isFolder || key.endsWith('/'));
}

/** Tells whether what a HEAD has found stands for a folder in this form. */
export function isMarkerInForm({ sizeBytes, properties }: Pick<ObjectHead, 'sizeBytes' | 'properties'>, form: FolderForm): boolean {
  return sizeBytes === 0 && (form === 'slash' || /^true$/i.test(properties.metadata[FOLDER_METADATA] ?? ''));
}

/** The key of the same folder in the other form. */
export function keyInForm(key: string, form: FolderForm): string {
  const name = key.replace(/\/$/, '');
  return form === 'slash' ? `${name}/` : name;
}

/** Properties of a marker in this form. */
export function propertiesInForm(properties: ObjectProperties, form: FolderForm): ObjectProperties {
  const { [FOLDER_METADATA]: _, ...metadata } = properties.metadata;
  return { ...properties, metadata: form === 'stub' ? { ...metadata, [FOLDER_METADATA]: 'true' } : metadata };
}
