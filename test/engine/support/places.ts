import { ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { BlobServiceClient } from '@azure/storage-blob';
import { BUCKET, type Clouds } from '../../../local/clouds.ts';
import { createBlobStore } from '../../../src/stores/blob/blob-store.ts';
import { createS3Store } from '../../../src/stores/s3/s3-store.ts';
import type { Store } from '../../../src/sync/store/store.ts';
import { createOperatorClient } from './operator-client.ts';

/** The one that the tests use. */
export const CONTAINER = 'engine';

/** What is below a prefix on one side: as the app is told of it, and as it really is. */
export interface Place {
  readonly location: string;
  readonly store: Store;
}

export interface Places {
  blob(prefix: string): Place;
  s3(prefix: string): Place;
  /** The keys of the uploads to S3 that are neither committed nor aborted. */
  openUploads(): Promise<readonly string[]>;
  close(): void;
}

/** Makes the places of a bridge. The app reaches the Blob account by `blobUrl`. */
export async function createPlaces({ azurite, aws }: Clouds, blobUrl: string): Promise<Places> {
  const container = BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient(CONTAINER);
  await container.create();
  const client = createOperatorClient(aws);
  return {
    blob: (prefix) => ({
      location: `${blobUrl}/${CONTAINER}/${prefix}`,
      store: createBlobStore({ container, prefix: `${prefix}/` }),
    }),
    s3: (prefix) => ({
      location: `s3://${BUCKET}/${prefix}`,
      store: createS3Store({ client, bucket: BUCKET, prefix: `${prefix}/` }),
    }),
    async openUploads() {
      const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: BUCKET }));
      return Uploads.map(({ Key = '' }) => Key);
    },
    close: () => client.destroy(),
  };
}
