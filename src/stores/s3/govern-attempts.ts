import { type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import type { Governor } from '../../sync/flow/governor.ts';

/** Error codes of S3 and compatible servers for too many requests, whatever the status. */
const THROTTLING = new Set(['SlowDown', 'RequestLimitExceeded', 'TooManyRequestsException', 'Throttling', 'ThrottlingException']);

type Middleware = Parameters<S3Client['middlewareStack']['add']>[0];

/** Each attempt, the SDK's retries too, goes through the governor of its bucket, and is signed after it has waited there. */
export function governAttempts(client: S3Client, governorOf: (bucket: string) => Governor): void {
  const middleware: Middleware = (next, context) => (args) => {
    const { input } = args;
    if (!('Bucket' in input) || input.Bucket === undefined) return next(args);
    const governor = governorOf(input.Bucket);
    const signal = context.__smithy_context?.abortSignal;
    return governor.attempt(() => next(args).catch(tellOfThrottling(governor)), signal instanceof AbortSignal ? signal : undefined);
  };
  client.middlewareStack.addRelativeTo(middleware, { name: 'governAttempts', relation: 'before', toMiddleware: 'httpSigningMiddleware' });
}

function tellOfThrottling(governor: Governor): (error: unknown) => never {
  return (error) => {
    if (error instanceof S3ServiceException && isThrottling(error)) governor.slowDown(error.$response?.headers['retry-after']);
    throw error;
  };
}

function isThrottling({ name, $metadata }: S3ServiceException): boolean {
  const { httpStatusCode } = $metadata;
  return httpStatusCode === 429 || httpStatusCode === 503 || THROTTLING.has(name);
}
