import { authenticate } from '../auth/authenticate.ts';
import { readSignatureClaim } from '../auth/signature-claim.ts';
import { AwsError } from '../aws-error.ts';
import { type AwsRequest, decodePercent } from '../aws-request.ts';
import type { Account } from '../iam/account.ts';
import { checkAcl } from './acl.ts';
import { createCall } from './create-call.ts';
import { accessDenied, invalidRequest, noSuchBucket } from './errors.ts';
import { lowerHeaders } from './hoisted-headers.ts';
import { checkEndpoint } from './redirects.ts';
import { createRoutes, findRoute, type Level } from './routes.ts';
import type { S3Environment, S3Response } from './s3-call.ts';
import { checkHeaders } from './supported-headers.ts';

const MAX_KEY_BYTES = 1024;
const MAX_HEADER_BYTES = 8192;
const CHARGED = { 'x-amz-request-charged': 'requester' };

/** Answers requests to S3. `onOperation` is told the operation's name as soon as it is known. Throws AwsError. */
export function createS3Service(environment: S3Environment, account: Account, onOperation: (name: string) => void) {
  const { storage, clock } = environment;
  const routes = createRoutes(environment);

  return async (received: AwsRequest): Promise<S3Response> => {
    const { bucket, key, level } = parsePath(received.rawPath);
    const route = findRoute(routes, received, level);
    onOperation(route.operation);
    const request = lowerHeaders(received);
    const settings = storage.buckets.settingsOf(bucket);
    const region = settings.region ?? environment.region;
    checkEndpoint(request, readSignatureClaim(received), { ...settings, bucket, region, endpointRegion: environment.region });
    const caller = authenticate(received, { account, region, service: 's3', now: clock(), payloadHash: readPayloadHash(request) });
    checkHeaderBytes(received);
    checkHeaders(request, account.id);
    if (settings.isRequesterPays === true && request.header('x-amz-request-payer') !== 'requester') throw accessDenied();
    if (level === 'object') checkAcl(request, settings);
    if (Buffer.byteLength(key) > MAX_KEY_BYTES) throw keyTooLong(key);
    if (level !== 'service' && route.operation !== 'CreateBucket' && !storage.buckets.has(bucket)) throw noSuchBucket(bucket);
    const response = await route.run(createCall(request, caller, { bucket, key, settings }, { ...environment, region }));
    return settings.isRequesterPays === true ? { ...response, headers: { ...response.headers, ...CHARGED } } : response;
  };
}

function parsePath(rawPath: string): { readonly bucket: string; readonly key: string; readonly level: Level } {
  const [, bucket = '', ...key] = rawPath.split('/');
  const level = bucket === '' ? 'service' : key.join('/') === '' ? 'bucket' : 'object';
  return { bucket: decodePercent(bucket), key: decodePercent(key.join('/')), level };
}

function readPayloadHash(request: AwsRequest): string {
  const hash = request.header('x-amz-content-sha256');
  if (hash !== undefined) return hash;
  if (request.header('authorization') !== undefined) throw invalidRequest('Missing required header for this request: x-amz-content-sha256');
  return 'UNSIGNED-PAYLOAD';
}

/** S3 takes no more than this with a write, whatever the headers are. */
function checkHeaderBytes({ method, headers }: AwsRequest): void {
  const sizeBytes = [...headers].reduce((sum, [name, value]) => sum + name.length + value.length + ': \r\n'.length, 0);
  if (method !== 'PUT' || sizeBytes <= MAX_HEADER_BYTES) return;
  throw new AwsError('RequestHeaderSectionTooLarge', 400, 'Your request header section exceeds the maximum allowed size.', {
    MaxSizeAllowed: MAX_HEADER_BYTES,
  });
}

function keyTooLong(key: string): AwsError {
  return new AwsError('KeyTooLongError', 400, 'Your key is too long', { Size: Buffer.byteLength(key), MaxSizeAllowed: MAX_KEY_BYTES });
}
