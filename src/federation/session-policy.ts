import { FederationError } from './federation-error.ts';

/** STS refuses a session policy of more characters. */
const MAX_POLICY_LENGTH = 2_048;

/** Access of a run to one prefix of one bucket. */
export type Grant = {
  readonly bucket: string;
  /** '' for the whole bucket. */
  readonly prefix: string;
  /** With the tags of objects. */
  readonly tags?: boolean;
} & (
  | {
      readonly access: 'read';
      /** May restore archived objects. */
      readonly mayRestore?: boolean;
    }
  | {
      /** Includes reading back what was written, but not deleting it. */
      readonly access: 'write';
      readonly mayDelete?: boolean;
      /** May give what it writes an ACL. */
      readonly maySetAcl?: boolean;
      /** For the whole bucket: IAM has no condition on the prefix for this action. */
      readonly mayListUploads?: boolean;
    }
);

export interface SessionPolicyOptions {
  /** Partition of the ARNs; `aws` unless given. */
  readonly partition?: string;
  /** `false` for servers other than AWS: they have no KMS, and refuse a policy with actions that they do not know. */
  readonly hasKms?: boolean;
}

const OBJECT_ACTIONS = {
  read: ['s3:GetObject'],
  write: ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
} as const;

const TAG_ACTIONS = { read: 's3:GetObjectTagging', write: 's3:PutObjectTagging' } as const;

const KEY_ACTIONS = {
  read: ['kms:Decrypt'],
  // An upload in parts must decrypt the parts to join them.
  write: ['kms:Decrypt', 'kms:GenerateDataKey'],
} as const;

/**
 * The policy (JSON) that narrows a session to `grants`. It allows nothing that the role itself does not. Throws
 * {@link FederationError} `invalid-session-policy` when it would be too long for STS.
 */
export function sessionPolicyFor(grants: readonly Grant[], { partition = 'aws', hasKms = true }: SessionPolicyOptions = {}): string {
  const policy = inLatin1({
    Version: '2012-10-17',
    Statement: [
      ...grants.flatMap((grant) => [onObjects(grant, partition), ...onBucket(grant, partition)]),
      ...(hasKms ? [onKeys(grants)] : []),
    ],
  });
  if (policy.length > MAX_POLICY_LENGTH)
    throw new FederationError(
      'invalid-session-policy',
      `The session policy for ${grants.map(({ bucket, prefix }) => `s3://${bucket}/${prefix}`).join(', ')} has ${policy.length} characters, but AWS STS takes ${MAX_POLICY_LENGTH} at most. Use shorter prefixes, or fewer locations in one job.`,
    );
  return policy;
}

/** JSON of the characters that STS takes in a policy, up to U+00FF. All others are escaped, which counts for the length. */
function inLatin1(document: unknown): string {
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(document).replaceAll(/[\u007f-\u009f\u0100-\uffff]/g, escaped);
}

function onObjects(grant: Grant, partition: string) {
  const deletion = grant.access === 'write' && grant.mayDelete ? ['s3:DeleteObject'] : [];
  const acl = grant.access === 'write' && grant.maySetAcl ? ['s3:PutObjectAcl'] : [];
  const restore = grant.access === 'read' && grant.mayRestore ? ['s3:RestoreObject'] : [];
  return {
    Effect: 'Allow',
    Action: [...OBJECT_ACTIONS[grant.access], ...deletion, ...acl, ...restore, ...(grant.tags === true ? [TAG_ACTIONS[grant.access]] : [])],
    Resource: `arn:${partition}:s3:::${grant.bucket}/${literally(grant.prefix)}*`,
  };
}

function onBucket(grant: Grant, partition: string): readonly object[] {
  const { bucket, prefix } = grant;
  const allow = { Effect: 'Allow', Resource: `arn:${partition}:s3:::${bucket}` };
  // A listing of the whole bucket names no prefix, so a condition on it would fail.
  const condition = prefix === '' ? {} : { Condition: { StringLike: { 's3:prefix': `${literally(prefix)}*` } } };
  // Without s3:ListBucket, S3 says of an absent object that access to it is denied.
  const listing = { ...allow, Action: 's3:ListBucket', ...condition };
  const mayListUploads = grant.access === 'write' && grant.mayListUploads;
  return mayListUploads ? [listing, { ...allow, Action: 's3:ListBucketMultipartUploads' }] : [listing];
}

/** Encrypted objects need their keys; which ones is for the role and the keys' own policies to say. */
function onKeys(grants: readonly Grant[]) {
  return {
    Effect: 'Allow',
    Action: KEY_ACTIONS[grants.some(({ access }) => access === 'write') ? 'write' : 'read'],
    Resource: '*',
    Condition: { StringLike: { 'kms:ViaService': 's3.*' } },
  };
}

/** `text` with the characters that IAM would take for wildcards or variables escaped. */
function literally(text: string): string {
  return text.replace(/[*?$]/g, (character) => `\${${character}}`);
}
