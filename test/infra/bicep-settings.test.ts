import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jobsSchema } from '../../src/config/jobs/jobs-schema.ts';
import { checkJobs } from '../../src/config/jobs/read-jobs.ts';
import { readSettings } from '../../src/config/settings.ts';
import { type BicepFolder, openBicepFolder, type PredictedResource } from './support/bicep-folder.ts';
import { FETCH_TIMEOUT_MS } from './support/find-bicep.ts';
import { FULL_JOB, REQUIRED, RETURN_JOB } from './support/parameters.ts';

/** For services that cannot have a managed identity, which an app of ours always has. */
const SETTINGS_OF_OTHER_CALLERS = ['AZURE_CLIENT_CERTIFICATE_PATH', 'AZURE_CLIENT_SECRET'];

let folder: BicepFolder;

beforeAll(async () => {
  folder = await openBicepFolder();
}, FETCH_TIMEOUT_MS);
afterAll(() => folder[Symbol.asyncDispose]());

describe('the settings of the deployed app', () => {
  it('are all that the app reads, and none that it does not know', async () => {
    const settings = settingsOf(await folder.predict(REQUIRED));

    const ours = Object.keys(settings).filter((name) => /^(?:BRIDGE|AWS|AZURE)_/.test(name));
    expect(ours.sort()).toEqual(namesInSource().filter((name) => !SETTINGS_OF_OTHER_CALLERS.includes(name)));
  });

  it('are settings that the app accepts', async () => {
    const predicted = await folder.predict({ ...REQUIRED, jobs: [FULL_JOB, RETURN_JOB] });

    const { problems, value } = readSettings(asDeployed(settingsOf(predicted)), undefined);

    expect(problems).toBeUndefined();
    expect(value).toMatchObject({
      audience: REQUIRED.audience,
      identity: { mode: 'managed-identity' },
      aws: { roleArn: REQUIRED.roleArn, region: 'eu-central-1', forcePathStyle: false, checksums: 'when-supported' },
      stateContainer: 'keyless-bridge',
      keepDays: 30,
    });
  });

  it('hand the jobs on as they were given', async () => {
    const jobs = [FULL_JOB, RETURN_JOB];

    const { BRIDGE_JOBS = '' } = settingsOf(await folder.predict({ ...REQUIRED, jobs }));

    expect(JSON.parse(BRIDGE_JOBS)).toEqual(jobs);
    expect(checkJobs(BRIDGE_JOBS, 'BRIDGE_JOBS').problems).toBeUndefined();
  });

  it.each([
    ['a list', (jobs: unknown) => jobs],
    ['an object', (jobs: unknown) => ({ $schema: './jobs.schema.json', jobs })],
  ])('come from the environment through main.bicepparam, the jobs as %s', async (_, form) => {
    const jobs = [FULL_JOB, RETURN_JOB];
    const env = {
      BRIDGE_AUDIENCE: REQUIRED.audience,
      AWS_ROLE_ARN: REQUIRED.roleArn,
      AWS_REGION: REQUIRED.awsRegion,
      BRIDGE_JOBS: JSON.stringify(form(jobs)),
    };

    const { stdout } = await folder.run(['build-params', 'main.bicepparam', '--stdout'], env);

    const { parameters } = JSON.parse(JSON.parse(stdout).parametersJson);
    expect(parameters).toMatchObject({ audience: { value: REQUIRED.audience }, jobs: { value: jobs } });
  });

  it('come from the environment through main.bicepparam, the places of ad hoc runs too', async () => {
    const env = {
      BRIDGE_AUDIENCE: REQUIRED.audience,
      AWS_ROLE_ARN: REQUIRED.roleArn,
      AWS_REGION: REQUIRED.awsRegion,
      BRIDGE_AD_HOC_SOURCES: 's3://a/in/ https://contoso.blob.core.windows.net/in',
    };

    const { stdout } = await folder.run(['build-params', 'main.bicepparam', '--stdout'], env);

    const { parameters } = JSON.parse(JSON.parse(stdout).parametersJson);
    expect(parameters).toMatchObject({
      adHocSources: { value: ['s3://a/in/', 'https://contoso.blob.core.windows.net/in'] },
      adHocDestinations: { value: [] },
    });
  });

  it('ask for tokens as the application where that trusts the identity', async () => {
    const predicted = await folder.predict({ ...REQUIRED, identity: 'federated-app', applicationClientId: 'the-application' });

    const { value } = readSettings(asDeployed(settingsOf(predicted)), undefined);

    expect(value?.identity).toMatchObject({ mode: 'federated-app', clientId: 'the-application' });
  });

  it('let ad hoc runs use what the jobs use and what is named for them, each in its direction', async () => {
    const adHocSources = ['https://contoso.blob.core.windows.net/adhoc'];
    const adHocDestinations = ['s3://contoso-archive/adhoc'];

    const named = settingsOf(await folder.predict({ ...REQUIRED, jobs: [FULL_JOB], adHocSources, adHocDestinations }));
    const unnamed = settingsOf(await folder.predict({ ...REQUIRED, jobs: [FULL_JOB] }));

    expect(named['BRIDGE_ALLOWED_SOURCES']?.split(' ')).toEqual([FULL_JOB.source, ...adHocSources]);
    expect(named['BRIDGE_ALLOWED_DESTINATIONS']?.split(' ')).toEqual([FULL_JOB.destination, FULL_JOB.reportTo, ...adHocDestinations]);
    expect([unnamed['BRIDGE_ALLOWED_SOURCES'], unnamed['BRIDGE_ALLOWED_DESTINATIONS']]).toEqual(['', '']);
  });

  it('say what else ad hoc runs may do', async () => {
    const adHocLimits = {
      ...{ allowed: false, keyLists: ['s3://contoso-archive/lists'], maxDeletions: 5, maxRestore: '1 GiB' },
      ...{ tiers: ['STANDARD', 'Archive'], acls: ['private'] },
    };

    const predicted = await folder.predict({ ...REQUIRED, jobs: [FULL_JOB], adHocLimits });

    const { value, problems } = readSettings(asDeployed(settingsOf(predicted)), undefined);
    expect(problems).toBeUndefined();
    expect(value?.adHoc).toMatchObject({
      ...{ sources: [], keyLists: [{ bucket: 'contoso-archive', prefix: 'lists/' }], maxDeletions: 5, maxRestoreBytes: 1024 ** 3 },
      ...{ tiers: ['STANDARD', 'Archive'], acls: ['private'] },
    });
  });

  it('name the key vault that holds the secret of the webhook', async () => {
    const webhook = { webhookUrl: 'https://hooks.example', webhookSecretUri: 'https://vault.vault.azure.net/secrets/webhook' };

    const settings = settingsOf(await folder.predict({ ...REQUIRED, ...webhook }));

    expect(settings).toMatchObject({
      BRIDGE_WEBHOOK_URL: 'https://hooks.example',
      BRIDGE_WEBHOOK_SECRET: '@Microsoft.KeyVault(SecretUri=https://vault.vault.azure.net/secrets/webhook)',
    });
  });

  it('point to another S3 server where one is given', async () => {
    const s3Compatible = { s3Endpoint: 'https://s3.example', stsEndpoint: 'https://sts.example', forcePathStyle: true };

    const { value } = readSettings(asDeployed(settingsOf(await folder.predict({ ...REQUIRED, s3Compatible }))), undefined);

    expect(value?.aws).toMatchObject({ s3Endpoint: 'https://s3.example', stsEndpoint: 'https://sts.example', forcePathStyle: true });
  });
});

