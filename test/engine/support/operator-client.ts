import type { S3Client } from '@aws-sdk/client-s3';
import type { AwsStandIn } from '../../../local/aws/server.ts';
import { createS3Client } from '../../../src/stores/s3/s3-client.ts';

/** A client of S3 that may do everything, as whoever owns the account: what the app may is not asked. */
export function createOperatorClient(aws: AwsStandIn): S3Client {
  const roleArn = aws.createRole({
    name: 'operator',
    trustPolicy: policy({ Effect: 'Deny', Principal: '*', Action: 'sts:*' }),
    policies: [policy({ Effect: 'Allow', Action: 's3:*', Resource: '*' })],
  });
  return createS3Client({
    region: aws.region,
    endpoint: aws.url,
    forcePathStyle: true,
    checksums: 'when-supported',
    credentials: aws.issueSession({ roleArn, expiresInSeconds: 43_200 }),
  });
}

function policy(statement: object): object {
  return { Version: '2012-10-17', Statement: [statement] };
}
