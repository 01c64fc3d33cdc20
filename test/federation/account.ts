import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type AwsStandIn, startAwsStandIn } from '../../local/aws/server.ts';
import type { EntraStandIn } from '../../local/entra/server.ts';
import { createAssumeRole } from '../../src/federation/assume-role.ts';
import { createFederatedCredentials } from '../../src/federation/credentials.ts';
import type { GetToken } from '../../src/federation/identity.ts';

/** Starts the AWS stand-in, with an OIDC provider for the stand-in of Entra ID and `audience`. */
export async function startAccount(entra: EntraStandIn, audience: string): Promise<AwsStandIn> {
  const aws = await startAwsStandIn({
    trustedCaPem: entra.caPem,
    issuerLocations: { [entra.issuer]: entra.discoveryBase, [entra.v2Issuer]: `${entra.discoveryBase}/v2.0` },
  });
  aws.createOidcProvider({ url: entra.issuer, clientIds: [audience] });
  return aws;
}

interface Trust {
  readonly issuer: string;
  readonly audience: string;
  readonly subjects: readonly string[];
}

/** Creates a role that may do anything on S3 and trusts exactly this audience and these subjects. Returns its ARN. */
export function createRole(aws: AwsStandIn, name: string, { issuer, audience, subjects }: Trust): string {
  const provider = issuer.replace('https://', '');
  return aws.createRole({
    name,
    trustPolicy: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Federated: `arn:aws:iam::${aws.accountId}:oidc-provider/${provider}` },
          Action: 'sts:AssumeRoleWithWebIdentity',
          Condition: { StringEquals: { [`${provider}:aud`]: audience, [`${provider}:sub`]: subjects } },
        },
      ],
    },
    policies: [{ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] }],
  });
}

interface Access {
  readonly aws: AwsStandIn;
  readonly roleArn: string;
  readonly getToken: GetToken;
  readonly policy?: string;
  readonly durationSeconds?: number;
}

/** What a run does: credentials by federation, and an S3 client that uses them. */
export function connect({ aws, getToken, durationSeconds = 900, ...session }: Access) {
  const assumeRole = createAssumeRole({
    ...session,
    region: aws.region,
    endpoint: aws.url,
    sessionName: 'test-run',
    durationSeconds,
  });
  const credentials = createFederatedCredentials({ getToken, assumeRole, sleep: async () => undefined });
  const client = new S3Client({ region: aws.region, endpoint: aws.url, forcePathStyle: true, credentials });
  return {
    credentials,
    put: (Bucket: string, Key: string, Body: string) => client.send(new PutObjectCommand({ Bucket, Key, Body })),
    get: async (Bucket: string, Key: string) => (await client.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString(),
    list: async (Bucket: string, Prefix?: string) =>
      ((await client.send(new ListObjectsV2Command({ Bucket, Prefix }))).Contents ?? []).map(({ Key }) => Key),
    delete: (Bucket: string, Key: string) => client.send(new DeleteObjectCommand({ Bucket, Key })),
  };
}
