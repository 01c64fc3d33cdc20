import { createKeyMapping, type KeyMapping } from '../../sync/compare/key-mapping.ts';
import type { Store } from '../../sync/store/store.ts';
import type { RunRecord } from '../record.ts';

/** Which keys of a run may differ on the two sides. Without escapes and conversions now, there may still be copies of earlier runs. */
export function mappingOf(
  { options }: Pick<RunRecord, 'options'>,
  stores: { readonly source: Store; readonly destination: Store },
): { readonly mapping: KeyMapping } {
  const [escapes, convertsFolders] = [options.keyMapping !== 'fail', options.folderMarkers === 'convert'];
  return { mapping: createKeyMapping({ ...stores, escapes, convertsFolders }) };
}

/**
 * Which keys belong together, whatever the run itself would do about them: an earlier run, with other options, may have made the copies that
 * are about to be deleted.
 */
export function fullMappingOf(
  { options }: Pick<RunRecord, 'options'>,
  stores: { readonly source: Store; readonly destination: Store },
): KeyMapping {
  return createKeyMapping({ ...stores, escapes: true, convertsFolders: (options.folderMarkers ?? 'copy') !== 'copy' });
}
