import type { Misfit, ObjectProperties, Provenance } from '../store/objects.ts';
import type { Store } from '../store/store.ts';
import { StoreError } from '../store/store-error.ts';
import { findHeaderMisfits, inSendableForm, withoutHeaders } from './content-headers.ts';

/**
 * What becomes of metadata under a name that the destination cannot hold as it is: it is written under a name from which this one can be
 * told (`rename`), it is left out (`skip`), or the object is not copied (`fail`). Headers are treated alike.
 */
export type MetadataMode = 'rename' | 'skip' | 'fail';

/** The properties of a copy. */
export interface FittedProperties {
  readonly properties: ObjectProperties;
  /** Our mark; not there where the metadata leave no room for it. */
  readonly provenance?: Provenance;
  /** The rest, as `<metadata, header or tag> <name>`, or `mark`, for people. */
  readonly leftOut: readonly string[];
}

/** Makes what is written beside a copy fit the destination. Tags have no other name, so they are renamed in no mode. Throws `invalid-metadata`. */
export function fitProperties(
  destination: Pick<Store, 'findMisfits'>,
  { properties: given, provenance }: Pick<FittedProperties, 'properties' | 'provenance'>,
  mode: MetadataMode,
): FittedProperties {
  let properties = mode === 'fail' ? given : inSendableForm(given);
  const leftOut: Misfit[] = [];
  if (mode === 'skip') {
    // Names first: without them there may be room for the rest.
    for (const isOut of [isName, isNoMark]) {
      const out = findMisfits(destination, properties, provenance).filter(isOut);
      properties = without(properties, out);
      leftOut.push(...out);
    }
  }
  const misfits = findMisfits(destination, properties, provenance);
  const fatal = misfits.filter(isNoMark).find(({ kind, hasNoOtherForm }) => mode === 'fail' || kind === 'tag' || hasNoOtherForm);
  if (fatal !== undefined) throw cannotHold(fatal);
  const noMark = misfits.filter((misfit) => !isNoMark(misfit));
  return {
    properties,
    ...(noMark.length === 0 && provenance !== undefined && { provenance }),
    leftOut: [...leftOut, ...noMark].map(nameOf),
  };
}

function findMisfits(
  destination: Pick<Store, 'findMisfits'>,
  properties: ObjectProperties,
  provenance: Provenance | undefined,
): readonly Misfit[] {
  return [...findHidden(properties), ...findHeaderMisfits(properties), ...destination.findMisfits(properties, provenance)];
}

function findHidden({ hiddenMetadata = 0 }: ObjectProperties): readonly Misfit[] {
  if (hiddenMetadata === 0) return [];
  const why = 'S3 does not show it, since it is not what a header can be';
  return [{ kind: 'header', name: `x-amz-missing-meta (${hiddenMetadata})`, why, hasNoOtherForm: true }];
}

function isName({ kind, hasNoOtherForm }: Misfit): boolean {
  return kind === 'tag' || kind === 'header' || (kind === 'metadata' && hasNoOtherForm !== true);
}

function isNoMark({ kind }: Misfit): boolean {
  return kind !== 'mark';
}

function nameOf({ kind, name }: Misfit): string {
  return kind === 'mark' ? name : `${kind} ${name}`;
}

function without(properties: ObjectProperties, misfits: readonly Misfit[]): ObjectProperties {
  const fitting = (kind: Misfit['kind'], all: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(all).filter(([name]) => !misfits.some((misfit) => misfit.kind === kind && misfit.name === name)));
  const { metadata, tags, hiddenMetadata: _, ...headers } = withoutHeaders(properties, misfits);
  return { ...headers, metadata: fitting('metadata', metadata), ...(tags !== undefined && { tags: fitting('tag', tags) }) };
}

function cannotHold({ kind, name, why }: Misfit): StoreError {
  const message = `The destination cannot hold its ${kind} ${JSON.stringify(name)}: ${why}. Change it at the source, or have it left out (metadata: "skip").`;
  return new StoreError('invalid-metadata', message);
}
