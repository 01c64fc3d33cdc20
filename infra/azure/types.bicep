metadata description = 'The types of the parameters: jobs as src/config/jobs/jobs.ts checks them, and where things are.'

@export()
@description('A sync, as in jobs.json. The app checks it again, more closely.')
@sealed()
type job = {
  @description('1 to 48 of a-z, 0-9 and "-".')
  @minLength(1)
  @maxLength(48)
  name: string
  @description('https://<account>.blob.core.windows.net/<container>/<prefix> or s3://<bucket>/<prefix>; one end of a job is on each cloud.')
  source: string
  @description('A location on the other cloud than the source.')
  destination: string
  @description('NCRONTAB of six fields, second first, or of five without the second. Without it the job is started by HTTP only.')
  schedule: string?
  @description('With false the schedule starts no run.')
  enabled: bool?
  options: jobOptions?
  @description('The location where each run puts its report.')
  reportTo: string?
}

@sealed()
type jobOptions = {
  compare: ('auto' | 'checksum' | 'size' | 'always')?
  @description('What becomes of what the destination has and is not current.')
  overwrite: ('changed' | 'if-newer' | 'never')?
  @description('Objects under way at once in each lane.')
  @minValue(1)
  @maxValue(128)
  concurrency: int?
  @description('Ranges of keys under way at once.')
  @minValue(1)
  @maxValue(64)
  lanes: int?
  @description('Keys at which the ranges are split, instead of looking for them.')
  splitAt: string[]?
  @description('Whether nothing is written, and the report tells what would be.')
  dryRun: bool?
  @description('What becomes of an object whose key the other side cannot hold.')
  keyMapping: ('escape' | 'fail')?
  @description('What becomes of objects without bytes that only stand for a folder.')
  folderMarkers: ('copy' | 'skip' | 'convert')?
  @description('Bytes a second that the run reads over all instances: a number, or text with a unit, such as 50 MiB.')
  #disable-next-line no-explicit-any // Bicep has no union of a number or an object with text.
  bandwidth: any?
  @description('Requests a second to both stores together, over all instances.')
  @minValue(1)
  requestsPerSecond: int?
  @description('Where a list of keys is, NDJSON or CSV: only these are compared and copied.')
  keys: string?
  @description('Globs on keys: only what matches one is synced.')
  include: string[]?
  @description('Globs on keys: what matches one is not synced.')
  exclude: string[]?
  @description('Instead of include and exclude: rules with "+ " or "- " before the glob, of which the first that matches decides.')
  filter: string[]?
  @description('Only objects of at least this size: a number of bytes, or text with a unit, such as 1 KiB.')
  #disable-next-line no-explicit-any // Bicep has no union of a number or an object with text.
  minSize: any?
  @description('Only objects of at most this size.')
  #disable-next-line no-explicit-any // Bicep has no union of a number or an object with text.
  maxSize: any?
  @description('Only objects last modified at least so long before the run, as an ISO 8601 duration, such as PT1H.')
  minAge: string?
  @description('Only objects last modified at most so long before the run.')
  maxAge: string?
  delete: deletion?
  @description('Whether nothing is copied, and the report tells of each object whether its copy has the same content.')
  verify: bool?
  @description('With verify: whether contents are read where checksums tell nothing.')
  readContent: bool?
  @description('What becomes of archived objects that would be copied: skip, or { restore: { maxBytes: …, speed: …, days: …, tier: … } }.')
  #disable-next-line no-explicit-any // Bicep has no union of a number or an object with text.
  archived: any?
  @description('Of copies in S3: the same for all, or map: the counterpart of the source\'s access tier.')
  storageClass: (
    | 'STANDARD'
    | 'REDUCED_REDUNDANCY'
    | 'INTELLIGENT_TIERING'
    | 'STANDARD_IA'
    | 'ONEZONE_IA'
    | 'GLACIER_IR'
    | 'GLACIER'
    | 'DEEP_ARCHIVE'
    | 'map')?
  @description('Of copies in Blob Storage: the same for all, or map: the counterpart of the source\'s storage class.')
  accessTier: ('Hot' | 'Cool' | 'Cold' | 'Archive' | 'map')?
  @description('With map: counterparts that differ from the defaults, by what the source has.')
  tierMap: {
    *: string
  }?
  @description('Whether the AWS account of the role pays for the requests to the bucket.')
  requesterPays: bool?
  encryption: encryption?
  @description('Of copies in S3: the canned ACL, where the bucket allows ACLs or a policy wants one.')
  acl: (
    | 'private'
    | 'public-read'
    | 'public-read-write'
    | 'authenticated-read'
    | 'aws-exec-read'
    | 'bucket-owner-read'
    | 'bucket-owner-full-control')?
  @description('Whether object tags and blob index tags are carried. The bridge then becomes an owner of the blobs of the container.')
  tags: bool?
  @description('What becomes of metadata whose name the other side cannot hold.')
  metadata: ('rename' | 'skip' | 'fail')?
}

