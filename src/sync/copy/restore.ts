import type { RestoreState } from '../outcomes/receipt.ts';
import type { ObjectVersion } from '../store/object-version.ts';
import type { ObjectEntry } from '../store/objects.ts';
import type { RestoreRequest, Store } from '../store/store.ts';

/** Brings an archived object back; answers how far it is. Throws StoreErrors. */
export type Restorer = (entry: ObjectVersion & Pick<ObjectEntry, 'isRestoring'>, signal: AbortSignal) => Promise<RestoreState>;

interface RestorerOptions {
  readonly source: Pick<Store, 'requestRestore'>;
  readonly request: RestoreRequest;
  /** Takes the bytes of one more object out of the run's budget; `false` when they are not left in it. */
  readonly reserve: (sizeBytes: number) => Promise<boolean>;
  /** Nothing is asked for. */
  readonly isRehearsal: boolean;
}

export function createRestorer({ source, request, reserve, isRehearsal }: RestorerOptions): Restorer {
  return async ({ key, sizeBytes, isRestoring = false }, signal) => {
    if (isRestoring) return 'restoring';
    if (!(await reserve(sizeBytes))) return 'restore-budget';
    if (isRehearsal) return 'would-restore';
    return (await source.requestRestore(key, request, { signal })) === 'requested' ? 'restore-requested' : 'restoring';
  };
}
