import type { SignatureClaim } from '../auth/signature-claim.ts';
import { AwsError } from '../aws-error.ts';
import type { AwsRequest } from '../aws-request.ts';
import type { BucketSettings } from '../storage/buckets.ts';

const MESSAGES = {
  301: 'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
  307: 'Please re-send this request to the specified temporary endpoint. Continue to use the original request endpoint for future requests.',
};

interface Destination extends Pick<BucketSettings, 'redirect'> {
  readonly bucket: string;
  readonly region: string;
  /** Region of the endpoint that a request without any other sign of it was sent to. */
  readonly endpointRegion: string;
}

/**
 * Throws what S3 answers when a request was not sent to the endpoint of the bucket's region. One port stands for the endpoints of all
 * regions, so the region that a request is signed for says which of them was meant.
 */
export function checkEndpoint(request: AwsRequest, claim: SignatureClaim | undefined, destination: Destination): void {
  const { bucket, region, redirect, endpointRegion } = destination;
  const claimed = claim?.scope.split('/')[1] ?? endpointRegion;
  // A wrong region in a request to the right endpoint is found when the signature is checked.
  if (claimed === region || region === endpointRegion || redirect === 400) return;
  const headers = {
    'x-amz-bucket-region': region,
    ...(redirect === 307 && { location: `http://${request.header('host')}${request.rawPath}` }),
  };
  const endpoint = `${bucket}.s3.${region}.amazonaws.com`;
  const [code, status] = redirect === 307 ? (['TemporaryRedirect', 307] as const) : (['PermanentRedirect', 301] as const);
  throw new AwsError(code, status, MESSAGES[status], { Endpoint: endpoint, Bucket: bucket }, headers);
}
