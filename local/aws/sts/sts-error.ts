import { AwsError } from '../aws-error.ts';

/** What S3 and STS call differently about the same failed signature. */
const STS_CODES: Readonly<Record<string, readonly [code: string, status: number]>> = {
  AccessDenied: ['MissingAuthenticationToken', 403],
  InvalidAccessKeyId: ['InvalidClientTokenId', 403],
  InvalidToken: ['InvalidClientTokenId', 403],
  ExpiredToken: ['ExpiredToken', 403],
  RequestTimeTooSkewed: ['SignatureDoesNotMatch', 403],
  AuthorizationHeaderMalformed: ['SignatureDoesNotMatch', 403],
};

/** Runs `authenticate` and says what went wrong in the words of STS. */
export function inWordsOfSts<T>(authenticate: () => T): T {
  try {
    return authenticate();
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const [code, status] = STS_CODES[error.code] ?? [error.code, error.status];
    throw new AwsError(code, status, error.message);
  }
}

export function validationError(message: string): AwsError {
  return new AwsError('ValidationError', 400, message);
}

export function invalidIdentityToken(message: string): AwsError {
  return new AwsError('InvalidIdentityToken', 400, message);
}

export function notAuthorized(): AwsError {
  return new AwsError('AccessDenied', 403, 'Not authorized to perform sts:AssumeRoleWithWebIdentity');
}
