import { describe, expect, it } from 'vitest';
import { checkSyncRequest } from '../../../src/config/jobs/jobs.ts';
import { readSettings } from '../../../src/config/settings.ts';

/** What people paste into the wrong setting; each has a mark to search for. */
const SECRETS = [
  'DefaultEndpointsProtocol=https;AccountName=contoso;AccountKey=planted+key==;EndpointSuffix=core.windows.net',
  'BlobEndpoint=https://contoso.blob.core.windows.net/;SharedAccessSignature=sv=2024-11-04&sig=planted',
  'https://contoso.blob.core.windows.net/Box/planted?sv=2024-11-04&sig=planted',
  'https://contoso.blob.core.windows.net/b/a/../planted',
  'https://user:planted@contoso.example/box',
  'https://hooks.example.com/services/planted/planted',
  's3://AKIAPLANTED:planted/secret@bucket/a',
  's3://bucket/a/../planted',
  'eyJhbGciOiJSUzI1NiJ9.planted.planted',
  'planted8Q~planted.planted',
  'planted0123456789 planted/0123456789+abc',
  '"planted", \'planted\' [planted {planted',
  '-----BEGIN PRIVATE KEY-----\nplanted\n-----END PRIVATE KEY-----',
];
const SETTINGS = [
  ...['BRIDGE_AUDIENCE', 'BRIDGE_IDENTITY', 'AWS_ROLE_ARN', 'AWS_REGION', 'BRIDGE_JOBS', 'AzureWebJobsStorage'],
  ...['BRIDGE_ALLOWED_LOCATIONS', 'BRIDGE_ALLOWED_SOURCES', 'BRIDGE_ALLOWED_DESTINATIONS', 'BRIDGE_ALLOWED_KEY_LISTS'],
  ...['BRIDGE_AD_HOC_MAX_DELETIONS', 'BRIDGE_AD_HOC_MAX_RESTORE', 'BRIDGE_AD_HOC_TIERS', 'BRIDGE_AD_HOC_ACLS'],
  ...['BRIDGE_STATE_CONTAINER', 'BRIDGE_SESSION_SECONDS', 'BRIDGE_SLICE_SECONDS', 'BRIDGE_LARGE_OBJECT_MIB', 'BRIDGE_KEEP_DAYS'],
  ...['BRIDGE_WEBHOOK_URL', 'BRIDGE_WEBHOOK_SECRET', 'AZURE_AUTHORITY_HOST', 'BRIDGE_DISABLE_INSTANCE_DISCOVERY'],
  ...['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL_STS', 'BRIDGE_S3_FORCE_PATH_STYLE', 'BRIDGE_S3_CHECKSUMS'],
  ...['AZURE_TENANT_ID', 'AZURE_CLIENT_ID'],
];
const RIGHT = {
  AzureWebJobsStorage: 'UseDevelopmentStorage=true',
  BRIDGE_AUDIENCE: 'api://keyless-bridge',
  BRIDGE_IDENTITY: 'client-secret',
  AZURE_TENANT_ID: 'contoso.example',
  AZURE_CLIENT_ID: '00000000-0000-0000-0000-000000000000',
  AZURE_CLIENT_SECRET: 'planted',
  AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/keyless-bridge',
  AWS_REGION: 'eu-central-1',
};
const JOB = { name: 'nightly', source: 's3://bucket/from', destination: 'https://account.blob.core.windows.net/box' };
/** Right or wrong, each of these members is made a secret, a list and an object of secrets, and a name. */
const OPTIONS = [
  ...['compare', 'overwrite', 'concurrency', 'lanes', 'splitAt', 'dryRun', 'keyMapping', 'folderMarkers', 'requesterPays', 'keys'],
  ...['bandwidth', 'requestsPerSecond', 'include', 'exclude', 'filter', 'minSize', 'maxSize', 'minAge', 'maxAge', 'delete', 'verify'],
  ...['readContent', 'archived', 'storageClass', 'accessTier', 'tierMap', 'tags', 'metadata', 'encryption', 'acl'],
];

const formsOf = (secret: string) => [secret, [secret], { [secret]: secret }, { maxCount: secret }, { restore: { maxBytes: secret } }];

function jobsWith(secret: string): readonly Record<string, unknown>[] {
  const members = ['name', 'source', 'destination', 'reportTo', 'schedule', secret];
  return formsOf(secret).flatMap((form) => [
    ...members.map((member) => ({ ...JOB, [member]: form })),
    ...OPTIONS.map((option) => ({ ...JOB, options: { [option]: form } })),
    { ...JOB, options: { storageClass: 'map', tierMap: form } },
  ]);
}

/** Everything that is said of jobs, without the jobs themselves. */
function problemsOfJobs(jobs: unknown): readonly string[] {
  const { value, problems = [] } = readSettings({ ...RIGHT, BRIDGE_JOBS: JSON.stringify(jobs) }, undefined);
  const { refusedJobs = [], jobWarnings = [] } = value ?? {};
  return [...problems, JSON.stringify(refusedJobs.map(({ problems: own, label }) => [label, own])), JSON.stringify(jobWarnings)];
}

describe('a secret in the wrong place', () => {
  it.each(SECRETS)('is repeated by no problem of a setting: %#', (secret) => {
    const problems = SETTINGS.map((name) => readSettings({ ...RIGHT, [name]: secret }, undefined).problems ?? []);

    expect(problems.filter((list) => list.length > 0).length).toBeGreaterThan(20);
    expect(JSON.stringify(problems)).not.toMatch(/planted/i);
  });

  it.each(SECRETS)('is repeated by no problem of a job or a body, whether or not others run: %#', (secret) => {
    const jobs = jobsWith(secret);

    const problems = [
      ...jobs.flatMap((job) => [problemsOfJobs([job, job]), problemsOfJobs({ jobs: [job], [secret]: 1, $schema: [secret] })]),
      ...jobs.map(({ name: _, ...body }) => checkSyncRequest(body).problems ?? []),
      readSettings({ ...RIGHT, BRIDGE_JOBS: `[{"name": ${secret}` }, undefined).problems ?? [],
    ];

    expect(problems.flat().length).toBeGreaterThan(100);
    expect(JSON.stringify(problems)).not.toMatch(/planted/i);
  });
});

describe('where a token, a key or a signature is sent', () => {
  it.each(['AWS_ENDPOINT_URL_STS', 'AWS_ENDPOINT_URL_S3', 'AZURE_AUTHORITY_HOST', 'BRIDGE_WEBHOOK_URL', 'AzureWebJobsStorage'])(
    'nobody on the way can read it: %s',
    (name) => {
      const inForm = (url: string) =>
        name === 'AzureWebJobsStorage' ? `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=a2V5;BlobEndpoint=${url}/a` : url;
      const problemsOf = (url: string) =>
        (readSettings({ ...RIGHT, [name]: inForm(url), BRIDGE_WEBHOOK_SECRET: undefined }, undefined).problems ?? []).filter((problem) =>
          problem.startsWith(name),
        );

      for (const url of ['http://a.example', 'http://127.0.0.1.example', 'http://localhost.example', 'http://10.0.0.1', 'ftp://a.example'])
        expect([url, problemsOf(url)]).toEqual([url, [expect.stringContaining('https://')]]);
      for (const url of ['https://a.example', 'http://127.0.0.1:9', 'http://localhost:9'])
        expect([url, problemsOf(url)]).toEqual([url, []]);
    },
  );
});
