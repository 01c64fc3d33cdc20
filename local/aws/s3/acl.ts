import { AwsError } from '../aws-error.ts';
import type { AwsRequest } from '../aws-request.ts';
import type { BucketSettings } from '../storage/buckets.ts';
import { invalidArgument } from './errors.ts';

const CANNED = [
  'private',
  'public-read',
  'public-read-write',
  'authenticated-read',
  'aws-exec-read',
  'bucket-owner-read',
  'bucket-owner-full-control',
];

/** Throws for an ACL that the bucket does not take. Without ACLs, which is the default, only its owner's full control is one. */
export function checkAcl(request: AwsRequest, { ownership = 'BucketOwnerEnforced' }: BucketSettings): void {
  const acl = request.header('x-amz-acl');
  if (acl === undefined) return;
  if (!CANNED.includes(acl)) throw invalidArgument('x-amz-acl', acl, '');
  if (ownership !== 'BucketOwnerEnforced' || acl === 'bucket-owner-full-control') return;
  throw new AwsError('AccessControlListNotSupported', 400, 'The bucket does not allow ACLs');
}