it('the type of a job names the fields of a job', async () => {
  const { definitions } = (await folder.compile('main.bicep')) as {
    definitions: Record<string, { properties: Record<string, unknown>; additionalProperties: false }>;
  };

  // Some options are for one direction only.
  const options = new Set([FULL_JOB, RETURN_JOB].flatMap((job) => Object.keys(job.options)));
  expect(Object.keys(definitions['_1.jobOptions']?.properties ?? {}).sort()).toEqual([...options].sort());
  expect(definitions['job']?.additionalProperties).toBe(false);
  expect(Object.keys(definitions['job']?.properties ?? {}).sort()).toEqual(Object.keys(FULL_JOB).sort());
});

describe('the types of the options', () => {
  it('are as wide as those of the app', async () => {
    const { definitions } = (await folder.compile('main.bicep')) as { definitions: Record<string, BicepType> };
    const options = (jobsSchema()['definitions'] as Record<string, JsonType>)['options']?.properties ?? {};

    expect(findNarrower(options, definitions['_1.jobOptions']?.properties ?? {}, definitions)).toEqual([]);
  });

  it('take numbers, fractions and every form of archived', async () => {
    const options = { minSize: 1024, maxSize: '1 GiB', bandwidth: 10_485_760, delete: { maxPercent: 0.5 } };
    const jobs = [
      { ...FULL_JOB, options: { ...options, archived: 'skip' } },
      { ...RETURN_JOB, options: { ...options, archived: { restore: { maxBytes: 1024 } } } },
    ];

    const { BRIDGE_JOBS = '' } = settingsOf(await folder.predict({ ...REQUIRED, jobs }));

    expect(JSON.parse(BRIDGE_JOBS)).toEqual(jobs);
  });
});

