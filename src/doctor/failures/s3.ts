import type { Failures } from '../evidence.ts';
import { anyOf, coded, said } from './signs.ts';

/** What S3 answers besides AccessDenied, for which see the failures of IAM. */
export const S3_FAILURES = {
  'bucket-elsewhere': {
    link: 'locations',
    symptom: 'PermanentRedirect, AuthorizationHeaderMalformed or 301: the bucket is in another region',
    cause:
      'AWS_REGION is not the region of the bucket, or the endpoint is for another region. A new bucket of the same name elsewhere needs up to an hour.',
    fix: 'aws s3api get-bucket-location --bucket <bucket> (null means us-east-1), and set AWS_REGION to it. One app serves the buckets of one region.',
    isSeenIn: anyOf(
      coded(
        'PermanentRedirect',
        'TemporaryRedirect',
        'AuthorizationHeaderMalformed',
        'IllegalLocationConstraintException',
        'IncorrectEndpoint',
      ),
      said(/must be addressed using the specified endpoint|region .{1,60} is wrong; expecting|location constraint is incompatible/i),
    ),
  },
  'object-locked': {
    link: 'locations',
    symptom: 'the object is protected by Object Lock (WORM)',
    cause: 'A retention period or a legal hold of the bucket protects the object version from deletion or change.',
    fix: 'Wait until the retention ends, or remove the legal hold (aws s3api put-object-legal-hold). Do not use options.delete for such a bucket: a delete marker hides the object, and its versions stay.',
    isSeenIn: said(
      /protected by object lock|Object is WORM protected|object.?lock.{0,80}(?:retention|legal hold)|ObjectLockConfigurationNotFoundError/i,
    ),
  },
  'object-lock-needs-checksum': {
    link: 'locations',
    symptom: 'Content-MD5 or x-amz-checksum header is required with Object Lock',
    cause: 'A bucket with Object Lock takes only uploads with a checksum, and the server does not count the one that was sent.',
    fix: 'Set BRIDGE_S3_CHECKSUMS=when-required for a server other than AWS: bodies are then sent with Content-MD5.',
    isSeenIn: said(/(?:Content-MD5|x-amz-checksum).{0,80}required for Put/i),
  },
  'object-archived': {
    link: 'locations',
    symptom: "InvalidObjectState: the operation is not valid for the object's storage class",
    cause:
      'The object is in S3 Glacier Flexible Retrieval, Deep Archive or an archive tier of Intelligent-Tiering, and must be restored before it can be read.',
    fix: 'Set options.archived with restore in the job (and AllowRestore of the stack), or restore it: aws s3api restore-object. Set archived: "skip" to leave such objects out.',
    isSeenIn: anyOf(coded('InvalidObjectState', 'ObjectNotInActiveTierError'), said(/not valid for the object's storage class/i)),
  },
  'restore-under-way': {
    link: 'locations',
    symptom: 'RestoreAlreadyInProgress: the object is being restored',
    cause: 'A restore was requested already; it takes minutes to 48 hours.',
    fix: 'Wait and let the next run copy it.',
    isSeenIn: anyOf(
      coded('RestoreAlreadyInProgress', 'GlacierExpeditedRetrievalNotAvailable'),
      said(/Object restore is already in progress/i),
    ),
  },
  'kms-throttled': {
    link: 'locations',
    symptom: 'KMS.ThrottlingException: too many calls of KMS',
    cause: 'Each object with SSE-KMS calls KMS, whose requests per second are limited for the account and region.',
    fix: 'Switch S3 Bucket Keys on for the bucket, lower options.requestsPerSecond, or raise the quota of KMS.',
    isSeenIn: anyOf(coded('KMS.ThrottlingException', 'KMS.LimitExceeded'), said(/exceeded the rate at which you may call KMS/i)),
  },
  'kms-key-unusable': {
    link: 'locations',
    symptom: 'KMS.DisabledException, KMS.NotFoundException or KMS.KMSInvalidStateException: the KMS key cannot be used',
    cause: 'The key is disabled, deleted or pending deletion, in another region than the bucket, or its ARN is wrong.',
    fix: 'aws kms describe-key --key-id <key>: enable it, cancel its deletion, or put the ARN of a symmetric key of the same region into options.encryption.kmsKeyId or the default encryption of the bucket.',
    isSeenIn: anyOf(
      said(/\bKMS\.(?:Disabled|NotFound|KMSInvalidState|InvalidKeyUsage|InvalidState|KeyUnavailable)\w*/i),
      said(
        /KMSInvalidStateException|arn:aws[\w-]*:kms:\S{1,200} (?:is disabled|is pending (?:deletion|import)|does not exist)|Invalid keyId/i,
      ),
    ),
  },
  'kms-key-denied': {
    link: 'locations',
    symptom: 'the ciphertext refers to a customer master key that does not exist or that you are not allowed to access',
    cause:
      'The object is encrypted with a KMS key that the role may not use, often one of another account, or the AWS managed key aws/s3, which no other account can use.',
    fix: 'Add the key to the role (parameter KmsKeyArns of the stack) and, in another account, the role to the policy of the key. Objects under aws/s3 of another account must be encrypted anew by their owner.',
    isSeenIn: anyOf(coded('KMS.AccessDenied'), said(/ciphertext refers to a customer ?master ?key/i)),
  },
  'clock-wrong': {
    link: 'network',
    symptom: 'RequestTimeTooSkewed, or a signature or token that is not valid yet or has just expired: the clock is wrong',
    cause: 'Tokens and signatures are valid for a time only: with a wrong clock they are refused as expired or not yet valid.',
    fix: 'Set the clock, and let it be kept by NTP.',
    isSeenIn: anyOf(
      coded('RequestTimeTooSkewed', 'RequestExpired', 'RequestInTheFuture'),
      said(
        /difference between the request time and the (?:current|server'?s?) time is too large|Signature (?:expired|not yet current): \d|(?:token|credential)s? (?:is|are) not (?:yet valid|valid yet)|Lifetime validation failed/i,
      ),
    ),
  },
  'access-key-unknown': {
    link: 'credentials',
    symptom: 'InvalidAccessKeyId: the access key id does not exist',
    cause:
      'The request was signed with keys that this server does not know: leftover AWS keys, another AWS partition (China, GovCloud), or AWS credentials sent to another S3 server.',
    fix: 'Remove AWS_ACCESS_KEY_ID and its companions from the settings. Let AWS_ROLE_ARN, AWS_REGION, AWS_ENDPOINT_URL_S3 and AWS_ENDPOINT_URL_STS be of the same server or partition.',
    isSeenIn: anyOf(coded('InvalidAccessKeyId'), said(/Access Key Id you provided does not exist/i)),
  },
  'signature-differs': {
    link: 'network',
    symptom: 'SignatureDoesNotMatch: the signature is not the one that the server calculates',
    cause:
      'Something between the app and the server changes the request (a proxy that rewrites Host, path or headers), the endpoint is not the one that was signed for, or the secret key is wrong.',
    fix: 'Reach the endpoint without the proxy. For a server other than AWS check AWS_ENDPOINT_URL_S3, AWS_REGION, BRIDGE_S3_FORCE_PATH_STYLE, and BRIDGE_S3_CHECKSUMS=when-required.',
    isSeenIn: anyOf(coded('SignatureDoesNotMatch'), said(/request signature we calculated does not match/i)),
  },
  'credentials-expired': {
    link: 'credentials',
    symptom: 'ExpiredToken: the provided token has expired',
    cause:
      'The AWS session ended while it was in use. The bridge renews its own; a fixed AWS_SESSION_TOKEN or a wrong clock are the usual reasons.',
    fix: 'Remove AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN from the settings, check the clock, and start the run again. For your own aws command sign in again.',
    isSeenIn: anyOf(
      coded('ExpiredToken(?!Exception: Token)', 'TokenRefreshRequired'),
      said(/provided token has expired|security token included in the request is expired/i),
    ),
  },
  'session-token-malformed': {
    link: 'credentials',
    symptom: 'InvalidToken: the provided token is malformed or otherwise invalid',
    cause:
      'The session token was cut or changed, or it comes from the global endpoint of STS and the bucket is in an opt-in region, which does not accept such tokens.',
    fix: "Leave AWS_ENDPOINT_URL_STS unset, so that the region's own endpoint is used, and check that no setting holds an old AWS_SESSION_TOKEN.",
    isSeenIn: anyOf(coded('InvalidToken'), said(/provided token is malformed or otherwise invalid/i)),
  },
  'account-blocked': {
    link: 'locations',
    symptom: 'AllAccessDisabled, AccountProblem or NotSignedUp: the bucket or account is blocked',
    cause: 'The name is one that nobody may use (often a mistyped bucket), the account is suspended, or S3 is not activated for it.',
    fix: 'Check the name of the bucket in the location; else let the owner of the account open a case with AWS Support.',
    isSeenIn: anyOf(
      coded('AllAccessDisabled', 'AccountProblem', 'NotSignedUp', 'OptInRequired', 'InvalidPayer'),
      said(/All access to this (?:object|bucket) has been disabled/i),
    ),
  },
  'acl-not-supported': {
    link: 'locations',
    symptom: 'AccessControlListNotSupported: the bucket does not allow ACLs',
    cause: 'Object Ownership of the bucket is "Bucket owner enforced", which has no ACLs, and the job sets one (options.acl).',
    fix: 'Remove options.acl from the job. The owner of the bucket owns all its objects already.',
    isSeenIn: anyOf(coded('AccessControlListNotSupported', 'InvalidBucketAclWithObjectOwnership'), said(/bucket does not allow ACLs/i)),
  },
  'server-lacks-feature': {
    link: 'locations',
    symptom: 'NotImplemented: a header implies functionality that is not implemented',
    cause: 'The server is S3-compatible, but lacks what was asked for: a checksum, a condition (If-None-Match), tags or an encryption.',
    fix: 'Set BRIDGE_S3_CHECKSUMS=when-required, remove tags, encryption and storageClass from the options, or use a newer version of the server.',
    isSeenIn: anyOf(coded('NotImplemented', 'XNotImplemented'), said(/implies functionality that is not implemented/i)),
  },
  'method-not-allowed': {
    link: 'locations',
    symptom: 'MethodNotAllowed: the method is not allowed against this resource',
    cause: 'The endpoint does not serve the S3 API (a website endpoint, a CDN), or the version that was asked for is a delete marker.',
    fix: 'Set AWS_ENDPOINT_URL_S3 to the API endpoint of the server, or leave it unset for AWS.',
    isSeenIn: anyOf(coded('MethodNotAllowed'), said(/method is not allowed against this resource/i)),
  },
  'checksum-refused': {
    link: 'network',
    symptom: 'BadDigest, InvalidDigest or XAmzContentSHA256Mismatch: the checksum does not match the body',
    cause:
      'The bytes changed on their way, which points to a proxy that rewrites bodies; or a server other than AWS calculates the checksum in another way.',
    fix: 'Start the run again; nothing was stored. If it stays, go around the proxy, or set BRIDGE_S3_CHECKSUMS=when-required.',
    isSeenIn: anyOf(
      coded(
        'BadDigest',
        'InvalidDigest',
        'XAmzContentSHA256Mismatch',
        'XAmzContentChecksumMismatch',
        'InvalidChecksum',
        'Md5Mismatch',
        'Crc64Mismatch',
        'InvalidMd5',
      ),
      said(
        /Content-MD5 you specified (?:did not match|was (?:an )?invalid)|checksum.{0,60}did not match|MD5 value specified in the request did not match/i,
      ),
    ),
  },
  'upload-gone': {
    link: 'locations',
    symptom: 'NoSuchUpload, InvalidPart or InvalidPartOrder: the upload or one of its parts is not there',
    cause: 'Somebody aborted the upload: usually a lifecycle rule AbortIncompleteMultipartUpload that is shorter than the copy takes.',
    fix: 'Start the run again. Let the rule wait for seven days at least.',
    isSeenIn: anyOf(
      coded('NoSuchUpload', 'InvalidPart', 'InvalidPartOrder', 'EntityTooSmall'),
      said(/specified (?:multipart )?upload does not exist/i),
    ),
  },
  'object-too-large': {
    link: 'locations',
    symptom: 'EntityTooLarge or RequestBodyTooLarge: the object is larger than the service takes',
    cause: 'An object, part or block is over a limit of the service or of a server or proxy in between.',
    fix: 'Check the size of the object against the limits of the destination, and the body limit of a proxy (client_max_body_size of nginx).',
    isSeenIn: anyOf(
      coded('EntityTooLarge', 'RequestBodyTooLarge', 'RequestEntityTooLarge', 'MaxMessageLengthExceeded'),
      said(/413 Request Entity Too Large/i),
    ),
  },
  'key-or-metadata-refused': {
    link: 'locations',
    symptom: 'KeyTooLongError, MetadataTooLarge, InvalidTag, InvalidMetadata or InvalidResourceName',
    cause: 'The destination cannot hold this key, this metadata or these tags.',
    fix: 'Set options.keyMapping: "escape" for keys, options.metadata: "skip" for metadata; the receipt of the object names what does not fit.',
    isSeenIn: coded(
      'KeyTooLongError',
      'MetadataTooLarge',
      'InvalidTag',
      'InvalidMetadata',
      'EmptyMetadataKey',
      'InvalidResourceName',
      'InvalidUri',
      'InvalidURI',
      'OutOfRangeInput',
      'TagsTooLarge',
    ),
  },
  'bucket-name-with-dots': {
    link: 'network',
    symptom: "the host name of the bucket does not match the certificate's names",
    cause: 'A name with dots, my.bucket.s3.<region>.amazonaws.com, is not covered by the certificate of S3.',
    fix: 'Set BRIDGE_S3_FORCE_PATH_STYLE=true, or use a bucket without dots in its name.',
    isSeenIn: said(/altnames?.{0,200}[\w-]+\.[\w.-]{1,200}\.s3[.-][\w.-]{1,60}amazonaws\.com/i),
  },
  'bucket-exists': {
    link: 'deployment',
    symptom: 'BucketAlreadyExists or BucketAlreadyOwnedByYou',
    cause: 'A bucket of that name exists: names are unique over all accounts of a partition.',
    fix: 'Use another name; for a bucket of your own set CreateWriteBucket=false in the stack.',
    isSeenIn: anyOf(coded('BucketAlreadyExists', 'BucketAlreadyOwnedByYou'), said(/requested bucket name is not available/i)),
  },
  'bucket-name-invalid': {
    link: 'settings',
    symptom: 'InvalidBucketName: the specified bucket is not valid',
    cause: 'The bucket in the location is no bucket name: capitals, underscores, a URL or an ARN.',
    fix: 'Write the location as s3://<bucket>/<prefix> with the name that aws s3 ls shows.',
    isSeenIn: anyOf(coded('InvalidBucketName'), said(/specified bucket is not valid/i)),
  },
  's3-other': {
    link: 'locations',
    symptom: 'an error of S3 that the doctor does not explain one by one',
    cause: 'S3, or a server in its place, refused the request.',
    fix: 'Look the code up under "Error responses" in the S3 API reference, and run npm run doctor: it lists, reads and writes in each location.',
    isSeenIn: anyOf(
      coded(
        'InvalidRequest',
        'InvalidArgument',
        'MissingSecurityHeader',
        'MissingAuthenticationToken',
        'IncompleteSignature',
        'InvalidStorageClass',
        'InvalidEncryptionAlgorithmError',
        'MalformedXML',
        'MissingContentLength',
        'UnexpectedContent',
        'BucketNotEmpty',
        'TooManyBuckets',
        'NoSuch(?:BucketPolicy|LifecycleConfiguration|TagSet|ObjectLockConfiguration|AccessPoint)',
        'InvalidBucketState',
        'InvalidSecurity',
      ),
      said(/\bAmazon S3\b|S3ServiceException|\bs3:\/\/|\bs3[.-][\w.-]{0,60}amazonaws\.com|x-amz-(?:request-id|id-2)|\bHostId\b/i),
      said(
        /calling the (?:(?:Get|Put|Head|Delete|Copy|List|Restore)(?:Object|Bucket)\w*|CreateMultipartUpload|UploadPart|CompleteMultipartUpload) operation/,
      ),
    ),
    rank: 'family',
  },
} as const satisfies Failures;
