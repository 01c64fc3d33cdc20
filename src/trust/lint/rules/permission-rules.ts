import type { Statement } from '../../evaluate/statement.ts';
import type { Role } from '../trust.ts';
import { errorOf, type Finding } from '../trust-finding.ts';

const allActions = errorOf('permissions/all-actions', {
  why: 'It allows actions by a wildcard, among them such as deleting versions or changing who may read the bucket.',
  fix: 'List the actions: s3:GetObject to read; s3:PutObject, s3:AbortMultipartUpload, s3:ListMultipartUploadParts, s3:ListBucketMultipartUploads to write; s3:ListBucket; s3:GetObjectTagging and s3:PutObjectTagging for tags.',
});
const allResources = errorOf('permissions/all-resources', {
  why: 'It allows the action on every bucket or key that the account can reach.',
  fix: 'Name the bucket for s3:ListBucket, bucket and prefix for objects, the key for KMS.',
});
const unwantedDelete = errorOf('permissions/delete', {
  why: 'It allows objects to be deleted, which syncs that only copy never do.',
  fix: 'Take s3:DeleteObject out, or say with --deletes that jobs delete.',
});
const unneeded = errorOf('permissions/unneeded', {
  why: 'It allows an S3 action that a sync never needs.',
  fix: 'Take the action out.',
});
const managedPolicy = errorOf('permissions/managed-policy', {
  why: 'A policy of AWS itself is for all buckets: it cannot be limited to yours.',
  fix: 'Replace it by statements for your buckets and prefixes.',
});

const NEEDED = new Set([
  's3:getobject',
  's3:getobjecttagging',
  's3:getobjectversion',
  's3:putobject',
  's3:putobjecttagging',
  's3:putobjectacl',
  's3:restoreobject',
  's3:abortmultipartupload',
  's3:listmultipartuploadparts',
  's3:listbucket',
  's3:listbucketmultipartuploads',
  's3:getbucketlocation',
]);
const DELETE = 's3:deleteobject';

/** Checks what a role may do. `deletes` tells whether its jobs delete objects. */
export function checkPermissions(
  { place, permissions, managedPolicyArns }: Role,
  { deletes }: { readonly deletes: boolean },
): readonly Finding[] {
  const ofAws = managedPolicyArns.filter((arn) => arn.includes(':iam::aws:policy/'));
  return [
    ...ofAws.map(() => managedPolicy(`${place}.ManagedPolicyArns`)),
    ...permissions.filter(({ isAllow }) => isAllow).flatMap((statement) => checkStatement(statement, deletes)),
  ];
}

function checkStatement(statement: Statement, deletes: boolean): readonly Finding[] {
  const { actions, resources, place, notActions, notResources } = statement;
  if (notActions.length > 0 || notResources.length > 0) return [allActions(place)];
  const ours = actions.map((action) => action.toLowerCase()).filter((action) => /^(?:s3:|kms:|\*)/.test(action));
  if (ours.length === 0) return [];
  const isWild = ours.some((action) => action.includes('*'));
  const ofS3 = ours.filter((action) => action.startsWith('s3:') && !action.includes('*'));
  return [
    ...(isWild ? [allActions(`${place}.Action`)] : []),
    ...(resources.some(isAnything) ? [allResources(`${place}.Resource`)] : []),
    ...(ofS3.includes(DELETE) && !deletes ? [unwantedDelete(`${place}.Action`)] : []),
    ...(ofS3.some((action) => action !== DELETE && !NEEDED.has(action)) ? [unneeded(`${place}.Action`)] : []),
  ];
}

/** Everything, or everything of a service: a wildcard stands where the name of the bucket or of the key starts. */
function isAnything(resource: string): boolean {
  return resource === '*' || /^arn:[^:]*:s3:::[*?]/.test(resource) || /^arn:[^:]*:kms:[^:]*:[^:]*:(?:\*|key\/\*)/.test(resource);
}
