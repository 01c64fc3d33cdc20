import { createS3Store } from '../../src/stores/s3/s3-store.ts';
import type { StoreServer } from '../contract/suite/store-contract.ts';
import { startTrust } from './trust.ts';

const LISTING_ONLY = { Effect: 'Allow', Action: 's3:ListBucket', Resource: '*' };

/** Stores on radosgw. Who may only list has a role for that. */
export async function startRadosgwStores(): Promise<StoreServer> {
  const { account, tenant, createRole, connect, stop } = await startTrust();
  const roleArn = await createRole([tenant.appPrincipalId], [LISTING_ONLY]);
  const { client: denied } = connect({ roleArn });
  const unreachable = account.createClient({ accessKeyId: 'any', secretAccessKey: 'any' }, 'http://127.0.0.1:1');

  return {
    async createLocation() {
      const bucket = await account.createBucket();
      return {
        otherTier: 'STANDARD_IA',
        maxMetadataBytes: 2 * 1024,
        open: ({ prefix = '', pageSize } = {}) =>
          createS3Store({ client: account.owner, bucket, prefix, ...(pageSize === undefined ? {} : { pageSize }) }),
        openMissing: () => createS3Store({ client: account.owner, bucket: 'no-such-bucket', prefix: '' }),
        openDenied: () => createS3Store({ client: denied, bucket, prefix: '' }),
        openUnreachable: () => createS3Store({ client: unreachable, bucket, prefix: '' }),
      };
    },

    async stop() {
      unreachable.destroy();
      await stop();
    },
  };
}
