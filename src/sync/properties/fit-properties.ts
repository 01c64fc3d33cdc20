import type { Misfit, ObjectProperties } from '../objects.ts';
import type { Store } from '../store.ts';
import { StoreError } from '../store-error.ts';

/**
 * What becomes of metadata under a name that the destination cannot hold as it is: it is written under a name from which this one can be told
 * (`rename`), it is left out (`skip`), or the object is not copied (`fail`).
 */
export type MetadataMode = 'rename' | 'skip' | 'fail';

/** What of an object's properties a copy gets. */
export interface FittedProperties {
  readonly properties: ObjectProperties;
  /** The rest, as `<metadata or tag> <name>`, for people. */
  readonly leftOut: readonly string[];
}

/** Makes `properties` fit the destination. Tags have no other name, so they are renamed in no mode. Throws `invalid-metadata`. */
export function fitProperties(destination: Store, properties: ObjectProperties, mode: MetadataMode): FittedProperties {
  const misfits = destination.findMisfits(properties);
  if (mode === 'skip') return { properties: without(properties, misfits), leftOut: misfits.map(({ kind, name }) => `${kind} ${name}`) };
  const fatal = misfits.find(({ kind }) => mode === 'fail' || kind === 'tag');
  if (fatal !== undefined) throw cannotHold(fatal);
  return { properties, leftOut: [] };
}

function without({ metadata, tags, ...headers }: ObjectProperties, misfits: readonly Misfit[]): ObjectProperties {
  const fitting = (kind: Misfit['kind'], all: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(all).filter(([name]) => !misfits.some((misfit) => misfit.kind === kind && misfit.name === name)));
  return { ...headers, metadata: fitting('metadata', metadata), ...(tags !== undefined && { tags: fitting('tag', tags) }) };
}

function cannotHold({ kind, name, why }: Misfit): StoreError {
  const message = `The destination cannot hold its ${kind} ${JSON.stringify(name)}: ${why}. Change it at the source, or have it left out (metadata: "skip").`;
  return new StoreError('invalid-metadata', message);
}
