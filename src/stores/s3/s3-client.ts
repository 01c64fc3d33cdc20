import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import type { Governor } from '../../sync/flow/governor.ts';
import { governAttempts } from './govern-attempts.ts';
import { boundPages } from './listing/bound-pages.ts';

interface S3ClientOptions {
  readonly region: string;
  readonly credentials: NonNullable<S3ClientConfig['credentials']>;
  /** Endpoint of an S3-compatible server; AWS's own unless given. */
  readonly endpoint?: string;
  /** `https://host/bucket/key` instead of `https://bucket.host/key`. */
  readonly forcePathStyle?: boolean;
  /** `when-required` for S3-compatible servers that refuse or ignore checksum headers: they are sent Content-MD5 instead. */
  readonly checksums: 'when-supported' | 'when-required';
  /** Says in each request that we pay for it, which a bucket of the kind *requester pays* wants. */
  readonly requesterPays?: boolean | undefined;
  readonly maxAttempts?: number;
  /** The governor of a bucket's requests; without one they are as many as are asked for. */
  readonly governorOf?: (bucket: string) => Governor;
}

const MAX_ATTEMPTS = 8;
const MAX_SOCKETS = 256;
const CONNECTION_TIMEOUT_MS = 10_000;
/** S3 sends spaces while it completes a large upload, so that silence means a dead connection. */
const SOCKET_TIMEOUT_MS = 120_000;

const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** A client that keeps connections alive, sends bodies without hashing them twice, and leaves the checking of downloads to the caller. */
export function createS3Client({
  checksums,
  requesterPays = false,
  maxAttempts = MAX_ATTEMPTS,
  governorOf,
  ...options
}: S3ClientOptions): S3Client {
  const agent = { keepAlive: true, maxSockets: MAX_SOCKETS };
  const client = new S3Client({
    ...options,
    // An ambient AWS_ENDPOINT_URL, or one in a file of the SDK's, must not get requests.
    ignoreConfiguredEndpointUrls: true,
    maxAttempts,
    retryMode: 'standard',
    requestChecksumCalculation: checksums === 'when-supported' ? 'WHEN_SUPPORTED' : 'WHEN_REQUIRED',
    // The SDK's own check of a download takes three times the CPU of ours, and fails for ranges on some servers.
    responseChecksumValidation: 'WHEN_REQUIRED',
    // Else it would write to the console that a stream cannot be sent again, which its error says as well.
    logger: SILENT,
    // It would cost a round trip for each part.
    expectContinueHeader: false,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      socketTimeout: SOCKET_TIMEOUT_MS,
      httpAgent: agent,
      httpsAgent: agent,
    },
  });
  if (checksums === 'when-required') addMd5(client);
  if (requesterPays) payForRequests(client);
  leaveCheckedBodiesUnsigned(client);
  renewExpiredCredentials(client);
  keepEveryMetadataName(client);
  boundPages(client);
  if (governorOf !== undefined) governAttempts(client, governorOf);
  return client;
}

function payForRequests(client: S3Client): void {
  client.middlewareStack.add(
    (next) => (args) => {
      if (isHttpRequest(args.request)) args.request.headers['x-amz-request-payer'] = 'requester';
      return next(args);
    },
    { name: 'payForRequests', step: 'build' },
  );
}

/** A bucket with Object Lock refuses an object or a part that comes without any checksum. A stream's is the caller's to give. */
function addMd5(client: S3Client): void {
  client.middlewareStack.add(
    (next) => (args) => {
      const { request } = args;
      if (isHttpRequest(request) && request.method === 'PUT' && request.body instanceof Uint8Array && !hasAnyChecksum(request.headers))
        request.headers['content-md5'] = createHash('md5').update(request.body).digest('base64');
      return next(args);
    },
    { name: 'addMd5', step: 'build' },
  );
}

function hasAnyChecksum(headers: Readonly<Record<string, string>>): boolean {
  return Object.keys(headers).some((name) => /^(x-amz-checksum-.+|content-md5)$/i.test(name));
}

const PROTO_HEADER = 'x-amz-meta-__proto__';

/** The SDK collects metadata in an object, which loses the one that is named `__proto__`. */
function keepEveryMetadataName(client: S3Client): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { response, output } = result;
      const value = isHttpResponse(response) ? response.headers[PROTO_HEADER] : undefined;
      if (value !== undefined && output !== undefined && 'Metadata' in output && output.Metadata !== undefined)
        Object.assign(output, { Metadata: Object.fromEntries([...Object.entries(output.Metadata), ['__proto__', value]]) });
      return result;
    },
    { name: 'keepEveryMetadataName', step: 'deserialize', priority: 'high' },
  );
}

function isHttpResponse(response: unknown): response is { readonly headers: Readonly<Record<string, string>> } {
  return typeof response === 'object' && response !== null && 'headers' in response;
}

const EXPIRED = new Set(['ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired']);

/**
 * Credentials can end before their time, when a role's sessions are revoked: then the request is made once more with new ones, unless its
 * body was a stream, which is spent.
 */
function renewExpiredCredentials(client: S3Client): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      const { accessKeyId } = await client.config.credentials();
      try {
        return await next(args);
      } catch (error) {
        if (!isExpiry(error)) throw error;
        const current = await client.config.credentials();
        // Many requests may find this out at once; only the first obtains new credentials.
        if (current.accessKeyId === accessKeyId) await client.config.credentials({ forceRefresh: true });
        if (hasStream(args.input)) throw error;
        return next(args);
      }
    },
    { name: 'renewExpiredCredentials', step: 'initialize' },
  );
}

function isExpiry(error: unknown): boolean {
  return error instanceof Error && EXPIRED.has(error.name);
}

function hasStream(input: object): boolean {
  return 'Body' in input && input.Body instanceof Readable;
}

/** Over TLS, and with a checksum of its own, a body need not be hashed once more for the signature. That halves the CPU of an upload. */
function leaveCheckedBodiesUnsigned(client: S3Client): void {
  client.middlewareStack.add(
    (next) => (args) => {
      const { request } = args;
      if (isHttpRequest(request) && request.protocol === 'https:' && hasChecksum(request.headers)) {
        request.headers['x-amz-content-sha256'] = 'UNSIGNED-PAYLOAD';
      }
      return next(args);
    },
    { name: 'leaveCheckedBodiesUnsigned', step: 'build', priority: 'low' },
  );
}

interface HttpRequest {
  readonly method?: string;
  readonly body?: unknown;
  readonly protocol: string;
  readonly headers: Record<string, string>;
}

function isHttpRequest(request: unknown): request is HttpRequest {
  return typeof request === 'object' && request !== null && 'protocol' in request && 'headers' in request;
}

function hasChecksum(headers: Readonly<Record<string, string>>): boolean {
  return Object.keys(headers).some((name) => /^(x-amz-checksum-crc64nvme|content-md5)$/i.test(name));
}
