import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { type AwsStandIn, type AwsStandInOptions, type IssuedSession, startAwsStandIn } from '../../../../local/aws/server.ts';

export const TENANT_ISSUER = 'https://sts.windows.net/9f6a3f5e-6d1c-4a0e-8f56-2f5d4c1f0b11/';

/** A role that trusts nobody, for sessions that tests issue. */
export function untrustingPolicy(): unknown {
  return {
    Version: '2012-10-17',
    Statement: { Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRoleWithWebIdentity' },
  };
}

export function allow(action: string | readonly string[], resource: string | readonly string[], condition: unknown = {}): unknown {
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: resource, Condition: condition }] };
}

export interface TestAws {
  readonly aws: AwsStandIn;
  /** The role may do everything. */
  readonly roleArn: string;
  readonly credentials: IssuedSession;
  /** Full access, unless `config` brings other credentials. */
  client(config?: S3ClientConfig): S3Client;
  /** A client of a role with just these policies. */
  clientOf(policies: readonly unknown[]): S3Client;
  /** A new bucket of its own for a test. */
  newBucket(): string;
  stop(): Promise<void>;
}

/** Starts a stand-in with one all-powerful role. */
export async function startTestAws(options: AwsStandInOptions = {}): Promise<TestAws> {
  const aws = await startAwsStandIn(options);
  const roleArn = aws.createRole({ name: 'everything', trustPolicy: untrustingPolicy(), policies: [allow('s3:*', '*')] });
  const credentials = aws.issueSession({ roleArn, expiresInSeconds: 3600 });
  const clients: S3Client[] = [];
  let buckets = 0;
  let roles = 0;

  function client(config: S3ClientConfig = {}): S3Client {
    const made = new S3Client({ endpoint: aws.url, region: aws.region, credentials, forcePathStyle: true, maxAttempts: 1, ...config });
    clients.push(made);
    return made;
  }

  return {
    aws,
    roleArn,
    credentials,
    client,
    clientOf(policies) {
      roles += 1;
      const arn = aws.createRole({ name: `role-${roles}`, trustPolicy: untrustingPolicy(), policies });
      return client({ credentials: aws.issueSession({ roleArn: arn, expiresInSeconds: 3600 }) });
    },
    newBucket() {
      buckets += 1;
      const name = `bucket-${buckets}`;
      aws.createBucket(name);
      return name;
    },
    async stop() {
      for (const one of clients) one.destroy();
      await aws.stop();
    },
  };
}
