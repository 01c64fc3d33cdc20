import { describe, expect, it } from 'vitest';
import { checkSyncRequest } from '../../../src/config/jobs/jobs.ts';

const S3 = 's3://bucket/there';
const BLOB = 'https://account.blob.core.windows.net/box/there';

const toS3 = (options: unknown) => checkSyncRequest({ source: BLOB, destination: S3, options });
const toBlob = (options: unknown) => checkSyncRequest({ source: S3, destination: BLOB, options });

describe('the options for what copies take along', () => {
  it.each([
    { storageClass: 'DEEP_ARCHIVE' },
    { storageClass: 'map' },
    { storageClass: 'map', tierMap: { Cool: 'ONEZONE_IA', Cold: 'GLACIER' } },
    { encryption: {} },
    { encryption: { kmsKeyId: 'alias/ours', bucketKey: true } },
    { encryption: { algorithm: 'AES256' } },
    { encryption: { algorithm: 'aws:kms', kmsKeyId: 'alias/ours', bucketKey: true } },
    { encryption: { algorithm: 'aws:kms:dsse', kmsKeyId: 'alias/ours' } },
    { acl: 'bucket-owner-full-control' },
  ])('go with a destination in S3: %j', (options) => {
    expect(toS3(options).value?.options).toMatchObject(options);
  });

  it.each([
    { tags: true, metadata: 'skip' },
    { accessTier: 'Archive' },
    { accessTier: 'map', tierMap: { GLACIER: 'Archive' } },
    { encryption: { scope: 'finance' } },
  ])('go with a destination in Blob Storage: %j', (options) => {
    expect(toBlob(options).value?.options).toMatchObject(options);
  });

  it.each([
    [{ storageClass: 'Hot' }, 'options.storageClass: '],
    [{ accessTier: 'Cool' }, 'options.accessTier: is for a destination in Blob Storage; S3 has a storageClass'],
    [{ tierMap: { Hot: 'STANDARD' } }, 'options.tierMap: needs storageClass to be "map"'],
    [{ storageClass: 'STANDARD', tierMap: {} }, 'options.tierMap: needs storageClass to be "map"'],
    [{ storageClass: 'map', tierMap: { hot: 'STANDARD' } }, 'options.tierMap: knows no hot at the source; there is Hot, Cool'],
    [{ storageClass: 'map', tierMap: { Hot: 'Cool' } }, 'options.tierMap: knows no Cool at the destination; there is STANDARD'],
    [{ encryption: { scope: 'finance' } }, 'options.encryption: has a scope'],
    [{ encryption: { key: 'x' } }, 'options.encryption: '],
    [{ encryption: { algorithm: 'AES256', kmsKeyId: 'alias/ours' } }, 'options.encryption: has kmsKeyId or bucketKey, which AES256'],
    [{ encryption: { algorithm: 'aws:kms:dsse', bucketKey: true } }, 'options.encryption: has bucketKey, which aws:kms:dsse'],
    [{ encryption: { algorithm: 'aes' } }, 'options.encryption.algorithm: '],
    [{ acl: 'owner' }, 'options.acl: '],
    [{ tags: 'yes' }, 'options.tags: '],
    [{ metadata: 'drop' }, 'options.metadata: '],
  ])('are refused for a destination in S3: %j', (options, problem) => {
    expect(toS3(options).problems).toEqual([expect.stringContaining(problem)]);
  });

  it.each([
    [{ storageClass: 'STANDARD' }, 'options.storageClass: is for a destination in S3; a blob has an accessTier'],
    [{ accessTier: 'hot' }, 'options.accessTier: '],
    [{ encryption: {} }, 'options.encryption: needs the scope'],
    [{ encryption: { scope: 'finance', kmsKeyId: 'alias/ours' } }, 'options.encryption: has kmsKeyId, bucketKey or algorithm'],
    [{ encryption: { scope: 'finance', algorithm: 'AES256' } }, 'options.encryption: has kmsKeyId, bucketKey or algorithm'],
    [{ acl: 'private' }, 'options.acl: is for a destination in S3'],
  ])('are refused for a destination in Blob Storage: %j', (options, problem) => {
    expect(toBlob(options).problems).toEqual([expect.stringContaining(problem)]);
  });
});
