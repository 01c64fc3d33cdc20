import { bytesOf } from '../../config/options/byte-size.ts';
import { createRestorer, type Restorer } from '../../sync/copy/restore.ts';
import type { Store } from '../../sync/store/store.ts';
import type { RunRecord } from '../record.ts';
import type { State } from '../state.ts';
import { createRestoreBudget } from './restore-budget.ts';

/** Restores a run's archived objects; `undefined` when they are skipped. */
export function restorerOf(
  state: State,
  { id, options }: Pick<RunRecord, 'id' | 'options'>,
  source: Pick<Store, 'requestRestore'>,
): { readonly restore?: Restorer } {
  const { archived = 'skip', dryRun = false } = options;
  if (archived === 'skip') return {};
  const { maxBytes, ...request } = archived.restore;
  return { restore: createRestorer({ source, request, reserve: createRestoreBudget(state, id, bytesOf(maxBytes)), isRehearsal: dryRun }) };
}
