/** How S3 encrypts what is written. */
export interface S3Encryption {
  /** `aws:kms` unless given. */
  readonly algorithm?: 'AES256' | 'aws:kms' | 'aws:kms:dsse' | undefined;
  /** Id, ARN or alias; the account's own key for S3 unless given. Not with `AES256`. */
  readonly kmsKeyId?: string | undefined;
  /** Whether S3 asks KMS for a key of the bucket, from which it derives those of objects; the bucket's setting unless given. */
  readonly bucketKey?: boolean | undefined;
}

/** One of S3's canned ACLs. */
export type CannedAcl =
  | 'private'
  | 'public-read'
  | 'public-read-write'
  | 'authenticated-read'
  | 'aws-exec-read'
  | 'bucket-owner-read'
  | 'bucket-owner-full-control';

/** Encryption and ACL headers of the first request for a new object. */
export interface NewObjectRules {
  readonly ServerSideEncryption?: NonNullable<S3Encryption['algorithm']>;
  readonly SSEKMSKeyId?: string;
  readonly BucketKeyEnabled?: boolean;
  readonly ACL?: CannedAcl;
}

/** Members that are not given are not sent: the bucket's default applies. */
export function toNewObjectRules(encryption: S3Encryption | undefined, acl: CannedAcl | undefined): NewObjectRules {
  return { ...toEncryptionHeaders(encryption), ...(acl !== undefined && { ACL: acl }) };
}

function toEncryptionHeaders(encryption: S3Encryption | undefined): NewObjectRules {
  if (encryption === undefined) return {};
  const { algorithm = 'aws:kms', kmsKeyId, bucketKey } = encryption;
  return {
    ServerSideEncryption: algorithm,
    ...(kmsKeyId !== undefined && { SSEKMSKeyId: kmsKeyId }),
    ...(bucketKey !== undefined && { BucketKeyEnabled: bucketKey }),
  };
}
