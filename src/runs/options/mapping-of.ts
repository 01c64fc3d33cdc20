import { createKeyMapping, type KeyMapping } from '../../sync/compare/key-mapping.ts';
import type { Store } from '../../sync/store.ts';
import type { RunRecord } from '../record.ts';

/** How a run maps keys that the other side cannot hold; not there when such objects are to fail. */
export function mappingOf(
  { options }: Pick<RunRecord, 'options'>,
  stores: { readonly source: Store; readonly destination: Store },
): { readonly mapping?: KeyMapping } {
  return options.keyMapping === 'fail' ? {} : { mapping: createKeyMapping(stores) };
}
