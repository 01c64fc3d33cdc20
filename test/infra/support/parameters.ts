import type { Job } from '../../../src/config/jobs/jobs.ts';
import type { SyncOptions } from '../../../src/config/options/sync-options.ts';

/** What is said otherwise for a destination in Blob Storage. */
const RETURN_OPTIONS = {
  accessTier: 'map',
  tierMap: { DEEP_ARCHIVE: 'Archive' },
  encryption: { scope: 'finance' },
  tags: true,
  keys: 's3://contoso-archive/answers/today.ndjson',
  verify: true,
  readContent: true,
  filter: ['+ /drafts/final/**', '- /drafts/'],
} satisfies Partial<Record<keyof SyncOptions, unknown>>;

const OPTIONS = {
  compare: 'size',
  overwrite: 'if-newer',
  concurrency: 8,
  lanes: 2,
  splitAt: ['m'],
  archived: { restore: { maxBytes: '500 GiB', speed: 'standard', days: 3, tier: 'Cool' } },
  keyMapping: 'fail',
  folderMarkers: 'skip',
  bandwidth: '50 MiB',
  requestsPerSecond: 500,
  include: ['*.{pdf,xml}'],
  exclude: ['/tmp/'],
  minSize: '1 B',
  maxSize: '5 GiB',
  minAge: 'PT1H',
  maxAge: 'P30D',
  delete: { maxCount: 100, maxPercent: 5, allowEmptySource: false, despiteFailures: false },
  dryRun: false,
  storageClass: 'map',
  tierMap: { Cold: 'DEEP_ARCHIVE' },
  encryption: { algorithm: 'aws:kms', kmsKeyId: 'alias/finance', bucketKey: true },
  acl: 'bucket-owner-full-control',
  requesterPays: true,
  tags: false,
  metadata: 'fail',
} satisfies Record<Exclude<keyof SyncOptions, 'accessTier' | 'filter' | 'verify' | 'readContent' | 'keys'>, unknown>;

/** A job that says everything that a job can say. */
export const FULL_JOB = {
  name: 'invoices',
  source: 'https://contoso.blob.core.windows.net/invoices/2026/',
  destination: 's3://contoso-archive/invoices/',
  schedule: '0 0 2 * * *',
  enabled: true,
  options: OPTIONS,
  reportTo: 's3://contoso-archive/reports/',
} satisfies Record<keyof Job, unknown>;

/** A job in the other direction, whose report goes to a third account. */
export const RETURN_JOB = {
  name: 'answers',
  source: 's3://contoso-archive/answers/',
  destination: 'https://contoso.blob.core.windows.net/answers',
  options: RETURN_OPTIONS,
  reportTo: 'https://fabrikam.blob.core.windows.net/reports',
};

/** What main.bicep cannot do without. */
export const REQUIRED = {
  audience: 'api://00000000-0000-0000-0000-000000000001/keyless-bridge',
  roleArn: 'arn:aws:iam::111122223333:role/keyless-bridge',
  awsRegion: 'eu-central-1',
};
