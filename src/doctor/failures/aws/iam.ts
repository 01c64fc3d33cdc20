import type { Failures } from '../../explain/evidence.ts';
import { anyOf, coded, notAllowed, said } from '../signs.ts';

/** IAM names the policy as in "with an explicit deny in a service control policy: arn:…". */
const deniedIn = (policy: string) => said(new RegExp(`explicit deny in (?:an? |the )?(?:\\w+ )?${policy}`, 'i'));
/** … or as in "because no permissions boundary allows the s3:PutObject action". */
const noneAllows = (policy: string) => said(new RegExp(`\\bno ${policy} allows`, 'i'));

/** Which policy of AWS says no: the words of its AccessDenied messages. An explicit deny wins over every permission. */
export const IAM_FAILURES = {
  'explicit-deny-scp': {
    link: 'locations',
    symptom: 'explicit deny in a service control policy',
    cause:
      'A service control policy (SCP) of the AWS organization denies the action for the account, often outside some regions or for some services.',
    fix: 'Only the management account can change it: ask the owner of the organization for an exception for the role (the message may name the policy). Permissions of the role and the bucket make no difference.',
    isSeenIn: deniedIn('service control policy'),
  },
  'explicit-deny-rcp': {
    link: 'locations',
    symptom: 'explicit deny in a resource control policy',
    cause:
      'A resource control policy (RCP) of the organization that owns the bucket or key denies requests from outside it, or without the conditions that it names.',
    fix: "Ask the owner of the organization to exempt the role. For sts:AssumeRoleWithWebIdentity the RCP must know the tenant's OIDC provider. Permissions of the role and the bucket make no difference.",
    isSeenIn: deniedIn('resource control policy'),
  },
  'explicit-deny-boundary': {
    link: 'locations',
    symptom: 'explicit deny in a permissions boundary',
    cause: 'The permissions boundary that is attached to the role has a Deny statement that covers the action.',
    fix: 'aws iam get-role --role-name <role> --query Role.PermissionsBoundary names it: let its owner narrow the Deny, or use a role without it.',
    isSeenIn: deniedIn('permissions boundary'),
  },
  'explicit-deny-session-policy': {
    link: 'sts',
    symptom: 'explicit deny in a session policy',
    cause: 'A policy that was given when the session was made denies the action. The bridge itself gives none with a Deny.',
    fix: 'Find who made the session (its name is in the message) and remove the Deny from the policy that is passed to AssumeRoleWithWebIdentity.',
    isSeenIn: deniedIn('session policy'),
  },
  'explicit-deny-identity-policy': {
    link: 'locations',
    symptom: 'explicit deny in an identity-based policy',
    cause: 'A policy of the role itself has a Deny statement that covers the action, such as one for other regions or addresses.',
    fix: 'aws iam list-attached-role-policies and list-role-policies --role-name <role>: narrow or remove the Deny statement. Another permission does not outweigh it.',
    isSeenIn: deniedIn('identity-based policy'),
  },
  'explicit-deny-resource-policy': {
    link: 'locations',
    symptom: 'explicit deny in a resource-based policy',
    cause:
      'The policy of the bucket or of the KMS key has a Deny statement that covers this request: by address, VPC endpoint, TLS, encryption header, organization or principal.',
    fix: 'aws s3api get-bucket-policy --bucket <bucket> (aws kms get-key-policy for a key): exempt the role in the condition of the Deny, or meet it (for a demanded encryption set options.encryption of the job).',
    isSeenIn: deniedIn('resource-based policy'),
  },
  'explicit-deny-vpc-endpoint': {
    link: 'network',
    symptom: 'explicit deny in a VPC endpoint policy',
    cause: 'The request goes through a VPC endpoint whose policy denies it.',
    fix: 'Let the owner of the network narrow the Deny in the policy of the endpoint, or reach S3 and STS over another way.',
    isSeenIn: deniedIn('VPC endpoint policy'),
  },
  'explicit-deny': {
    link: 'locations',
    symptom: 'AccessDenied with an explicit deny',
    cause:
      'A Deny statement covers the action: in a policy of the role, of the bucket or KMS key, of a VPC endpoint, or of the organization (SCP, RCP). It wins over every permission.',
    fix: 'Find the Deny: the policies of the role and its permissions boundary, then get-bucket-policy and get-key-policy, then the SCPs and RCPs of the organization. Narrow it so that it does not cover the role.',
    isSeenIn: said(
      /explicit(?:ly)? den(?:y|ied|ies)(?! in (?:an? |the )?(?:\w+ )?(?:service control|resource control|permissions boundary|session|identity-based|resource-based|VPC endpoint))/i,
    ),
  },
  'no-scp-allows': {
    link: 'locations',
    symptom: 'because no service control policy allows the action',
    cause: 'The service control policies of the organization list what is permitted, and the action is not in the list.',
    fix: 'Ask the owner of the organization to add the action to the SCPs of the account and of every unit above it.',
    isSeenIn: noneAllows('service control policy'),
  },
  'no-rcp-allows': {
    link: 'locations',
    symptom: 'because no resource control policy allows the action',
    cause: 'The default policy RCPFullAWSAccess is not attached where the bucket or key is.',
    fix: 'Ask the owner of the organization to attach RCPFullAWSAccess again.',
    isSeenIn: noneAllows('resource control policy'),
  },
  'no-boundary-allows': {
    link: 'locations',
    symptom: 'because no permissions boundary allows the action',
    cause: 'The permissions boundary of the role is the most that the role may do, and it lacks the action.',
    fix: 'Add the action and the bucket to the boundary (aws iam get-role --role-name <role> --query Role.PermissionsBoundary names it), or take the boundary off the role.',
    isSeenIn: noneAllows('permissions boundary'),
  },
  'no-session-policy-allows': {
    link: 'sts',
    symptom: 'because no session policy allows the action',
    cause:
      'The session is narrowed to the locations and options of its run, and this request is outside of them: another bucket or prefix, or an option that the run did not have when it began.',
    fix: 'Check that the location is spelled as in the job. If the app itself made the request for its own job, this is a fault of the bridge: report it with the message.',
    isSeenIn: noneAllows('session policy'),
  },
  'no-vpc-endpoint-policy-allows': {
    link: 'network',
    symptom: 'because no VPC endpoint policy allows the action',
    cause: 'The request goes through a VPC endpoint whose policy does not list the action or the bucket.',
    fix: 'Let the owner of the network add the bucket and the role to the policy of the endpoint.',
    isSeenIn: noneAllows('VPC endpoint policy'),
  },
  'public-access-blocked': {
    link: 'locations',
    symptom: 'S3 Block Public Access prevents it',
    cause:
      'A public policy or ACL was to be set, or is the only thing that lets the request in, and Block Public Access does not permit that.',
    fix: 'Remove options.acl from the job (or use bucket-owner-full-control), and give the role its own permission. Leave Block Public Access on.',
    isSeenIn: said(/Block ?Public ?(?:Access|Acls|Policy)|RestrictPublicBuckets|IgnorePublicAcls/i),
  },
  'option-not-permitted': {
    link: 'locations',
    symptom: 'not authorized to perform s3:PutObjectTagging, s3:PutObjectAcl, s3:DeleteObject, s3:RestoreObject or the like',
    cause: 'The job uses an option (tags, acl, delete, archived.restore) for which the role was not set up.',
    fix: 'Update the stack with the parameter of the option: AllowTags, AllowAcl, AllowDelete or AllowRestore = true, or remove the option from the job.',
    isSeenIn: notAllowed(
      's3:(?:(?:Put|Get|Delete)Object(?:Version)?Tagging|PutObject(?:Version)?Acl|DeleteObject(?:Version)?|RestoreObject)',
    ),
  },
  'multipart-needs-decrypt': {
    link: 'locations',
    symptom: 'small objects are copied, large ones get AccessDenied',
    cause: 'With SSE-KMS an upload in parts must decrypt the parts to join them, and kms:Decrypt (or kms:GenerateDataKey) is missing.',
    fix: 'Allow kms:Decrypt and kms:GenerateDataKey on the KMS key for the role (parameter KmsKeyArns of the stack); a key of another account must name the role in its own policy too.',
    isSeenIn: said(/AccessDenied.{0,80}(?:UploadPart|CompleteMultipartUpload) operation(?!.{0,1500}explicit deny)/i),
  },
  'kms-key-denied': {
    link: 'locations',
    symptom:
      'not authorized to perform: kms:Decrypt or kms:GenerateDataKey, or the ciphertext refers to a key that you are not allowed to access',
    cause:
      'The objects are encrypted with a KMS key that the role may not use: reading and joining parts need kms:Decrypt, writing kms:GenerateDataKey. No other account can use the AWS managed key aws/s3.',
    fix: 'Add the ARN of the key to the role: --kms-key of infra/deploy.sh, or the parameter KmsKeyArns of the stack. A key of another account must name the role in its own policy too. Objects under aws/s3 of another account must be encrypted anew by their owner.',
    isSeenIn: anyOf(
      notAllowed('kms:(?:Decrypt|GenerateDataKey\\w*|Encrypt|ReEncrypt\\w*|DescribeKey|CreateGrant)'),
      coded('KMS.AccessDenied'),
      said(/ciphertext refers to a customer ?master ?key/i),
    ),
  },
  'listing-denied': {
    link: 'locations',
    symptom: 'a HEAD of a missing object, or a listing, gets 403',
    cause: 'Without s3:ListBucket for the prefix S3 says "denied" where it would say "absent".',
    fix: 'Allow s3:ListBucket on the bucket for the role, with a condition on s3:prefix that covers the prefix of the location, and check the bucket policy.',
    isSeenIn: anyOf(
      notAllowed('s3:ListBucket\\w*'),
      said(
        /did not list s3:\/\/.{0,1200}\(403(?: AccessDenied| Forbidden)?\)(?!.{0,1500}explicit deny)|\(403\).{0,80}HeadObject operation|HeadObject.{0,80}\b403\b/i,
      ),
    ),
  },
  'no-resource-policy-allows': {
    link: 'locations',
    symptom: 'because no resource-based policy allows the action',
    cause: 'Bucket or KMS key belong to another account: then its own policy must name the role, besides the permission of the role.',
    fix: 'Let the owner add the role with the action to the bucket policy (for the objects and for the bucket), and to the policy of the KMS key.',
    isSeenIn: noneAllows('resource-based policy'),
  },
  'deployer-lacks-permission': {
    link: 'deployment',
    symptom: 'not authorized to perform an action of IAM, CloudFormation or S3 that only a deployment needs',
    cause: 'Whoever deploys the stack may not create the role, the OIDC provider or the bucket.',
    fix: 'Deploy as a principal with the permissions in infra/README.md (iam:CreateRole, iam:PutRolePolicy, iam:CreateOpenIDConnectProvider, cloudformation:*), or hand the template to whoever has them.',
    isSeenIn: notAllowed(
      '(?:iam|cloudformation|organizations|ssm):\\w+|s3:(?:CreateBucket|PutBucket\\w+|PutEncryptionConfiguration|PutLifecycleConfiguration)|kms:(?:CreateKey|PutKeyPolicy)',
    ),
  },
  'no-identity-policy-allows': {
    link: 'locations',
    symptom: 'because no identity-based policy allows the action',
    cause: 'No policy of the role has the action on this bucket and prefix. Case matters, and so does the slash at the end of a prefix.',
    fix: 'Add the action for the bucket or object that the message names to a policy of the role: update the stack with the right ReadBucket, ReadPrefix, WriteBucket and WritePrefix.',
    isSeenIn: noneAllows('identity-based policy'),
    rank: 'broad',
  },
  'not-authorized': {
    link: 'locations',
    symptom: 'User … is not authorized to perform an action, without a reason',
    cause:
      'AWS gives no reason across accounts: a policy of the role lacks the action, the bucket policy or KMS key of the other account does not name the role, or a Deny covers it.',
    fix: "Compare the action and the resource in the message with the policies of the role, then with the bucket policy and the key policy in the owner's account. CloudTrail of that account has the reason.",
    isSeenIn: said(/not authorized to perform: ?[\w-]{1,40}:\w(?!(?:(?!not authorized to perform).){0,1500}(?:explicit deny|because no))/i),
    rank: 'broad',
  },
  'access-denied': {
    link: 'locations',
    symptom: 'AccessDenied without a reason',
    cause:
      'AWS gives no reason across accounts and to anonymous requests. Usual ones: a permission of the role, the bucket policy, the KMS key, requester pays, a VPC endpoint, or a missing s3:ListBucket, for which an absent object is "denied".',
    fix: 'Run npm run doctor: it tries list, read and write one by one. Then compare the policies of the role, the bucket and the KMS key; the event in CloudTrail of the owner has the reason. Set options.requesterPays where requesters pay.',
    isSeenIn: anyOf(coded('AccessDenied'), said(/\bAccess Denied\b|HTTP Status Code: 403/i)),
    rank: 'family',
  },
} as const satisfies Failures;
