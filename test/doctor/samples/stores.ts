import type { S3_FAILURES } from '../../../src/doctor/failures/aws/s3.ts';
import type { S3_ACCESS_FAILURES } from '../../../src/doctor/failures/aws/s3-access.ts';
import type { BLOB_FAILURES } from '../../../src/doctor/failures/azure/blob.ts';
import type { BLOB_ACCESS_FAILURES } from '../../../src/doctor/failures/azure/blob-access.ts';
import type { NETWORK_FAILURES } from '../../../src/doctor/failures/network.ts';
import type { STORE_FAILURES } from '../../../src/doctor/failures/stores.ts';
import type { SamplesOf } from './samples-of.ts';

/** What S3 answers. */
export const S3_SAMPLES: SamplesOf<typeof S3_ACCESS_FAILURES & typeof S3_FAILURES> = {
  'bucket-elsewhere': [
    'Amazon S3 did not list s3://invoices/ (301): the bucket is in the region us-west-2. Set AWS_REGION to us-west-2',

    'An error occurred (301) when calling the HeadObject operation: Moved Permanently',
    'An error occurred (PermanentRedirect) when calling the ListObjectsV2 operation: The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
    "An error occurred (AuthorizationHeaderMalformed) when calling the GetObject operation: The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-central-1'",
    'IllegalLocationConstraintException: The eu-central-1 location constraint is incompatible for the region specific endpoint this request was sent to.',
  ],
  'object-locked': [
    'An error occurred (AccessDenied) when calling the DeleteObject operation: Access Denied because object protected by object lock.',
    'Object is WORM protected and cannot be overwritten',
  ],
  'object-lock-needs-checksum': [
    'InvalidRequest: Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters',
  ],
  'object-archived': [
    "An error occurred (InvalidObjectState) when calling the GetObject operation: The operation is not valid for the object's storage class",
  ],
  'restore-under-way': [
    'An error occurred (RestoreAlreadyInProgress) when calling the RestoreObject operation: Object restore is already in progress',
  ],
  'kms-throttled': [
    'An error occurred (KMS.ThrottlingException) when calling the PutObject operation: You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.',
  ],
  'kms-key-unusable': [
    'An error occurred (KMS.DisabledException) when calling the PutObject operation: arn:aws:kms:eu-central-1:111122223333:key/1 is disabled.',
    'An error occurred (KMS.KMSInvalidStateException) when calling the GetObject operation: arn:aws:kms:eu-central-1:111122223333:key/1 is pending deletion.',
    "KMS.NotFoundException: Invalid keyId 'alias/none'",
  ],
  'clock-wrong': [
    'An error occurred (RequestTimeTooSkewed) when calling the ListObjectsV2 operation: The difference between the request time and the current time is too large.',
    'InvalidSignatureException: Signature expired: 20260301T120000Z is now earlier than 20260301T121000Z (20260301T121500Z - 5 min.)',
  ],
  'access-key-unknown': [
    'An error occurred (InvalidAccessKeyId) when calling the PutObject operation: The AWS Access Key Id you provided does not exist in our records.',
  ],
  'signature-differs': [
    'An error occurred (SignatureDoesNotMatch) when calling the PutObject operation: The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  ],
  'credentials-expired': [
    'An error occurred (ExpiredToken) when calling the PutObject operation: The provided token has expired.',
    'An error occurred (ExpiredTokenException) when calling the GetCallerIdentity operation: The security token included in the request is expired',
  ],
  'session-token-malformed': [
    'An error occurred (InvalidToken) when calling the PutObject operation: The provided token is malformed or otherwise invalid.',
  ],
  'account-blocked': [
    'OptInRequired: The AWS Access Key Id needs a subscription for the service',
    'An error occurred (AllAccessDisabled) when calling the PutObject operation: All access to this object has been disabled',
  ],
  'acl-not-supported': [
    'An error occurred (AccessControlListNotSupported) when calling the PutObject operation: The bucket does not allow ACLs',
  ],
  'server-lacks-feature': [
    'An error occurred (NotImplemented) when calling the PutObject operation: A header you provided implies functionality that is not implemented.',
  ],
  'method-not-allowed': [
    'An error occurred (MethodNotAllowed) when calling the PutObject operation: The specified method is not allowed against this resource.',
  ],
  'checksum-refused': [
    'InvalidRequest: Value for x-amz-checksum-crc64nvme header is invalid.',
    'An error occurred (BadDigest) when calling the PutObject operation: The Content-MD5 you specified did not match what we received.',
    'XAmzContentSHA256Mismatch: The provided x-amz-content-sha256 header does not match what was computed.',
    '<Code>Md5Mismatch</Code><Message>The MD5 value specified in the request did not match with the MD5 value calculated by the server.</Message>',
  ],
  'upload-gone': [
    'An error occurred (NoSuchUpload) when calling the UploadPart operation: The specified multipart upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    'InvalidPart: One or more of the specified parts could not be found.',
  ],
  'object-too-large': [
    'EntityTooSmall: Your proposed upload is smaller than the minimum allowed size',
    'EntityTooLarge: Your proposed upload exceeds the maximum allowed size',
  ],
  'key-or-metadata-refused': [
    'KeyTooLongError: Your key is too long',
    'MetadataTooLarge: Your metadata headers exceed the maximum allowed metadata size',
    'InvalidResourceName: The specified resource name contains invalid characters.',
  ],
  'bucket-name-with-dots': [
    "Hostname/IP does not match certificate's altnames: Host: my.bucket.s3.eu-central-1.amazonaws.com. is not in the cert's altnames: DNS:*.s3.eu-central-1.amazonaws.com",
  ],
  'bucket-exists': [
    'An error occurred (BucketAlreadyExists) when calling the CreateBucket operation: The requested bucket name is not available.',
  ],
  'bucket-name-invalid': ['InvalidBucketName: The specified bucket is not valid.'],
  's3-other': [
    'InvalidArgument: Server Side Encryption with AWS KMS managed key requires HTTP header',
    'Request failed: 403 Forbidden (s3.amazonaws.com)',
    'MissingSecurityHeader: Your request is missing a required header',
    'An error occurred (SomethingNew) when calling the PutObject operation: a new sentence',
    'Amazon S3 did not read s3://invoices/a (400 SomethingNew).',
  ],
};

/** What Azure Storage answers. */
export const BLOB_SAMPLES: SamplesOf<typeof BLOB_ACCESS_FAILURES & typeof BLOB_FAILURES> = {
  'token-over-http': ['Bearer token authentication is not permitted for non-TLS protected (non-https) URLs.'],
  'blob-role-missing': [
    'This request is not authorized to perform this operation using this permission. RequestId:1 Time:2026-03-01T12:00:00Z ErrorCode:AuthorizationPermissionMismatch',
    'RestError: AuthorizationPermissionMismatch',
  ],
  'storage-sas-refused': [
    'AuthenticationFailed. Signature did not match. String to sign used was r 2024-01-01',
    'AuthorizationSourceIPMismatch: This request is not authorized to perform this operation using this source IP 203.0.113.7.',
    'AuthenticationFailed: Server failed to authenticate the request. Signature not valid in the specified time frame: Start [Sun, 01 Mar 2026] - Expiry [Mon, 02 Mar 2026] - Current [Tue, 03 Mar 2026]',
  ],
  'storage-shared-key-off': [
    'RestError: Key based authentication is not permitted on this storage account. Code: KeyBasedAuthenticationNotPermitted',
  ],
  'storage-anonymous-off': [
    'PublicAccessNotPermitted: Public access is not permitted on this storage account.',
    'NoAuthenticationInformation',
  ],
  'storage-tenant-differs': [
    'InvalidAuthenticationInfo: Server failed to authenticate the request. AuthenticationErrorDetail: Issuer validation failed. Issuer did not match.',
    'Audience validation failed. Audience did not match.',
  ],
  'storage-authentication-failed': [
    'AuthenticationFailed: Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.',
  ],
  'storage-firewall': [
    'AuthorizationFailure: This request is not authorized to perform this operation. RequestId:1',
    'Failed to upload because Azure Storage responded with Forbidden : Response status code does not indicate success: 403 (This request is not authorized to perform this operation.).',
    'The request may be blocked by network rules of storage account.',
  ],
  'storage-account-disabled': ['AccountIsDisabled: The specified account is disabled.'],
  'storage-https-only': ['AccountRequiresHttps: The account being accessed does not support http.'],
  'blob-leased': [
    'LeaseIdMissing: There is currently a lease on the blob and no lease ID was specified in the request.',
    'LeaseAlreadyPresent',
    'LeaseIdMismatchWithBlobOperation',
  ],
  'blob-immutable': [
    'BlobImmutableDueToPolicy: This operation is not permitted as the blob is immutable due to a policy.',
    'This operation is not permitted as the blob is immutable due to one or more legal holds.',
  ],
  'blob-archived': ['BlobArchived: This operation is not permitted on an archived blob.', 'BlobBeingRehydrated'],
  'blob-tier-unsupported': ['AccessTierNotSupportedForBlobType: The access tier is not supported for this blob type.'],
  'blob-snapshots': ['SnapshotsPresent: This operation is not permitted because the blob has snapshots.'],
  'blob-blocks-left': [
    'InvalidBlobOrBlock: The specified blob or block content is invalid.',
    'BlockCountExceedsLimit: The uncommitted block count cannot exceed the maximum limit of 100,000 blocks.',
  ],
  'blob-type-differs': ['InvalidBlobType: The blob type is invalid for this operation.'],
  'blob-encryption': [
    'BlobUsesCustomerSpecifiedEncryption: The blob is encrypted with customer specified encryption, but it was not provided in the request.',
    'RequestForbiddenByContainerEncryptionPolicy: This request is forbidden by container encryption policy.',
    'The specified encryption scope is not found or disabled',
  ],
  'storage-key-vault-key': ['KeyVaultEncryptionKeyNotFound: The key vault key is not found to unwrap the encryption key.'],
  'copy-source-unreadable': [
    'CannotVerifyCopySource: Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly',
    'CannotVerifyCopySource: Could not verify the copy source within the specified time.',
  ],
  'hierarchical-namespace': [
    'FeatureNotYetSupportedForHierarchicalNamespaceAccounts',
    'Blob API is not yet supported for hierarchical namespace accounts.',
    'PathConflict',
    'BlobOperationNotSupported',
  ],
  'azurite-api-version': ['The API version 2026-02-06 is not supported by Azurite. Please upgrade Azurite to latest version and retry.'],
  'azurite-not-running': ['connect ECONNREFUSED 127.0.0.1:10000', 'Connection refused (127.0.0.1:10000)'],
  'blob-other': [
    'UnsupportedHeader: One of the headers specified in the request is not supported.',
    'ContainerAlreadyExists',
    'RestError: something new x-ms-error-code: SomethingNew',
    'https://account.blob.core.windows.net/c answered 400 SomethingNew',
  ],
};

export const STORE_SAMPLES: SamplesOf<typeof STORE_FAILURES> = {
  'container-being-deleted': ['ContainerBeingDeleted: The specified container is being deleted. Try operation later.'],
  'not-found': [
    'ResourceNotFound: The specified resource does not exist.',
    'An error occurred (NoSuchBucket) when calling the ListObjectsV2 operation: The specified bucket does not exist',
    'ContainerNotFound: The specified container does not exist.',
  ],
  'object-missing': [
    'An error occurred (404) when calling the HeadObject operation: Not Found',
    'NoSuchKey: The specified key does not exist.',
    'BlobNotFound: The specified blob does not exist.',
  ],
  'changed-meanwhile': [
    'HTTP 412 Precondition Failed',
    'An error occurred (PreconditionFailed) when calling the PutObject operation: At least one of the pre-conditions you specified did not hold',
    'ConditionNotMet: The condition specified using HTTP conditional header(s) is not met.',
    'BlobAlreadyExists: The specified blob already exists.',
  ],
  throttled: [
    'An error occurred (SlowDown) when calling the PutObject operation (reached max retries: 4): Please reduce your request rate.',
    'ServerBusy: Egress is over the account limit.',
    'An error occurred (Throttling) when calling the AssumeRole operation: Rate exceeded',
  ],
  'service-failed': [
    'An error occurred (InternalError) when calling the PutObject operation: We encountered an internal error. Please try again.',
    'OperationTimedOut: Operation could not be completed within the specified time.',
    'RequestTimeout: Your socket connection to the server was not read from or written to within the timeout period.',
  ],
};

export const NETWORK_SAMPLES: SamplesOf<typeof NETWORK_FAILURES> = {
  'storage-name-not-found': [
    'getaddrinfo ENOTFOUND acount.blob.core.windows.net',
    'No such host is known. (account.queue.core.windows.net:443)',
    'Name or service not known (account.table.core.windows.net:443)',
  ],
  'sts-unavailable': ['getaddrinfo ENOTFOUND sts.eu-central-9.amazonaws.com', 'connect ETIMEDOUT sts.eu-central-1.amazonaws.com:443'],
  's3-name-not-found': [
    'getaddrinfo ENOTFOUND invoices.s3.eu-central-9.amazonaws.com',
    'Could not connect to the endpoint URL: "https://invoices.s3.nowhere.amazonaws.com/"',
  ],
  'certificate-not-trusted': [
    'Error while attempting to download Bicep CLI: <urlopen error [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed>',
    'self-signed certificate in certificate chain (SELF_SIGNED_CERT_IN_CHAIN)',
    'unable to get local issuer certificate',
    'Error: certificate has expired',
    'SSL: CERTIFICATE_VERIFY_FAILED',
  ],
  'certificate-other-name': [
    "ERR_TLS_CERT_ALTNAME_INVALID: Hostname/IP does not match certificate's altnames: IP: 10.0.0.4 is not in the cert's list",
  ],
  'tls-refused': [
    'write EPROTO 1:error:0A000102:SSL routines:ssl_choose_client_version:unsupported protocol',
    'error:0A00010B:SSL routines::wrong version number',
    'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
  ],
  'proxy-refused': [
    'curl: (56) CONNECT tunnel failed, response 407',
    'Proxy response (407) !== 200 when HTTP Tunneling',
    'tunneling socket could not be established, statusCode=407',
    'HTTP 407 Proxy Authentication Required',
  ],
  'name-not-found': ['getaddrinfo ENOTFOUND minio.internal', 'getaddrinfo EAI_AGAIN login.microsoftonline.com'],
  'connection-refused': ['connect ECONNREFUSED 10.0.0.4:9000'],
  'connection-lost': ['read ECONNRESET', 'socket hang up', 'connect ETIMEDOUT 203.0.113.7:443'],
};
