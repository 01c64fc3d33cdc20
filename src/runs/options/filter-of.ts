import { createFilter, type Filter } from '../../sync/filter/filter.ts';
import type { RunRecord } from '../record.ts';

/** Which objects a run is about. Ages are those at its creation, so that all its slices agree. */
export function filterOf({ options, createdAt }: Pick<RunRecord, 'options' | 'createdAt'>): Filter {
  return createFilter(options, new Date(createdAt));
}
