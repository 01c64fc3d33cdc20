/** Encryption with a key of AWS KMS. */
export interface S3Encryption {
  /** Id, ARN or alias; the account's own key for S3 unless given. */
  readonly kmsKeyId?: string | undefined;
  /** Whether S3 asks KMS for a key of the bucket, from which it derives those of objects; the bucket's setting unless given. */
  readonly bucketKey?: boolean | undefined;
}

/** What the first request for a new object says of its encryption. */
export interface EncryptionHeaders {
  readonly ServerSideEncryption?: 'aws:kms';
  readonly SSEKMSKeyId?: string;
  readonly BucketKeyEnabled?: boolean;
}

/** Without `encryption` nothing: the bucket's default holds. */
export function toEncryptionHeaders(encryption: S3Encryption | undefined): EncryptionHeaders {
  if (encryption === undefined) return {};
  const { kmsKeyId, bucketKey } = encryption;
  return {
    ServerSideEncryption: 'aws:kms',
    ...(kmsKeyId !== undefined && { SSEKMSKeyId: kmsKeyId }),
    ...(bucketKey !== undefined && { BucketKeyEnabled: bucketKey }),
  };
}
