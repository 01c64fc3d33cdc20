import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import { BlobServiceClient } from '@azure/storage-blob';
import { BUCKET, type Clouds, startClouds } from '../../../local/clouds.ts';
import { createBlobStore } from '../../../src/stores/blob/blob-store.ts';
import { createS3Client } from '../../../src/stores/s3/s3-client.ts';
import { createS3Store } from '../../../src/stores/s3/s3-store.ts';
import type { Store } from '../../../src/sync/store/store.ts';
import { type FaultProxy, startFaultProxy } from '../servers/fault-proxy.ts';

export const CONTAINER = 'chaos';

/** One side of a sync: as the app sees it, and as it really is. */
export interface Side {
  readonly cloud: 'Blob Storage' | 'S3';
  readonly proxy: FaultProxy;
  /** What names the prefix to the app, which then goes through the proxy. */
  location(prefix: string): string;
  /** Through the proxy, with the retries of the SDK. */
  open(prefix: string): Store;
  /** Straight to the service. */
  openBehindProxy(prefix: string): Store;
}

/** Both clouds, each behind a fault proxy. */
export interface TwoClouds {
  readonly clouds: Clouds;
  readonly blob: Side;
  readonly s3: Side;
  /** A client of S3 through the proxy. */
  createS3Client(credentials: Parameters<typeof createS3Client>[0]['credentials']): S3Client;
  stop(): Promise<void>;
}

export async function startTwoClouds(): Promise<TwoClouds> {
  const dataDir = await mkdtemp(join(tmpdir(), 'keyless-bridge-chaos-'));
  const [clouds, blobProxy, s3Proxy] = await Promise.all([startClouds({ dataDir }), startFaultProxy(), startFaultProxy()]);
  const { azurite, aws, roleArn } = clouds;
  blobProxy.forwardTo(azurite.blobUrl);
  s3Proxy.forwardTo(aws.url);
  const clients: S3Client[] = [];

  function clientTo(endpoint: string, credentials: Parameters<typeof createS3Client>[0]['credentials']): S3Client {
    const client = createS3Client({ region: aws.region, endpoint, forcePathStyle: true, checksums: 'when-supported', credentials });
    clients.push(client);
    return client;
  }

  const session = aws.issueSession({ roleArn, expiresInSeconds: 3_600 });
  const [s3Client, s3ClientBehindProxy] = [clientTo(s3Proxy.url, session), clientTo(aws.url, session)];
  const containerAt = (url: string) => {
    const connection = azurite.connectionString.replace(new URL(azurite.blobUrl).origin, url);
    const retryOptions = { maxTries: 8, retryDelayInMs: 5, maxRetryDelayInMs: 100 };
    return BlobServiceClient.fromConnectionString(connection, { retryOptions }).getContainerClient(CONTAINER);
  };
  const [container, containerBehindProxy] = [containerAt(blobProxy.url), containerAt(new URL(azurite.blobUrl).origin)];
  await containerBehindProxy.create();
  return {
    clouds,
    blob: {
      cloud: 'Blob Storage',
      proxy: blobProxy,
      location: (prefix) => `${blobProxy.url}/${azurite.account}/${CONTAINER}/${prefix}`,
      open: (prefix) => createBlobStore({ container, prefix }),
      openBehindProxy: (prefix) => createBlobStore({ container: containerBehindProxy, prefix }),
    },
    s3: {
      cloud: 'S3',
      proxy: s3Proxy,
      location: (prefix) => `s3://${BUCKET}/${prefix}`,
      open: (prefix) => createS3Store({ client: s3Client, bucket: BUCKET, prefix }),
      openBehindProxy: (prefix) => createS3Store({ client: s3ClientBehindProxy, bucket: BUCKET, prefix }),
    },
    createS3Client: (credentials) => clientTo(s3Proxy.url, credentials),
    async stop() {
      for (const client of clients) client.destroy();
      await Promise.all([blobProxy.stop(), s3Proxy.stop()]);
      await clouds.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
