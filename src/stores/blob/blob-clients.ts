import type { TokenCredential } from '@azure/identity';
import { BlobServiceClient, type StoragePipelineOptions } from '@azure/storage-blob';
import type { Governor } from '../../sync/flow/governor.ts';

/** A storage account and how to sign in to it. */
export type BlobAccount = { readonly url: string; readonly credential: TokenCredential } | { readonly connectionString: string };

const MAX_TRIES = 8;
const MEAN_RETRY_DELAY_MS = 500;
const MAX_RETRY_DELAY_MS = 30_000;

/**
 * A client that tries each request up to eight times, for about a minute, unless told otherwise; connections are kept alive and shared by all clients of the process.
 * Its requests, and those of the clients that come of it, are as many at once as are asked for, unless it has a governor.
 */
export function createBlobServiceClient(account: BlobAccount, governor?: Governor, maxTries = MAX_TRIES): BlobServiceClient {
  const options = pipelineOptions(maxTries);
  const client =
    'connectionString' in account
      ? BlobServiceClient.fromConnectionString(account.connectionString, options)
      : new BlobServiceClient(account.url, account.credential, options);
  if (governor !== undefined) governAttempts(client, governor);
  return client;
}

function pipelineOptions(maxTries: number): StoragePipelineOptions {
  // The SDK's delays have no jitter: a delay of its own for each client keeps the instances of the app from retrying in step.
  const retryDelayInMs = Math.round(MEAN_RETRY_DELAY_MS * (0.5 + Math.random()));
  return { retryOptions: { maxTries, retryDelayInMs, maxRetryDelayInMs: MAX_RETRY_DELAY_MS } };
}

/** Each attempt, the SDK's retries too, goes through the governor, and is signed after it has waited there. */
function governAttempts(client: BlobServiceClient, governor: Governor): void {
  // The SDK has no option for this. Its clients of containers and blobs share the pipeline of the account's client.
  client['storageClientContext'].pipeline.addPolicy(
    {
      name: 'governAttempts',
      sendRequest(request, next) {
        const { abortSignal } = request;
        const send = async () => {
          const answer = await next(request);
          if (answer.status === 429 || answer.status === 503) governor.slowDown(answer.headers.get('retry-after'));
          return answer;
        };
        return governor.attempt(send, abortSignal instanceof AbortSignal ? abortSignal : undefined);
      },
    },
    { afterPhase: 'Retry' },
  );
}