interface JsonType {
  readonly type?: string;
  readonly anyOf?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonType>>;
}

interface BicepType {
  readonly type?: string;
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, BicepType>>;
}

const BICEP_TYPES: Readonly<Record<string, string>> = {
  integer: 'int',
  boolean: 'bool',
  string: 'string',
  array: 'array',
  object: 'object',
};

/** Options whose type in Bicep leaves out a form that the app takes: a type for what has several, or for numbers with a fraction. */
function findNarrower(
  ours: Readonly<Record<string, JsonType>>,
  theirs: Readonly<Record<string, BicepType>>,
  definitions: Readonly<Record<string, BicepType>>,
): readonly string[] {
  return Object.entries(ours).flatMap(([name, { type = '', anyOf, properties }]) => {
    const own = theirs[name];
    const bicep = own?.$ref === undefined ? own : definitions[own.$ref.split('/').at(-1) ?? ''];
    const expected = anyOf === undefined ? BICEP_TYPES[type] : undefined;
    if (bicep === undefined || bicep.type !== expected) return [`${name}: ${bicep?.type} instead of ${expected}`];
    return properties === undefined ? [] : findNarrower(properties, bicep.properties ?? {}, definitions);
  });
}

function settingsOf(predicted: readonly PredictedResource[]): Record<string, string> {
  const config = predicted.find(({ type }) => type === 'Microsoft.Web/sites/config');
  return config?.properties as Record<string, string>;
}

/** With a value in place of each expression that only Azure can evaluate. */
function asDeployed(settings: Record<string, string>): Record<string, string> {
  const known = (name: string) =>
    /client_?id$/i.test(name) ? '00000000-0000-0000-0000-000000000000' : `https://known-in-azure.example/${name}`;
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, /^\[[a-z]/.test(value) ? known(name) : value]));
}

/** The settings that the schemas of the app name. */
function namesInSource(): readonly string[] {
  const source = ['settings.ts', 'identity-settings.ts', 'webhook-settings.ts', 'ad-hoc/ad-hoc-settings.ts'].map((file) =>
    readFileSync(new URL(`../../src/config/${file}`, import.meta.url), 'utf8'),
  );
  return [...new Set(source.join().match(/\b(?:BRIDGE|AWS|AZURE)_[A-Z0-9_]+\b/g))].sort();
}
