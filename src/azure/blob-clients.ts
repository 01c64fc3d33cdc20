import type { TokenCredential } from '@azure/identity';
import { BlobServiceClient, type StoragePipelineOptions } from '@azure/storage-blob';

/** A storage account and how to sign in to it. */
export type BlobAccount = { readonly url: string; readonly credential: TokenCredential } | { readonly connectionString: string };

const MAX_TRIES = 8;
const MEAN_RETRY_DELAY_MS = 500;
const MAX_RETRY_DELAY_MS = 30_000;

/** A client that tries each request up to eight times, for about a minute; connections are kept alive and shared by all clients of the process. */
export function createBlobServiceClient(account: BlobAccount): BlobServiceClient {
  const options = pipelineOptions();
  return 'connectionString' in account
    ? BlobServiceClient.fromConnectionString(account.connectionString, options)
    : new BlobServiceClient(account.url, account.credential, options);
}

function pipelineOptions(): StoragePipelineOptions {
  // The SDK's delays have no jitter: a delay of its own for each client keeps the instances of the app from retrying in step.
  const retryDelayInMs = Math.round(MEAN_RETRY_DELAY_MS * (0.5 + Math.random()));
  return { retryOptions: { maxTries: MAX_TRIES, retryDelayInMs, maxRetryDelayInMs: MAX_RETRY_DELAY_MS } };
}
