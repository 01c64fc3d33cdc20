import { AwsError } from '../aws-error.ts';
import type { AwsRequest } from '../aws-request.ts';
import type { BucketSettings } from '../storage/buckets.ts';
import { invalidArgument } from './errors.ts';

const ALGORITHM = 'x-amz-server-side-encryption';
const KEY_ID = `${ALGORITHM}-aws-kms-key-id`;
const BUCKET_KEY = `${ALGORITHM}-bucket-key-enabled`;
const BY_KMS = ['aws:kms', 'aws:kms:dsse'];
/** Stands for the key that AWS has for S3 in each account. */
const OWN_KEY = 'arn:aws:kms:::alias/aws/s3';

/**
 * How a new object is to be encrypted: as the write says, or as the bucket's default is, which is by S3's own keys unless it is set. The
 * answers to writes and reads say so. Keys are not looked up, and nothing is encrypted.
 */
export function readEncryption(request: AwsRequest, { encryption }: BucketSettings): Record<string, string> {
  const given = request.header(ALGORITHM);
  const algorithm = given ?? encryption ?? 'AES256';
  const [keyId, bucketKey] = [request.header(KEY_ID), request.header(BUCKET_KEY)];
  if (algorithm !== 'AES256' && !BY_KMS.includes(algorithm)) {
    throw new AwsError('InvalidEncryptionAlgorithmError', 400, 'The encryption request you specified is not valid.');
  }
  if (given !== undefined ? algorithm === 'AES256' && (keyId ?? bucketKey) !== undefined : keyId !== undefined) {
    const message = 'Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms';
    throw invalidArgument(KEY_ID, keyId ?? '', message);
  }
  if (algorithm !== 'aws:kms' && bucketKey !== undefined) {
    throw invalidArgument(BUCKET_KEY, bucketKey, 'A bucket key is only of use with aws:kms.');
  }
  if (!BY_KMS.includes(algorithm)) return { [ALGORITHM]: algorithm };
  return { [ALGORITHM]: algorithm, [KEY_ID]: keyId ?? OWN_KEY, ...(bucketKey !== undefined && { [BUCKET_KEY]: bucketKey }) };
}

/** The ETag of an object that a KMS key encrypts is no MD5 of its content. */
export function hidesMd5(encryption: Readonly<Record<string, string>>): boolean {
  return BY_KMS.includes(encryption[ALGORITHM] ?? '');
}
