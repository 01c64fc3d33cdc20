import { AwsError } from '../aws-error.ts';
import type { AwsRequest } from '../aws-request.ts';

/** What a request says about its own signature. Nothing of it is proved yet. */
export interface SignatureClaim {
  readonly accessKeyId: string;
  readonly sessionToken: string | undefined;
  /** `YYYYMMDD/region/service/aws4_request` */
  readonly scope: string;
  /** `YYYYMMDDTHHMMSSZ` */
  readonly timestamp: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** Only presigned URLs carry one. */
  readonly expiresInSeconds: number | undefined;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
const MAX_PRESIGNED_SECONDS = 7 * 24 * 3600;

/** Finds the SigV4 signature in the Authorization header or the query; `undefined` when the request is anonymous. */
export function readSignatureClaim(request: AwsRequest): SignatureClaim | undefined {
  const authorization = request.header('authorization');
  if (authorization !== undefined) return readHeader(request, authorization);
  return request.parameter('X-Amz-Algorithm') === undefined ? undefined : readPresigned(request);
}

function readHeader(request: AwsRequest, authorization: string): SignatureClaim {
  const [algorithm, ...rest] = authorization.split(' ');
  if (algorithm !== ALGORITHM) {
    throw new AwsError('InvalidRequest', 400, `The authorization mechanism you have provided is not supported. Please use ${ALGORITHM}.`);
  }
  const fields = new Map(
    rest
      .join('')
      .split(',')
      .map((field) => splitAt(field, '=')),
  );
  return assembleClaim('AuthorizationHeaderMalformed', {
    credential: fields.get('Credential'),
    signedHeaders: fields.get('SignedHeaders'),
    signature: fields.get('Signature'),
    timestamp: request.header('x-amz-date'),
    sessionToken: request.header('x-amz-security-token'),
    expires: undefined,
  });
}

function readPresigned(request: AwsRequest): SignatureClaim {
  const claim = assembleClaim('AuthorizationQueryParametersError', {
    credential: request.parameter('X-Amz-Credential'),
    signedHeaders: request.parameter('X-Amz-SignedHeaders'),
    signature: request.parameter('X-Amz-Signature'),
    timestamp: request.parameter('X-Amz-Date'),
    sessionToken: request.parameter('X-Amz-Security-Token'),
    expires: request.parameter('X-Amz-Expires') ?? '',
  });
  const seconds = claim.expiresInSeconds ?? Number.NaN;
  if (request.parameter('X-Amz-Algorithm') === ALGORITHM && seconds >= 0 && seconds <= MAX_PRESIGNED_SECONDS) return claim;
  throw new AwsError(
    'AuthorizationQueryParametersError',
    400,
    `X-Amz-Algorithm must be ${ALGORITHM}, and X-Amz-Expires a number of seconds from 0 to ${MAX_PRESIGNED_SECONDS}.`,
  );
}

interface ClaimFields {
  readonly credential: string | undefined;
  readonly signedHeaders: string | undefined;
  readonly signature: string | undefined;
  readonly timestamp: string | undefined;
  readonly sessionToken: string | undefined;
  readonly expires: string | undefined;
}

function assembleClaim(errorCode: string, fields: ClaimFields): SignatureClaim {
  const { credential, signedHeaders, signature, timestamp, sessionToken, expires } = fields;
  const [accessKeyId, scope] = splitAt(credential ?? '', '/');
  const isScope = /^\d{8}\/[^/]+\/[^/]+\/aws4_request$/.test(scope);
  if (!isScope || signedHeaders === undefined || signature === undefined || !/^\d{8}T\d{6}Z$/.test(timestamp ?? '')) {
    throw new AwsError(
      errorCode,
      400,
      'The signature lacks its Credential, SignedHeaders, Signature or date, or one of them is malformed.',
    );
  }
  return {
    accessKeyId,
    sessionToken,
    scope,
    timestamp: timestamp ?? '',
    signedHeaders: signedHeaders.split(';'),
    signature,
    expiresInSeconds: expires === undefined ? undefined : Number.parseInt(expires, 10),
  };
}

function splitAt(text: string, separator: string): readonly [string, string] {
  const [first = '', ...rest] = text.split(separator);
  return [first, rest.join(separator)];
}
