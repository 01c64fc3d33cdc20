import { BlobServiceClient } from '@azure/storage-blob';
import { z } from 'zod';
import { isAwsHost, partitionOfArn, partitionOfRegion } from '../clouds/aws-partitions.ts';
import { cloudOfAuthority, PUBLIC_CLOUD } from '../clouds/azure-clouds.ts';
import type { IdentityChoice } from '../federation/identity.ts';
import { shortened } from '../text/outside-text.ts';
import type { WebhookSettings } from '../webhook/webhook.ts';
import { type AdHocRules, adHocRulesOf, checkAdHoc } from './ad-hoc/ad-hoc-settings.ts';
import type { Checked } from './checked.ts';
import { type JudgedJobs, judgeJobs } from './conflicts/judge-jobs.ts';
import type { OwnStorage } from './conflicts/own-containers.ts';
import { checkEnvironment, type Environment, given, required, wholeNumber } from './environment.ts';
import { checkIdentity } from './identity-settings.ts';
import { type ReadJobs, readJobs } from './jobs/read-jobs.ts';
import { isProtected, isSafeUrl, SAFE_URL_RULE } from './safe-url.ts';
import { checkResolved } from './unresolved-settings.ts';
import { checkWebhook } from './webhook-settings.ts';

/** The AWS side. */
export interface AwsSettings {
  readonly roleArn: string;
  readonly region: string;
  readonly sessionSeconds: number;
  readonly s3Endpoint?: string;
  readonly stsEndpoint?: string;
  readonly forcePathStyle: boolean;
  readonly checksums: 'when-supported' | 'when-required';
}

/** Where the app keeps its own records: the host's storage account. */
export type StateStorageSettings =
  | { readonly connectionString: string }
  | { readonly blobServiceUrl: string; readonly managedIdentityClientId?: string };

/** The app's identity at Entra ID and AWS. */
export interface FederationSettings {
  readonly audience: string;
  readonly identity: IdentityChoice;
  readonly authorityHost?: string;
  readonly disableInstanceDiscovery: boolean;
  readonly aws: AwsSettings;
}

export interface Settings extends FederationSettings, JudgedJobs {
  readonly stateStorage: StateStorageSettings;
  readonly stateContainer: string;
  readonly sliceSeconds: number;
  /** Objects of this size and more are copied by ranges. */
  readonly largeObjectBytes: number;
  /** How long records and reports of runs are kept. */
  readonly keepDays: number;
  /** Containers that no job may use. */
  readonly ownStorage: OwnStorage;
  /** Limits of ad hoc runs. */
  readonly adHoc: AdHocRules;
  /** Where the end of each run is told. */
  readonly webhook?: WebhookSettings;
}

const MIB = 1024 * 1024;

const AZURITE = 'UseDevelopmentStorage=true';
const AZURITE_CONNECTION =
  'DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1;';