@description('Deletes at last, within these limits, what the destination has and the source has not.')
@sealed()
type deletion = {
  @description('If more objects would be deleted, none is.')
  @minValue(1)
  maxCount: int?
  @description('If a larger part of the objects of the destination would be deleted, none is: a number of percent, such as 0.5.')
  #disable-next-line no-explicit-any // Bicep has no union of a number or an object with text.
  maxPercent: any?
  @description('Deletes even if the source has no object at all.')
  allowEmptySource: bool?
  @description('Deletes even if objects of the source could not be copied, because they failed or are archived.')
  despiteFailures: bool?
}

@description('How copies are encrypted: by an algorithm of S3, or under an encryption scope in Blob Storage.')
@sealed()
type encryption = {
  algorithm: ('AES256' | 'aws:kms' | 'aws:kms:dsse')?
  kmsKeyId: string?
  bucketKey: bool?
  scope: string?
}

@export()
@description('Where the storage accounts of the data are, by account name. One that is not named is looked for in the resource group of the bridge.')
type dataAccounts = {
  *: dataAccount
}

@sealed()
type dataAccount = {
  resourceGroup: string
  @description('The subscription of the bridge unless given.')
  subscriptionId: string?
}

@export()
@description('Subnets and zones of an existing virtual network.')
@sealed()
type network = {
  @description('Subnet of the app, delegated to Microsoft.App/environments.')
  appSubnetId: string
  @description('Subnet of the private endpoints of the host storage.')
  endpointSubnetId: string
  @description('Private DNS zones (privatelink.blob.…, queue, table) to register the endpoints in. Leave out where a policy does that.')
  dnsZoneIds: {
    blob: string
    queue: string
    table: string
  }?
}

@export()
@description('The limits of ad hoc runs. A member that is left out has the default of the app.')
@sealed()
type adHocLimits = {
  @description('false: there are no ad hoc runs.')
  allowed: bool?
  @description('Where their lists of keys may be, besides the lists that jobs name.')
  keyLists: string[]?
  @description('Objects that one run may delete; 0 unless given.')
  @minValue(0)
  maxDeletions: int?
  @description('How much one run may restore, such as 500 GiB; nothing unless given.')
  maxRestore: string?
  @description('Storage classes and access tiers that it may write; all but archives unless given.')
  tiers: string[]?
  @description('Canned ACLs that it may write; those that let only owners in unless given.')
  acls: string[]?
}

@export()
@description('An S3-compatible server in place of AWS.')
@sealed()
type s3Server = {
  s3Endpoint: string
  stsEndpoint: string
  @description('For servers without virtual hosts.')
  forcePathStyle: bool?
  @description('when-required is for servers that ignore or refuse the checksum headers of S3.')
  checksums: ('when-supported' | 'when-required')?
}

@export()
@description('How the app proves to AWS who it is: by its managed identity, or by an app registration that trusts this identity.')
type identityMode = 'managed-identity' | 'federated-app'
