import type { Failures } from '../../explain/evidence.ts';
import { anyOf, coded, said } from '../signs.ts';

/** Blobs and containers, and Azurite. */
export const BLOB_FAILURES = {
  'blob-leased': {
    link: 'locations',
    symptom: 'LeaseIdMissing or LeaseAlreadyPresent: there is a lease on the blob or container',
    cause: 'Another program holds a lease on it, so that nobody else may write or delete it.',
    fix: 'Wait for the other program, or end the lease: az storage blob lease break --container-name <container> --blob-name <blob> --auth-mode login.',
    isSeenIn: anyOf(
      coded('Lease(?:IdMissing|AlreadyPresent|IdMismatch\\w+|NotPresent\\w+|IsBreaking\\w+|IsBroken\\w+|Lost|AlreadyBroken)'),
      said(/currently a lease on the (?:blob|container)/i),
    ),
  },
  'blob-immutable': {
    link: 'locations',
    symptom: 'BlobImmutableDueToPolicy: the blob is immutable',
    cause: 'A retention policy or a legal hold of the container or the version protects the blob from being replaced or deleted.',
    fix: 'Wait until the retention ends, or let the owner remove the hold. Use overwrite: "never" and no delete for such a destination.',
    isSeenIn: anyOf(
      coded('BlobImmutableDueTo\\w+', 'ContainerImmutabilityPolicy\\w+', 'AccountProtectedFromDeletion'),
      said(/immutable due to (?:a policy|one or more legal holds)|has (?:a )?legal hold/i),
    ),
  },
  'blob-archived': {
    link: 'locations',
    symptom: 'BlobArchived or BlobBeingRehydrated: not permitted on an archived blob',
    cause: 'The blob is in the archive tier: it cannot be read or replaced before it is rehydrated, which takes hours.',
    fix: 'Set options.archived with restore in the job, or: az storage blob set-tier --tier Hot. Delete an archived blob at the destination to have it copied again.',
    isSeenIn: anyOf(
      coded('BlobArchived', 'BlobBeingRehydrated', 'CannotChangeToLowerTier'),
      said(/operation is not permitted on an archived blob/i),
    ),
  },
  'blob-tier-unsupported': {
    link: 'locations',
    symptom: 'the access tier is not supported for this blob or account',
    cause: 'Tiers exist for block blobs of general-purpose v2 accounts only, and the archive tier not with zone redundancy.',
    fix: 'Remove options.accessTier and options.tierMap from the job, or use a tier that the account has.',
    isSeenIn: anyOf(
      coded(
        'AccessTierNotSupportedForBlobType',
        'BlobAccessTierNotSupportedForAccountType',
        'BlobTierInadequateForContentLength',
        'InvalidBlobTier',
        'ContentLengthLargerThanTierLimit',
        'AccessTierChangeOperationNotAllowed',
      ),
      said(/access tier is not (?:supported|allowed)/i),
    ),
  },
  'blob-snapshots': {
    link: 'locations',
    symptom: 'SnapshotsPresent: the blob has snapshots',
    cause: 'A blob with snapshots cannot be deleted without them.',
    fix: 'Delete the snapshots first: az storage blob delete --delete-snapshots include.',
    isSeenIn: anyOf(coded('SnapshotsPresent', 'SnapshotOperationRateExceeded'), said(/because the blob has snapshots/i)),
  },
  'blob-blocks-left': {
    link: 'locations',
    symptom: 'InvalidBlobOrBlock, InvalidBlockId or BlockCountExceedsLimit',
    cause:
      'Another tool has left blocks with ids of another length under the same name, or the limit of blocks is reached. Azure removes uncommitted blocks after a week.',
    fix: 'Write any blob there in one request (az storage blob upload --overwrite --auth-mode login) or delete the blob, which removes the blocks; then start the run again.',
    isSeenIn: anyOf(
      coded('InvalidBlobOrBlock', 'InvalidBlockId', 'InvalidBlockList', 'BlockCountExceedsLimit', 'BlockListTooLong'),
      said(/specified (?:blob or block|block list) (?:content )?is invalid|block count cannot exceed/i),
    ),
  },
  'blob-type-differs': {
    link: 'locations',
    symptom: 'InvalidBlobType: the blob type is invalid for this operation',
    cause: 'At the destination is a page or append blob (a disk, a log) where the bridge writes block blobs.',
    fix: 'Use another prefix, or delete the blob there.',
    isSeenIn: anyOf(coded('InvalidBlobType', 'BlobIsSealed'), said(/blob type is invalid for this operation/i)),
  },
  'blob-encryption': {
    link: 'locations',
    symptom: 'the encryption scope or customer-provided key does not fit',
    cause:
      'The encryption scope does not exist or is disabled, the container demands another one, or the blob is encrypted with a key that its client provides.',
    fix: 'az storage account encryption-scope list --account-name <account>: enable the scope, or name it in options.encryption. Blobs with customer-provided keys cannot be read by the bridge.',
    isSeenIn: anyOf(
      coded(
        'BlobUsesCustomerSpecifiedEncryption',
        'BlobDoesNotUseCustomerSpecifiedEncryption',
        'BlobCustomerSpecifiedEncryptionMismatch',
        'RequestForbiddenByContainerEncryptionPolicy',
        '\\w{0,60}EncryptionScope\\w{0,60}',
      ),
      said(/encryption scope.{0,100}(?:not|disabled|forbidden|invalid)|forbidden by container encryption policy/i),
    ),
  },
  'storage-key-vault-key': {
    link: 'locations',
    symptom: 'the customer-managed key of the storage account cannot be used',
    cause: 'The key in Key Vault is disabled, expired or deleted, or the account has lost its permission for the vault.',
    fix: 'Storage account > Encryption shows key and identity: enable the key, and give that identity the role Key Vault Crypto Service Encryption User.',
    isSeenIn: anyOf(
      coded('KeyVault(?:EncryptionKey|Vault|AccessToken|CustomerManagedKey)\\w*', 'EncryptionKey(?:Disabled|NotFound)'),
      said(/key vault key is not found to unwrap the encryption key/i),
    ),
  },
  'hierarchical-namespace': {
    link: 'locations',
    symptom: 'an operation is not supported with a hierarchical namespace',
    cause:
      'The account is ADLS Gen2: a directory is where an object should be (or the other way round), or a feature such as blob index tags does not exist there.',
    fix: 'Remove options.tags from the job, and look at options.folderMarkers. Rename the directory or object that is in the way.',
    isSeenIn: anyOf(
      coded(
        'PathConflict',
        'ResourceTypeMismatch',
        'DirectoryIsNotEmpty',
        'OperationNotSupportedOnDirectory',
        'InvalidFlushPosition',
        'BlobOperationNotSupported',
        '\\w{0,60}HierarchicalNamespace\\w{0,40}',
        'EndpointUnsupportedAccountFeatures',
      ),
      said(/not (?:yet )?supported for hierarchical namespace/i),
    ),
  },
  'azurite-api-version': {
    link: 'network',
    symptom: 'The API version is not supported by Azurite',
    cause: 'Azurite is older than the storage library.',
    fix: 'Update Azurite, or start it with --skipApiVersionCheck. npm start brings its own.',
    isSeenIn: said(/API version .{1,40} is not supported by Azurite|x-ms-version.{0,120}(?:Azurite|not supported)/i),
  },
  'azurite-not-running': {
    link: 'network',
    symptom: 'connection refused on port 10000, 10001 or 10002',
    cause:
      'AzureWebJobsStorage is UseDevelopmentStorage=true (Azurite), and Azurite does not run here. In Azure that setting is never right.',
    fix: 'Start Azurite, or use npm start, which does; in Azure set AzureWebJobsStorage__accountName instead.',
    isSeenIn: said(
      /(?:ECONNREFUSED|refused).{0,60}(?:127\.0\.0\.1|localhost|::1):1000[012]\b|(?:127\.0\.0\.1|localhost):1000[012]\b.{0,60}(?:refused|ECONNREFUSED)/i,
    ),
  },
  'blob-other': {
    link: 'locations',
    symptom: 'an error of Azure Storage that the doctor does not explain one by one',
    cause: 'Azure Storage refused the request.',
    fix: 'Look the code (x-ms-error-code) up under "Blob Storage error codes" and "Common REST API error codes" in the REST reference, and run npm run doctor: it lists, reads and writes in each location.',
    isSeenIn: anyOf(
      said(
        /\.(?:blob|dfs|queue|table)\.core\.|x-ms-(?:error-code|request-id)|BlobServiceClient|StorageException|Azure Storage did not|@azure\/storage/i,
      ),
      coded(
        'ContainerAlreadyExists',
        'InvalidHeaderValue',
        'InvalidQueryParameterValue',
        'InvalidHttpVerb',
        'InvalidInput',
        'InvalidXml\\w{0,20}',
        'MissingRequired(?:Header|QueryParameter|XmlNode)',
        'MissingContentLengthHeader',
        'Unsupported(?:Header|HttpVerb|QueryParameter|XmlNode)',
        'MultipleConditionHeadersNotSupported',
        'ConditionHeadersNotSupported',
        'UnsatisfiableCondition',
        'FeatureVersionMismatch',
        'CopyAcrossAccountsNotSupported',
        'OperationNotAllowedInCurrentState',
        'BlobNotArchived',
        'SystemInUse',
        'AccountAlreadyExists',
      ),
    ),
    rank: 'family',
  },
} as const satisfies Failures;
