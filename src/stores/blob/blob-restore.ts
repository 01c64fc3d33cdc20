import { RestError } from '@azure/storage-blob';
import type { Store } from '../../sync/store/store.ts';
import { isStoreError } from '../../sync/store/store-error.ts';
import { abortable, type BlobRequests } from './blob-requests.ts';

/** The part of the port that brings archived blobs back. */
export function createBlobRestore({ send }: BlobRequests): Pick<Store, 'requestRestore'> {
  return {
    async requestRestore(key, { speed, tier }, { signal } = {}) {
      const rehydratePriority = speed === 'expedited' ? 'High' : 'Standard';
      try {
        await send({ action: 'rehydrate', key, signal }, (blob) => blob.setAccessTier(tier, { ...abortable(signal), rehydratePriority }));
        return 'requested';
      } catch (error) {
        if (isUnderWay(error)) return 'under-way';
        throw error;
      }
    },
  };
}

function isUnderWay(error: unknown): boolean {
  return isStoreError(error) && error.cause instanceof RestError && error.cause.code === 'BlobBeingRehydrated';
}
