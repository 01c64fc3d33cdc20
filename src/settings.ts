import { z } from 'zod';
import { type Checked, checkJobs, type Job } from './jobs.ts';
import { type Location, LocationError, parseLocation } from './locations.ts';

/** How the app proves who it is: one of four ways, each with what it needs. */
export type IdentitySettings =
  | { readonly mode: 'managed-identity'; readonly managedIdentityClientId?: string }
  | { readonly mode: 'federated-app'; readonly tenantId: string; readonly clientId: string; readonly managedIdentityClientId: string }
  | { readonly mode: 'certificate'; readonly tenantId: string; readonly clientId: string; readonly certificatePath: string }
  | { readonly mode: 'client-secret'; readonly tenantId: string; readonly clientId: string; readonly clientSecret: string };

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

export interface Settings {
  readonly audience: string;
  readonly identity: IdentitySettings;
  readonly authorityHost?: string;
  readonly disableInstanceDiscovery: boolean;
  readonly aws: AwsSettings;
  readonly stateStorage: StateStorageSettings;
  readonly stateContainer: string;
  readonly sliceSeconds: number;
  readonly jobs: readonly Job[];
  /** What an ad hoc run may name. */
  readonly allowedLocations: readonly Location[];
}

type Environment = Readonly<Record<string, string | undefined>>;

const AZURITE = 'UseDevelopmentStorage=true';
const AZURITE_CONNECTION =
  'DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1;';

const flag = z
  .enum(['true', 'false'], 'must be "true" or "false"')
  .default('false')
  .transform((text) => text === 'true');
const required = z.string('is not set').min(1, 'is empty');
const url = z.url('must be a URL').optional();

const seconds = (min: number, max: number, preset: number) =>
  z.coerce
    .number(`must be a whole number from ${min} to ${max}`)
    .int(`must be a whole number from ${min} to ${max}`)
    .min(min)
    .max(max)
    .default(preset);

const general = z.object({
  BRIDGE_IDENTITY: z
    .enum(
      ['managed-identity', 'federated-app', 'certificate', 'client-secret'],
      'must be managed-identity, federated-app, certificate or client-secret',
    )
    .default('managed-identity'),
  BRIDGE_AUDIENCE: required,
  AZURE_AUTHORITY_HOST: url,
  BRIDGE_DISABLE_INSTANCE_DISCOVERY: flag,
  AWS_ROLE_ARN: required.regex(
    /^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/,
    'must be the ARN of an IAM role, arn:aws:iam::<account>:role/<name>',
  ),
  AWS_REGION: required.regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/, 'must be an AWS region, such as eu-central-1'),
  AWS_ENDPOINT_URL_S3: url,
  AWS_ENDPOINT_URL_STS: url,
  BRIDGE_SESSION_SECONDS: seconds(900, 43_200, 3_600),
  BRIDGE_S3_FORCE_PATH_STYLE: flag,
  BRIDGE_S3_CHECKSUMS: z.enum(['when-supported', 'when-required'], 'must be when-supported or when-required').default('when-supported'),
  BRIDGE_STATE_CONTAINER: z
    .string()
    .regex(/^[a-z0-9](?:-?[a-z0-9]){2,62}$/, 'must be a valid container name')
    .default('keyless-bridge'),
  BRIDGE_SLICE_SECONDS: seconds(1, 480, 300),
});

/** What each mode reads besides BRIDGE_IDENTITY. */
const identities: Record<IdentitySettings['mode'], z.ZodType<IdentitySettings>> = {
  'managed-identity': z
    .object({ AZURE_CLIENT_ID: z.string().optional() })
    .transform((env) => ({ mode: 'managed-identity' as const, ...given('managedIdentityClientId', env.AZURE_CLIENT_ID) })),
  'federated-app': z
    .object({ AZURE_TENANT_ID: required, AZURE_CLIENT_ID: required, BRIDGE_MANAGED_IDENTITY_CLIENT_ID: required })
    .transform((env) => ({
      mode: 'federated-app' as const,
      tenantId: env.AZURE_TENANT_ID,
      clientId: env.AZURE_CLIENT_ID,
      managedIdentityClientId: env.BRIDGE_MANAGED_IDENTITY_CLIENT_ID,
    })),
  certificate: z
    .object({ AZURE_TENANT_ID: required, AZURE_CLIENT_ID: required, AZURE_CLIENT_CERTIFICATE_PATH: required })
    .transform((env) => ({
      mode: 'certificate' as const,
      tenantId: env.AZURE_TENANT_ID,
      clientId: env.AZURE_CLIENT_ID,
      certificatePath: env.AZURE_CLIENT_CERTIFICATE_PATH,
    })),
  'client-secret': z.object({ AZURE_TENANT_ID: required, AZURE_CLIENT_ID: required, AZURE_CLIENT_SECRET: required }).transform((env) => ({
    mode: 'client-secret' as const,
    tenantId: env.AZURE_TENANT_ID,
    clientId: env.AZURE_CLIENT_ID,
    clientSecret: env.AZURE_CLIENT_SECRET,
  })),
};

