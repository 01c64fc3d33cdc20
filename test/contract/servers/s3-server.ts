import { randomUUID } from 'node:crypto';
import type { S3Client } from '@aws-sdk/client-s3';
import { type AwsStandIn, startAwsStandIn } from '../../../local/aws/server.ts';
import { createS3Client } from '../../../src/stores/s3/s3-client.ts';
import { createS3Store } from '../../../src/stores/s3/s3-store.ts';
import type { ContractStore, StoreServer } from '../suite/store-contract.ts';

const ANYTHING = { Effect: 'Allow', Action: 's3:*', Resource: '*' };
const LISTING_ONLY = { Effect: 'Allow', Action: 's3:ListBucket', Resource: '*' };
const TRUST = { Effect: 'Allow', Action: 'sts:AssumeRoleWithWebIdentity', Principal: '*' };
const asPolicy = (statement: object) => ({ Version: '2012-10-17', Statement: [statement] });

interface S3TestServer extends StoreServer {
  readonly aws: AwsStandIn;
  /** An empty bucket; returns its name. */
  createBucket(): string;
  /** A client that may do what the policy's one statement says: anything, unless given. */
  clientFor(options?: ClientOptions): S3Client;
}

interface ClientOptions {
  readonly statement?: object;
  readonly endpoint?: string;
  readonly maxAttempts?: number;
  readonly checksums?: 'when-supported' | 'when-required';
}

/** The AWS stand-in, in memory, with a role that may do anything. */
export async function startS3Server(): Promise<S3TestServer> {
  const aws = await startAwsStandIn();
  const roleArn = aws.createRole({ name: 'tester', trustPolicy: asPolicy(TRUST), policies: [asPolicy(ANYTHING)] });

  const clients: S3Client[] = [];

  function clientFor({
    statement = ANYTHING,
    endpoint = aws.url,
    maxAttempts = 3,
    checksums = 'when-supported',
  }: ClientOptions = {}): S3Client {
    const credentials = aws.issueSession({ roleArn, expiresInSeconds: 3_600, policy: asPolicy(statement) });
    const client = createS3Client({ region: aws.region, endpoint, credentials, forcePathStyle: true, checksums, maxAttempts });
    clients.push(client);
    return client;
  }

  function createBucket(): string {
    const bucket = `test-${randomUUID()}`;
    aws.createBucket(bucket);
    return bucket;
  }

  const client = clientFor();
  const deniedClient = clientFor({ statement: LISTING_ONLY });
  const unreachableClient = clientFor({ endpoint: 'http://127.0.0.1:1', maxAttempts: 2 });

  return {
    aws,
    createBucket,
    clientFor,

    async createLocation() {
      const bucket = createBucket();
      const open = (s3: S3Client, name = bucket): ContractStore => createS3Store({ client: s3, bucket: name, prefix: '' });
      return {
        otherTier: 'STANDARD_IA',
        maxMetadataBytes: 2 * 1024,
        open: ({ prefix = '', pageSize } = {}) =>
          createS3Store({ client, bucket, prefix, ...(pageSize === undefined ? {} : { pageSize }) }),
        openMissing: () => open(client, 'no-such-bucket'),
        openDenied: () => open(deniedClient),
        openUnreachable: () => open(unreachableClient),
      };
    },

    async stop() {
      for (const s3 of clients) s3.destroy();
      await aws.stop();
    },
  };
}
