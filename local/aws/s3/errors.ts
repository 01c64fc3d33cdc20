import { AwsError } from '../aws-error.ts';

export function noSuchBucket(bucket: string): AwsError {
  return new AwsError('NoSuchBucket', 404, 'The specified bucket does not exist', { BucketName: bucket });
}

export function noSuchKey(key: string, headers: Readonly<Record<string, string>> = {}): AwsError {
  return new AwsError('NoSuchKey', 404, 'The specified key does not exist.', { Key: key }, headers);
}

export function noSuchUpload(id: string): AwsError {
  const message = 'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.';
  return new AwsError('NoSuchUpload', 404, message, { UploadId: id });
}

export function accessDenied(message = 'Access Denied'): AwsError {
  return new AwsError('AccessDenied', 403, message);
}

export function preconditionFailed(condition: string): AwsError {
  return new AwsError('PreconditionFailed', 412, 'At least one of the pre-conditions you specified did not hold', { Condition: condition });
}

export function invalidRequest(message: string): AwsError {
  return new AwsError('InvalidRequest', 400, message);
}

export function invalidArgument(name: string, value: string, message: string): AwsError {
  return new AwsError('InvalidArgument', 400, message, { ArgumentName: name, ArgumentValue: value });
}

export function badDigest(what: string): AwsError {
  return new AwsError('BadDigest', 400, `The ${what} you specified did not match the calculated checksum.`);
}