/** Reads and checks all settings. `jobsFile` is the text of jobs.json, where there is one. Every problem is told at once. */
export function readSettings(environment: Environment, jobsFile: string | undefined): Checked<Settings> {
  const env = withoutEmpty(environment);
  const common = checkEnv(general, env);
  const identity = checkEnv(identities[common.value?.BRIDGE_IDENTITY ?? 'managed-identity'], env);
  const stateStorage = readStateStorage(env);
  const jobs = readJobs(env, jobsFile);
  const allowed = readAllowed(env, jobs.value ?? []);
  const problems = [common, identity, stateStorage, jobs, allowed].flatMap((part) => part.problems ?? []);
  if (!(common.value && identity.value && stateStorage.value && jobs.value && allowed.value)) return { problems };
  return {
    value: {
      audience: common.value.BRIDGE_AUDIENCE,
      identity: identity.value,
      ...given('authorityHost', common.value.AZURE_AUTHORITY_HOST),
      disableInstanceDiscovery: common.value.BRIDGE_DISABLE_INSTANCE_DISCOVERY,
      aws: awsSettings(common.value),
      stateStorage: stateStorage.value,
      stateContainer: common.value.BRIDGE_STATE_CONTAINER,
      sliceSeconds: common.value.BRIDGE_SLICE_SECONDS,
      jobs: jobs.value,
      allowedLocations: allowed.value,
    },
  };
}

function awsSettings(env: z.infer<typeof general>): AwsSettings {
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
    return { value: { connectionString: connectionString === AZURITE ? AZURITE_CONNECTION : connectionString } };
  }
  const accountName = env['AzureWebJobsStorage__accountName'];
  const blobServiceUrl = env['AzureWebJobsStorage__blobServiceUri'] ?? (accountName && `https://${accountName}.blob.core.windows.net`);
  if (blobServiceUrl === undefined) {
    return { problems: ['AzureWebJobsStorage is not set, nor AzureWebJobsStorage__blobServiceUri or AzureWebJobsStorage__accountName'] };
  }
  return { value: { blobServiceUrl, ...given('managedIdentityClientId', env['AzureWebJobsStorage__clientId']) } };
}

function readJobs(env: Environment, jobsFile: string | undefined): Checked<readonly Job[]> {
  if (env['BRIDGE_JOBS'] !== undefined) return checkJobs(env['BRIDGE_JOBS'], 'BRIDGE_JOBS');
  return jobsFile === undefined ? { value: [] } : checkJobs(jobsFile, 'jobs.json');
}

/** The locations of the configured jobs, where BRIDGE_ALLOWED_LOCATIONS says nothing. */
function readAllowed(env: Environment, jobs: readonly Job[]): Checked<readonly Location[]> {
  const text = env['BRIDGE_ALLOWED_LOCATIONS'];
  if (text === undefined)
    return { value: jobs.flatMap(({ source, destination, reportTo }) => [source, destination, ...(reportTo ? [reportTo] : [])]) };
  const locations = text
    .split(/[\s,]+/)
    .filter((part) => part !== '')
    .map(tryLocation);
  const problems = locations.filter((result) => typeof result === 'string').map((message) => `BRIDGE_ALLOWED_LOCATIONS: ${message}`);
  return problems.length > 0 ? { problems } : { value: locations.filter((result) => typeof result !== 'string') };
}

function tryLocation(text: string): Location | string {
  try {
    return parseLocation(text);
  } catch (error) {
    if (error instanceof LocationError) return error.message;
    throw error;
  }
}

function checkEnv<T>(schema: z.ZodType<T>, env: Environment): Checked<T> {
  const result = schema.safeParse(env);
  if (result.success) return { value: result.data };
  return { problems: result.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`) };
}

/** A setting that is there but empty counts as not set, which is how templates leave out a value. */
function withoutEmpty(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value.trim() !== ''));
}

function given<K extends string, V>(name: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [name]: value } as { [P in K]?: V });
}
