import { RestoreObjectCommand, S3ServiceException, type Tier } from '@aws-sdk/client-s3';
import type { RestoreRequest, Store } from '../sync/store.ts';
import { isStoreError } from '../sync/store-error.ts';
import type { S3Requests } from './s3-requests.ts';

const TIERS: Readonly<Record<RestoreRequest['speed'], Tier>> = { bulk: 'Bulk', standard: 'Standard', expedited: 'Expedited' };

/** The part of the port that brings archived objects back. */
export function createS3Restore({ client, send }: S3Requests): Pick<Store, 'requestRestore'> {
  return {
    async requestRestore(key, { speed, days }, { signal } = {}) {
      const RestoreRequest = { Days: days, GlacierJobParameters: { Tier: TIERS[speed] } };
      try {
        await send({ action: 'restore', key, signal }, (target, options) =>
          client.send(new RestoreObjectCommand({ ...target, RestoreRequest }), options),
        );
        return 'requested';
      } catch (error) {
        if (isUnderWay(error)) return 'under-way';
        throw error;
      }
    },
  };
}

function isUnderWay(error: unknown): boolean {
  return isStoreError(error) && error.cause instanceof S3ServiceException && error.cause.name === 'RestoreAlreadyInProgress';
}
