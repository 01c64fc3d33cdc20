import { RestoreObjectCommand, S3ServiceException, type Tier } from '@aws-sdk/client-s3';
import type { RestoreRequest, Store } from '../../sync/store/store.ts';
import { isStoreError } from '../../sync/store/store-error.ts';
import type { S3Requests } from './s3-requests.ts';

const TIERS: Readonly<Record<RestoreRequest['speed'], Tier>> = { bulk: 'Bulk', standard: 'Standard', expedited: 'Expedited' };

/** The part of the port that brings archived objects back. */
export function createS3Restore({ client, send }: S3Requests): Pick<Store, 'requestRestore'> {
  return {
    async requestRestore(key, { speed, days }, { signal } = {}) {
      const GlacierJobParameters = { Tier: TIERS[speed] };
      const request = (lifetime: { readonly Days?: number }) =>
        send({ action: 'restore', key, signal }, (target, options) =>
          client.send(new RestoreObjectCommand({ ...target, RestoreRequest: { ...lifetime, GlacierJobParameters } }), options),
        );
      try {
        await request({ Days: days }).catch(async (error: unknown) => {
          if (!isNamed(error, 'InvalidArgument')) throw error;
          // Intelligent-Tiering restores for good, and S3 refuses a number of days for it. No listing shows such objects.
          await request({}).catch((second: unknown) => {
            throw isNamed(second, 'MalformedXML') ? error : second;
          });
        });
        return 'requested';
      } catch (error) {
        if (isNamed(error, 'RestoreAlreadyInProgress')) return 'under-way';
        throw error;
      }
    },
  };
}

function isNamed(error: unknown, code: string): boolean {
  return isStoreError(error) && error.cause instanceof S3ServiceException && error.cause.name === code;
}
