import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Account, createAccount, type RoleDefinition } from './iam/account.ts';
import { parsePolicy } from './iam/policy.ts';
import { createRequestListener } from './request-listener.ts';
import { checkBucketName } from './s3/bucket-operations.ts';
import { createS3Service } from './s3/s3-service.ts';
import type { BucketSettings } from './storage/buckets.ts';
import { openStorage } from './storage/storage.ts';
import { createIssuerKeys } from './sts/issuer-keys.ts';
import { createStsService } from './sts/sts-service.ts';
import { createWebIdentityVerifier } from './sts/web-identity.ts';

export interface AwsStandInOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** Where buckets and objects are kept, for one stand-in at a time; they survive its sudden end. Without it they last until `stop`. */
  readonly dataDir?: string;
  readonly region?: string;
  readonly clock?: () => Date;
  /** Vouches for the TLS of the token issuers, beside the usual certificate authorities. */
  readonly trustedCaPem?: string;
  /** Where the OpenID discovery of an issuer really is: base URL, without `/.well-known`, by issuer as its tokens write it. */
  readonly issuerLocations?: Readonly<Record<string, string>>;
}

export interface SessionOptions {
  readonly roleArn: string;
  readonly expiresInSeconds: number;
  /** A session policy: the session may do only what the role and this allow. */
  readonly policy?: unknown;
}

export interface IssuedSession {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/** S3 (path style), IAM and STS of one AWS account in one region, on one loopback port. Roles and sessions are in memory. */
export interface AwsStandIn {
  /** The endpoint of S3 and of STS. */
  readonly url: string;
  readonly accountId: string;
  readonly region: string;
  /** How often each operation was asked for, by its name in the API, such as `GetObject`. Refused requests count as well. */
  readonly requestCounts: Map<string, number>;
  /** Does nothing when the bucket is there already. */
  createBucket(name: string, settings?: BucketSettings): void;
  /** Changes settings of a bucket that is there. Throws when a policy is not valid. */
  configureBucket(name: string, settings: BucketSettings): void;
  /** Returns the provider's ARN. `url` is the issuer exactly as tokens write it. */
  createOidcProvider(provider: { readonly url: string; readonly clientIds: readonly string[] }): string;
  /** Returns the role's ARN; throws when a policy is not valid. */
  createRole(role: RoleDefinition): string;
  /** Adds a policy to a role; sessions that are open keep what they were given. */
  addRolePolicy(roleName: string, document: unknown): void;
  /** Opens a session without a token: for tests, and for people's own tools. */
  issueSession(session: SessionOptions): IssuedSession;
  /** Ends every session now, as if its time had run out. */
  expireSessions(): void;
  stop(): Promise<void>;
}

const ACCOUNT_ID = '111122223333';
const KEEP_ALIVE_MS = 60_000;

/** Starts the stand-in on 127.0.0.1. */
export async function startAwsStandIn(options: AwsStandInOptions = {}): Promise<AwsStandIn> {
  const { port = 0, region = 'eu-central-1', clock = () => new Date() } = options;
  const storage = await openStorage(options.dataDir);
  const account = createAccount(ACCOUNT_ID, clock);
  const requestCounts = new Map<string, number>();
  const count = (operation: string) => void requestCounts.set(operation, (requestCounts.get(operation) ?? 0) + 1);
  const keysOf = createIssuerKeys({ locations: options.issuerLocations ?? {}, trustedCaPem: options.trustedCaPem, clock });
  const verifyToken = createWebIdentityVerifier(account, keysOf, clock);
  const listener = createRequestListener({
    s3: createS3Service({ storage, accountId: ACCOUNT_ID, region, clock }, account, count),
    sts: createStsService({ account, region, clock, verifyToken }, count),
  });

  function configureBucket(name: string, settings: BucketSettings): void {
    if (settings.policy !== undefined) parsePolicy(settings.policy, 'bucket');
    storage.buckets.configure(name, settings);
  }

  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, listener.onRequest).on('checkContinue', listener.onRequestThatWaits);
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    accountId: ACCOUNT_ID,
    region,
    requestCounts,
    createBucket(name, settings) {
      checkBucketName(name);
      const isNew = storage.buckets.create(name, clock().getTime());
      if (isNew && settings !== undefined) configureBucket(name, settings);
    },
    configureBucket,
    createOidcProvider: (provider) => account.createOidcProvider(provider).arn,
    createRole: (role) => account.createRole(role).arn,
    addRolePolicy: account.addRolePolicy,
    issueSession: (session) => issueSession(account, session),
    expireSessions: account.expireSessions,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await listener.idle();
      await storage.close();
    },
  };
}

function issueSession(account: Account, { roleArn, expiresInSeconds, policy }: SessionOptions): IssuedSession {
  const role = account.findRole(roleArn);
  if (role === undefined) throw new Error(`There is no role ${roleArn}. Create it with createRole, then ask again.`);
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = account.openSession({
    role,
    name: 'issued',
    expiresInSeconds,
    policy: policy === undefined ? undefined : parsePolicy(policy, 'identity'),
  });
  return { accessKeyId, secretAccessKey, sessionToken, expiration };
}
