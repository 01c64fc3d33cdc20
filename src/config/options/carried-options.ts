import { z } from 'zod';
import { shownName } from '../../text/outside-text.ts';

/** Tiers that can be written. Archives are included, since a job has to name them. */
export const STORAGE_CLASSES = [
  'STANDARD',
  'REDUCED_REDUNDANCY',
  'INTELLIGENT_TIERING',
  'STANDARD_IA',
  'ONEZONE_IA',
  'GLACIER_IR',
  'GLACIER',
  'DEEP_ARCHIVE',
] as const;
export const ACCESS_TIERS = ['Hot', 'Cool', 'Cold', 'Archive'] as const;

export const CANNED_ACLS = [
  'private',
  'public-read',
  'public-read-write',
  'authenticated-read',
  'aws-exec-read',
  'bucket-owner-read',
  'bucket-owner-full-control',
] as const;

/** Each copy gets the counterpart of its source's tier. */
const MAP = 'map';

/** The options that say what copies take along, and how they are kept. */
export const carriedOptions = {
  storageClass: z
    .enum([...STORAGE_CLASSES, MAP])
    .optional()
    .meta({
      description:
        "To S3: the storage class of every copy, or map: the counterpart of the source's access tier. By default the bucket's own.",
      examples: [MAP, 'STANDARD_IA'],
    }),
  accessTier: z
    .enum([...ACCESS_TIERS, MAP])
    .optional()
    .meta({
      description:
        "To Blob Storage: the access tier of every copy, or map: the counterpart of the source's storage class. By default the account's own.",
      examples: [MAP, 'Cool'],
    }),
  tierMap: z
    .record(z.string(), z.string())
    .optional()
    .meta({
      description: 'With map: counterparts that differ from the defaults, by what the source has.',
      examples: [{ Cold: 'DEEP_ARCHIVE' }],
    }),
  encryption: z
    .strictObject({
      algorithm: z
        .enum(['AES256', 'aws:kms', 'aws:kms:dsse'])
        .optional()
        .meta({ description: 'To S3: the algorithm, which is then named in each write.', default: 'aws:kms', examples: ['AES256'] }),
      kmsKeyId: z
        .string()
        .min(1)
        .max(2_048)
        .optional()
        .meta({ description: "To S3: the KMS key. By default the account's key for S3.", examples: ['alias/finance'] }),
      bucketKey: z
        .boolean()
        .optional()
        .meta({ description: "To S3: whether the bucket's key saves requests to KMS. By default as the bucket has it.", examples: [true] }),
      scope: z
        .string()
        .min(3)
        .max(63)
        .optional()
        .meta({ description: 'To Blob Storage: the encryption scope.', examples: ['finance'] }),
    })
    .optional()
    .meta({
      description:
        'How copies are encrypted: by an algorithm of S3, or under an encryption scope. By default as the bucket or container has it.',
      examples: [{ kmsKeyId: 'alias/finance', bucketKey: true }, { algorithm: 'AES256' }, { scope: 'finance' }],
    }),
  acl: z
    .enum(CANNED_ACLS)
    .optional()
    .meta({
      description: 'To S3: the canned ACL of every copy, where the bucket allows ACLs or a policy wants one. By default none is sent.',
      examples: ['bucket-owner-full-control'],
    }),
  tags: z
    .boolean()
    .optional()
    .meta({ description: 'Carries object tags and blob index tags.', default: false, examples: [true] }),
  metadata: z
    .enum(['rename', 'skip', 'fail'])
    .optional()
    .meta({
      description:
        'What becomes of metadata whose name the other side cannot hold: it is renamed reversibly, left out, or fails the object.',
      default: 'rename',
      examples: ['skip'],
    }),
};

const schema = z.strictObject(carriedOptions);

export type CarriedOptions = z.infer<typeof schema>;

type Cloud = 's3' | 'blob';
type Report = (option: string, message: string) => void;

/** Tells what does not fit a destination on this cloud. */
export function checkCarriedOptions(options: CarriedOptions, destination: Cloud, report: Report): void {
  const { storageClass, accessTier, tierMap, encryption, acl } = options;
  if (storageClass !== undefined && destination !== 's3') report('storageClass', 'is for a destination in S3; a blob has an accessTier');
  if (accessTier !== undefined && destination !== 'blob')
    report('accessTier', 'is for a destination in Blob Storage; S3 has a storageClass');
  if (acl !== undefined && destination !== 's3') report('acl', 'is for a destination in S3; a blob has none');
  if (tierMap !== undefined) checkTierMap(options, tierMap, destination, report);
  if (encryption !== undefined) checkEncryption(encryption, destination, report);
}

function checkTierMap(
  { storageClass, accessTier }: CarriedOptions,
  tierMap: Readonly<Record<string, string>>,
  destination: Cloud,
  report: Report,
): void {
  if (storageClass !== MAP && accessTier !== MAP) {
    report('tierMap', `needs ${destination === 's3' ? 'storageClass' : 'accessTier'} to be "${MAP}"`);
  }
  const [from, to]: readonly (readonly string[])[] =
    destination === 's3' ? [ACCESS_TIERS, STORAGE_CLASSES] : [STORAGE_CLASSES, ACCESS_TIERS];
  for (const [source, tier] of Object.entries(tierMap)) {
    if (from?.includes(source) !== true) report('tierMap', `knows no ${shownName(source)} at the source; there is ${from?.join(', ')}`);
    if (to?.includes(tier) !== true) report('tierMap', `knows no ${shownName(tier)} at the destination; there is ${to?.join(', ')}`);
  }
}

function checkEncryption(encryption: NonNullable<CarriedOptions['encryption']>, destination: Cloud, report: Report): void {
  const { scope, ...ofS3 } = encryption;
  if (destination === 's3' && scope !== undefined) report('encryption', 'has a scope, which is for a destination in Blob Storage');
  if (destination === 'blob' && Object.keys(ofS3).length > 0)
    report('encryption', 'has kmsKeyId, bucketKey or algorithm, which are for a destination in S3');
  const { algorithm, kmsKeyId, bucketKey } = ofS3;
  if (algorithm === 'AES256' && (kmsKeyId !== undefined || bucketKey !== undefined))
    report('encryption', 'has kmsKeyId or bucketKey, which AES256 has no use for: leave them out, or name aws:kms');
  if (algorithm === 'aws:kms:dsse' && bucketKey === true) report('encryption', 'has bucketKey, which aws:kms:dsse does not allow');
  if (destination === 'blob' && scope === undefined) report('encryption', 'needs the scope');
}