/** Characters that a URI may have but for those of a query, a fragment and a password; no quotes. An application's id is one, too. */
const APP_ID_URI = /^(?:[a-z][a-z0-9+.-]*:\/\/[\w.~/:%+,=-]+|urn:[\w.~/:%+,=-]+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

const flag = z
  .enum(['true', 'false'], 'must be "true" or "false"')
  .default('false')
  .transform((text) => text === 'true');
const url = z.string().refine(isSafeUrl, SAFE_URL_RULE).optional();

function isRoleArn(text: string): boolean {
  return partitionOfArn(text) !== undefined && /^arn:[^:]+:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(text);
}

const trust = z.object({
  BRIDGE_AUDIENCE: required
    .regex(APP_ID_URI, 'must be an App ID URI, such as api://<tenant>/keyless-bridge, and that alone')
    .regex(/^(?!.*\/\.default$)/, 'must be the App ID URI alone, without "/.default"'),
  AZURE_AUTHORITY_HOST: url,
  BRIDGE_DISABLE_INSTANCE_DISCOVERY: flag,
  AWS_ROLE_ARN: required.refine(isRoleArn, 'must be the ARN of an IAM role, arn:aws:iam::<account>:role/<name>'),
  AWS_REGION: required.refine((region) => partitionOfRegion(region) !== undefined, 'must be an AWS region, such as eu-central-1'),
  AWS_ENDPOINT_URL_S3: url,
  AWS_ENDPOINT_URL_STS: url,
  BRIDGE_SESSION_SECONDS: wholeNumber(900, 43_200, 3_600),
  BRIDGE_S3_FORCE_PATH_STYLE: flag,
  BRIDGE_S3_CHECKSUMS: z.enum(['when-supported', 'when-required'], 'must be when-supported or when-required').default('when-supported'),
});

const own = z.object({
  BRIDGE_STATE_CONTAINER: z
    .string()
    .regex(/^[a-z0-9](?:-?[a-z0-9]){2,62}$/, 'must be a valid container name')
    .default('keyless-bridge'),
  BRIDGE_SLICE_SECONDS: wholeNumber(1, 480, 300),
  BRIDGE_LARGE_OBJECT_MIB: wholeNumber(16, 4_096, 256),
  BRIDGE_KEEP_DAYS: wholeNumber(1, 3_650, 30),
});

/** Reads and checks all settings. `jobsFile` is the text of jobs.json, where there is one. Every problem is told at once; those of a
 * job cost that job, and nothing else. */
export function readSettings(environment: Environment, jobsFile: string | undefined): Checked<Settings> {
  return checkResolved(withoutEmpty(environment), (env) => readResolved(env, jobsFile));
}

function readResolved(env: Environment, jobsFile: string | undefined): Checked<Settings> {
  const federation = readFederationSettings(env);
  const common = checkEnvironment(own, env);
  const stateStorage = readStateStorage(env);
  const adHoc = checkAdHoc(env);
  const webhook = checkWebhook(env);
  const jobs = configuredJobs(env, jobsFile);
  const problems = [federation, common, stateStorage, adHoc, webhook].flatMap((part) => part.problems ?? []);
  if (problems.length > 0) return { problems: [...problems, ...shortened(jobs.wrong.flatMap((job) => job.problems))] };
  if (!(federation.value && common.value && stateStorage.value && adHoc.value)) return { problems };
  const ownStorage = { accountUrl: accountUrlOf(stateStorage.value), stateContainer: common.value.BRIDGE_STATE_CONTAINER };
  const judged = judgeJobs(jobs, ownStorage);
  return {
    value: {
      ...federation.value,
      ...judged,
      ownStorage,
      stateStorage: stateStorage.value,
      stateContainer: common.value.BRIDGE_STATE_CONTAINER,
      sliceSeconds: common.value.BRIDGE_SLICE_SECONDS,
      largeObjectBytes: common.value.BRIDGE_LARGE_OBJECT_MIB * MIB,
      keepDays: common.value.BRIDGE_KEEP_DAYS,
      adHoc: adHocRulesOf(adHoc.value, judged.jobs),
      ...given('webhook', webhook.value),
    },
  };
}

/** Reads and checks the settings of the trust chain alone, for what needs AWS credentials and no more. */
export function readFederationSettings(environment: Environment): Checked<FederationSettings> {
  return checkResolved(withoutEmpty(environment), readFederation);
}

function readFederation(env: Environment): Checked<FederationSettings> {
  const common = checkEnvironment(trust, env);
  const identity = checkIdentity(env);
  const problems = [common, identity].flatMap((part) => part.problems ?? []);
  if (common.value) problems.push(...findPartitionMismatch(common.value));
  if (problems.length > 0 || !(common.value && identity.value)) return { problems };
  return {
    value: {
      audience: common.value.BRIDGE_AUDIENCE,
      identity: identity.value,
      ...given('authorityHost', common.value.AZURE_AUTHORITY_HOST),
      disableInstanceDiscovery: common.value.BRIDGE_DISABLE_INSTANCE_DISCOVERY,
      aws: awsSettings(common.value),
    },
  };
}

/** A role and a region of two partitions of AWS never meet. Other servers name neither as AWS does. */
function findPartitionMismatch({ AWS_ROLE_ARN, AWS_REGION, AWS_ENDPOINT_URL_STS }: z.infer<typeof trust>): readonly string[] {
  const [ofRole, ofRegion] = [partitionOfArn(AWS_ROLE_ARN)?.id, partitionOfRegion(AWS_REGION)?.id];
  const isOther = AWS_ENDPOINT_URL_STS !== undefined && !isAwsHost(new URL(AWS_ENDPOINT_URL_STS).hostname);
  if (isOther || ofRole === ofRegion) return [];
  return [`AWS_REGION ${AWS_REGION} is in the partition ${ofRegion} of AWS, but AWS_ROLE_ARN names a role of ${ofRole}`];
}

function awsSettings(env: z.infer<typeof trust>): AwsSettings {
  return {
    roleArn: env.AWS_ROLE_ARN,
    region: env.AWS_REGION,
    sessionSeconds: env.BRIDGE_SESSION_SECONDS,
    ...given('s3Endpoint', env.AWS_ENDPOINT_URL_S3),
    ...given('stsEndpoint', env.AWS_ENDPOINT_URL_STS),
    forcePathStyle: env.BRIDGE_S3_FORCE_PATH_STYLE,
    checksums: env.BRIDGE_S3_CHECKSUMS,
  };
}

/** The settings that the Functions host itself uses for its storage: a connection string, or the identity-based form. */
function readStateStorage(env: Environment): Checked<StateStorageSettings> {
  const connectionString = env['AzureWebJobsStorage'];
  if (connectionString !== undefined) {
    const value = { connectionString: connectionString === AZURITE ? AZURITE_CONNECTION : connectionString };
    if (isConnectionString(value.connectionString)) return { value };
    return { problems: ['AzureWebJobsStorage must be a connection string, whose endpoints are https:// (http:// on this machine alone)'] };
  }
  const accountName = env['AzureWebJobsStorage__accountName'];
  const { storageSuffix } = cloudOfAuthority(env['AZURE_AUTHORITY_HOST']) ?? PUBLIC_CLOUD;
  const blobServiceUrl = env['AzureWebJobsStorage__blobServiceUri'] ?? (accountName && `https://${accountName}.blob.${storageSuffix}`);
  if (blobServiceUrl === undefined) {
    return { problems: ['AzureWebJobsStorage is not set, nor AzureWebJobsStorage__blobServiceUri or AzureWebJobsStorage__accountName'] };
  }
  if (!isSafeUrl(blobServiceUrl)) return { problems: [`AzureWebJobsStorage__blobServiceUri ${SAFE_URL_RULE}`] };
  return { value: { blobServiceUrl, ...given('managedIdentityClientId', env['AzureWebJobsStorage__clientId']) } };
}

function isConnectionString(text: string): boolean {
  try {
    return isProtected(new URL(BlobServiceClient.fromConnectionString(text).url));
  } catch {
    return false;
  }
}

function accountUrlOf(storage: StateStorageSettings): string {
  return 'connectionString' in storage ? BlobServiceClient.fromConnectionString(storage.connectionString).url : storage.blobServiceUrl;
}

function configuredJobs(settings: Environment, jobsFile: string | undefined): ReadJobs {
  const { BRIDGE_JOBS } = settings;
  if (BRIDGE_JOBS !== undefined) return readJobs(BRIDGE_JOBS, { where: 'BRIDGE_JOBS', settings });
  return jobsFile === undefined ? { jobs: [], wrong: [] } : readJobs(jobsFile, { where: 'jobs.json', settings });
}

/** A setting that is there but empty counts as not set, which is how templates leave out a value. */
function withoutEmpty(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value.trim() !== ''));
}
