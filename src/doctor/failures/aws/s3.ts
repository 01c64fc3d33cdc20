import type { Failures } from '../../explain/evidence.ts';
import { anyOf, coded, said } from '../signs.ts';

/** Buckets and objects of S3. */
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
      said(
        /must be addressed using the specified endpoint|region .{1,60} is wrong; expecting|location constraint is incompatible|the bucket (?:is in the region|has another endpoint)|\(301\).{0,80}HeadObject|\(301\).{0,80}HeadBucket/i,
      ),
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
        /Content-MD5 you specified (?:did not match|was (?:an )?invalid)|checksum.{0,60}did not match|Value for x-amz-checksum-\w{1,20} header is invalid|MD5 value specified in the request did not match/i,
      ),
    ),
  },
  'upload-gone': {
    link: 'locations',
    symptom: 'NoSuchUpload, InvalidPart or InvalidPartOrder: the upload or one of its parts is not there',
    cause: 'Somebody aborted the upload: usually a lifecycle rule AbortIncompleteMultipartUpload that is shorter than the copy takes.',
    fix: 'Start the run again. Let the rule wait for seven days at least.',
    isSeenIn: anyOf(coded('NoSuchUpload', 'InvalidPart', 'InvalidPartOrder'), said(/specified (?:multipart )?upload does not exist/i)),
  },
  'object-too-large': {
    link: 'locations',
    symptom: 'EntityTooLarge, EntityTooSmall or RequestBodyTooLarge: the object or a part has a size that the service does not take',
    cause:
      'An object, part or block is over a limit of the service or of a server or proxy in between; or a part is under 5 MiB, which only the last may be.',
    fix: 'Check the size of the object against the limits of the destination, and the body limit of a proxy (client_max_body_size of nginx).',
    isSeenIn: anyOf(
      coded('EntityTooLarge', 'EntityTooSmall', 'RequestBodyTooLarge', 'RequestEntityTooLarge', 'MaxMessageLengthExceeded'),
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
