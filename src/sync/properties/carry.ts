import { propertiesInForm } from '../compare/folder-markers.ts';
import type { CopyPath, CopyTask } from '../copy/copy-task.ts';
import type { ObjectDescription, ObjectProperties } from '../store/objects.ts';
import { type FittedProperties, fitProperties } from './fit-properties.ts';
import { tierOfCopy } from './tiers.ts';

/** The description of a copy: everything but its bytes. */
export interface CopyDescription extends Pick<FittedProperties, 'leftOut'> {
  readonly description: ObjectDescription;
}

/**
 * Describes a copy of the task's version, which has `properties` at the source. Throws a StoreError:
 * `invalid-metadata` when the destination cannot have it.
 */
export async function describeCopy(
  { source, destination, carry = {} }: Pick<CopyPath, 'source' | 'destination' | 'carry'>,
  { entry, signal }: Pick<CopyTask, 'entry' | 'signal'>,
  properties: ObjectProperties,
): Promise<CopyDescription> {
  const tags = carry.tags === true ? await source.readTags(entry.key, { signal }) : undefined;
  const formed = entry.folderForm === undefined ? properties : propertiesInForm(properties, entry.folderForm);
  const carried = tags === undefined ? formed : { ...formed, tags };
  const mark = { sourceEtag: entry.etag, ...(entry.originalKey !== undefined && { originalKey: entry.originalKey }) };
  const { leftOut, ...fitting } = fitProperties(destination, { properties: carried, provenance: mark }, carry.metadata ?? 'rename');
  const tier = carry.tier === undefined ? undefined : tierOfCopy(carry.tier, entry.tier);
  return { description: { ...fitting, ...(tier !== undefined && { tier }) }, leftOut };
}
