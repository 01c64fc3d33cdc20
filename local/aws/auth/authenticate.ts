import { AwsError } from '../aws-error.ts';
import type { AwsRequest } from '../aws-request.ts';
import type { Account, Session } from '../iam/account.ts';
import { deriveSigningKey, signRequest } from './sign.ts';
import { readSignatureClaim, type SignatureClaim } from './signature-claim.ts';

/** Whose request it is, with what is needed to verify the signatures inside a chunked body. */
export interface Caller {
  readonly session: Session;
  readonly signingKey: Buffer;
  readonly signature: string;
  readonly scope: string;
  readonly timestamp: string;
  readonly isPresigned: boolean;
}

export interface AuthenticationRules {
  readonly account: Account;
  readonly region: string;
  readonly service: 's3' | 'sts';
  readonly now: Date;
  /** What the body's hash is in the canonical request. */
  readonly payloadHash: string;
}

const MAX_CLOCK_SKEW_MS = 15 * 60_000;

/** Verifies key, session token, expiry, time, scope and signature; throws the error that S3 would answer with. */
export function authenticate(request: AwsRequest, rules: AuthenticationRules): Caller {
  const claim = readSignatureClaim(request);
  if (claim === undefined) throw new AwsError('AccessDenied', 403, 'Access Denied');
  checkScope(claim, rules);
  const session = findSession(claim, rules);
  checkTime(claim, rules.now);
  checkSignedHeaders(request, claim);
  const signingKey = deriveSigningKey(session.secretAccessKey, claim.scope);
  if (signRequest(request, claim, signingKey, rules.payloadHash) !== claim.signature) {
    throw new AwsError(
      'SignatureDoesNotMatch',
      403,
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
      { AWSAccessKeyId: claim.accessKeyId },
    );
  }
  const { signature, scope, timestamp } = claim;
  return { session, signingKey, signature, scope, timestamp, isPresigned: claim.expiresInSeconds !== undefined };
}

function checkScope(claim: SignatureClaim, { region, service }: AuthenticationRules): void {
  const [date, claimedRegion, claimedService] = claim.scope.split('/');
  if (claimedRegion !== region) {
    const isPresigned = claim.expiresInSeconds !== undefined;
    const where = isPresigned ? 'Error parsing the X-Amz-Credential parameter' : 'The authorization header is malformed';
    const message = `${where}; the region '${claimedRegion}' is wrong; expecting '${region}'`;
    const code = isPresigned ? 'AuthorizationQueryParametersError' : 'AuthorizationHeaderMalformed';
    throw new AwsError(code, 400, message, { Region: region }, service === 's3' ? { 'x-amz-bucket-region': region } : {});
  }
  if (claimedService !== service || !claim.timestamp.startsWith(date ?? '')) {
    throw new AwsError(
      'AuthorizationHeaderMalformed',
      400,
      `The credential scope must name the service "${service}" and the request's date.`,
    );
  }
}

function findSession(claim: SignatureClaim, { account, now }: AuthenticationRules): Session {
  const session = account.findSession(claim.accessKeyId);
  if (session === undefined) {
    throw new AwsError('InvalidAccessKeyId', 403, 'The AWS Access Key Id you provided does not exist in our records.', {
      AWSAccessKeyId: claim.accessKeyId,
    });
  }
  if (session.sessionToken !== claim.sessionToken) {
    throw new AwsError('InvalidToken', 400, 'The provided token is malformed or otherwise invalid.');
  }
  if (session.expiration <= now) throw new AwsError('ExpiredToken', 400, 'The provided token has expired.');
  return session;
}

function checkTime(claim: SignatureClaim, now: Date): void {
  const signedAt = Date.parse(claim.timestamp.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'));
  const ageMs = now.getTime() - signedAt;
  const maxAgeMs = claim.expiresInSeconds === undefined ? MAX_CLOCK_SKEW_MS : claim.expiresInSeconds * 1000;
  if (ageMs >= -MAX_CLOCK_SKEW_MS && ageMs <= maxAgeMs) return;
  if (claim.expiresInSeconds !== undefined) {
    throw new AwsError('AccessDenied', 403, ageMs < 0 ? 'Request is not valid yet' : 'Request has expired');
  }
  throw new AwsError('RequestTimeTooSkewed', 403, 'The difference between the request time and the current time is too large.', {
    RequestTime: claim.timestamp,
    ServerTime: now.toISOString(),
    MaxAllowedSkewMilliseconds: MAX_CLOCK_SKEW_MS,
  });
}

function checkSignedHeaders(request: AwsRequest, claim: SignatureClaim): void {
  const mustBeSigned = (name: string) => name === 'host' || name.startsWith('x-amz-');
  const unsigned = [...request.headers.keys()].filter((name) => mustBeSigned(name) && !claim.signedHeaders.includes(name));
  if (unsigned.length === 0) return;
  throw new AwsError('AccessDenied', 403, 'There were headers present in the request which were not signed', {
    HeadersNotSigned: unsigned.join(', '),
  });
}
