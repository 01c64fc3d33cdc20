import { randomUUID } from 'node:crypto';
import { CreateBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import { inject } from 'vitest';
import { createS3Client } from '../../src/stores/s3/s3-client.ts';
import { createIamCaller } from './iam.ts';

/** What a role trusts, and what it may do at most. */
export interface RoleOptions {
  readonly issuer: string;
  readonly audience: string;
  readonly subjects: readonly string[];
  /** Anything on S3 unless given. */
  readonly statements?: readonly object[];
}

/** The account of AWS that radosgw stands for, as its owner sees it. */
export interface Account {
  readonly endpoint: string;
  readonly region: string;
  /** A client that may do everything. */
  readonly owner: S3Client;
  /** An empty bucket; returns its name. */
  createBucket(): Promise<string>;
  /** Registers the issuer with IAM, and who may come from it. */
  createOidcProvider(issuer: string, audience: string): Promise<void>;
  /** A role whose sessions last an hour at most; returns its ARN. */
  createRole(options: RoleOptions): Promise<string>;
  /** A client with the checksums that radosgw understands. */
  createClient(credentials: ClientCredentials, endpoint?: string): S3Client;
}

type ClientCredentials = Parameters<typeof createS3Client>[0]['credentials'];

const REGION = 'us-east-1';
const ANYTHING = { Effect: 'Allow', Action: 's3:*', Resource: '*' };

export function openAccount(): Account {
  const { endpoint, accountId, ...ownerKeys } = inject('radosgw');
  const createClient: Account['createClient'] = (credentials, url = endpoint) =>
    createS3Client({ region: REGION, endpoint: url, forcePathStyle: true, checksums: 'when-required', maxAttempts: 3, credentials });
  const owner = createClient(ownerKeys);
  const askIam = createIamCaller({ endpoint, region: REGION, credentials: ownerKeys });

  return {
    endpoint,
    region: REGION,
    owner,
    createClient,

    async createBucket() {
      const bucket = `test-${randomUUID()}`;
      await owner.send(new CreateBucketCommand({ Bucket: bucket }));
      return bucket;
    },

    async createOidcProvider(issuer, audience) {
      await askIam('CreateOpenIDConnectProvider', {
        Url: issuer,
        'ClientIDList.member.1': audience,
        // Demanded, and compared with nothing.
        'ThumbprintList.member.1': '0'.repeat(40),
      });
    },

    async createRole({ issuer, audience, subjects, statements = [ANYTHING] }) {
      const name = `bridge-${randomUUID()}`;
      const provider = issuer.replace('https://', '');
      const trust = {
        Effect: 'Allow',
        Principal: { Federated: [`arn:aws:iam::${accountId}:oidc-provider/${provider}`] },
        Action: ['sts:AssumeRoleWithWebIdentity'],
        Condition: { StringEquals: { [`${provider}:aud`]: audience, [`${provider}:sub`]: subjects } },
      };
      await askIam('CreateRole', { RoleName: name, Path: '/', MaxSessionDuration: '3600', AssumeRolePolicyDocument: asPolicy([trust]) });
      await askIam('PutRolePolicy', { RoleName: name, PolicyName: 's3', PolicyDocument: asPolicy(statements) });
      return `arn:aws:iam::${accountId}:role/${name}`;
    },
  };
}

function asPolicy(statements: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}
