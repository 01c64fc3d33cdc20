import { evaluateStatements } from '../../../src/trust/evaluate/statement.ts';
import type { Caller } from '../auth/authenticate.ts';
import type { AwsRequest } from '../aws-request.ts';
import { assumedRoleArn, isAllowed } from '../iam/account.ts';
import { parsePolicy } from '../iam/policy.ts';
import type { BucketSettings } from '../storage/buckets.ts';
import { accessDenied } from './errors.ts';
import { bucketArn, type S3Call, type S3Environment } from './s3-call.ts';

/** Headers that policies can have conditions on, such as `s3:x-amz-acl`. */
const CONDITION_HEADERS = [
  'x-amz-acl',
  'x-amz-copy-source',
  'x-amz-metadata-directive',
  'x-amz-server-side-encryption',
  'x-amz-server-side-encryption-aws-kms-key-id',
  'x-amz-storage-class',
  'if-match',
  'if-none-match',
];

interface Target {
  readonly bucket: string;
  readonly key: string;
  readonly settings: BucketSettings;
}

/** What an operation gets. The caller may do what the role allows, the session's own policy allows too, and the bucket's does not deny. */
export function createCall(request: AwsRequest, caller: Caller, target: Target, environment: S3Environment): S3Call {
  const { bucket, settings } = target;
  const standing = standingContext(request, caller, environment);
  const bucketPolicies = settings.policy === undefined ? [] : parsePolicy(settings.policy, 'bucket');
  const allows: S3Call['allows'] = (action, resource, extra = {}) => {
    const context = new Map(Object.entries({ ...standing, ...extra }).map(([name, value]) => [name, [value]]));
    const isOfBucket = resource === bucketArn(bucket) || resource.startsWith(`${bucketArn(bucket)}/`);
    const policies = isOfBucket ? bucketPolicies : [];
    if (evaluateStatements(policies, { action, resource, context, principal: { type: 'AWS', id: caller.session.role.arn } }) === 'denied')
      return false;
    return isAllowed(caller.session, { action, resource, context });
  };
  return {
    ...target,
    request,
    caller,
    allows,
    authorize(action, resource, extra) {
      if (allows(action, resource, extra)) return;
      throw accessDenied(
        `User: ${assumedRoleArn(caller.session, environment.accountId)} is not authorized to perform: ${action} on resource: "${resource}"`,
      );
    },
  };
}

function standingContext(request: AwsRequest, caller: Caller, { accountId, region, clock }: S3Environment): Record<string, string> {
  const sent = CONDITION_HEADERS.map((name) => [`s3:${name}`, request.header(name)] as const);
  return {
    // The stand-in takes the place of an endpoint that is reached by TLS, and is itself reached on loopback only.
    'aws:securetransport': 'true',
    'aws:resourceaccount': accountId,
    'aws:principalaccount': accountId,
    'aws:principalarn': caller.session.role.arn,
    'aws:userid': `${caller.session.role.id}:${caller.session.name}`,
    'aws:requestedregion': region,
    'aws:currenttime': clock().toISOString(),
    's3:authtype': caller.isPresigned ? 'REST-QUERY-STRING' : 'REST-HEADER',
    's3:signatureversion': 'AWS4-HMAC-SHA256',
    ...Object.fromEntries(sent.filter((entry): entry is [`s3:${string}`, string] => entry[1] !== undefined)),
  };
}
