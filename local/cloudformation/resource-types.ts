import { z } from 'zod';
import type { AwsStandIn } from '../aws/server.ts';

/** A resource as the rest of its stack sees it. */
export interface StackResource {
  /** What `Ref` of it stands for. */
  readonly ref: string;
  /** What `Fn::GetAtt` of it stands for, by attribute. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Creates a resource of one type in the stand-in. Throws an Error when its properties are not valid, or not known. */
export type CreateResource = (properties: unknown, aws: AwsStandIn) => StackResource;

const policyDocument = z.union([z.string(), z.record(z.string(), z.unknown())]);

const oidcProvider = resourceType(
  z.strictObject({ Url: z.url(), ClientIdList: z.array(z.string()), ThumbprintList: z.array(z.string()).optional() }),
  ({ Url, ClientIdList }, aws) => {
    const arn = aws.createOidcProvider({ url: Url, clientIds: ClientIdList });
    return { ref: arn, attributes: { Arn: arn } };
  },
);

const role = resourceType(
  z.strictObject({
    RoleName: z.string(),
    Description: z.string().optional(),
    MaxSessionDuration: z.coerce.number().int().optional(),
    AssumeRolePolicyDocument: policyDocument,
  }),
  ({ RoleName, MaxSessionDuration, AssumeRolePolicyDocument }, aws) => {
    const arn = aws.createRole({
      name: RoleName,
      trustPolicy: AssumeRolePolicyDocument,
      policies: [],
      ...(MaxSessionDuration !== undefined && { maxSessionSeconds: MaxSessionDuration }),
    });
    return { ref: RoleName, attributes: { Arn: arn } };
  },
);

const rolePolicy = resourceType(
  z.strictObject({ PolicyName: z.string(), RoleName: z.string(), PolicyDocument: policyDocument }),
  ({ PolicyName, RoleName, PolicyDocument }, aws) => {
    aws.addRolePolicy(RoleName, PolicyDocument);
    return { ref: PolicyName, attributes: {} };
  },
);

const bucket = resourceType(
  z.strictObject({
    BucketName: z.string(),
    // The stand-in is on one machine for one person: a created bucket neither encrypts nor publishes, and keeps abandoned uploads and no versions.
    VersioningConfiguration: z.strictObject({ Status: z.enum(['Enabled', 'Suspended']) }).optional(),
    BucketEncryption: z.unknown().optional(),
    PublicAccessBlockConfiguration: z.unknown().optional(),
    OwnershipControls: z.unknown().optional(),
    LifecycleConfiguration: z.unknown().optional(),
  }),
  ({ BucketName }, aws) => {
    aws.createBucket(BucketName);
    return { ref: BucketName, attributes: { Arn: `arn:aws:s3:::${BucketName}` } };
  },
);

// Policies of buckets are not evaluated. Ours refuses plain HTTP, and the stand-in takes every request as if it had come by TLS.
const bucketPolicy = resourceType(z.strictObject({ Bucket: z.string(), PolicyDocument: policyDocument }), ({ Bucket }) => ({
  ref: Bucket,
  attributes: {},
}));

/** Every type of resource that the stand-in can have. */
export const RESOURCE_TYPES: Readonly<Record<string, CreateResource>> = {
  'AWS::IAM::OIDCProvider': oidcProvider,
  'AWS::IAM::Role': role,
  'AWS::IAM::RolePolicy': rolePolicy,
  'AWS::S3::Bucket': bucket,
  'AWS::S3::BucketPolicy': bucketPolicy,
};

function resourceType<T>(schema: z.ZodType<T>, create: (properties: T, aws: AwsStandIn) => StackResource): CreateResource {
  return (properties, aws) => {
    const parsed = schema.safeParse(properties);
    if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
    return create(parsed.data, aws);
  };
}
