import { describe, expect, it } from 'vitest';
import { readSettings } from '../../src/config/settings.ts';

const MINIMAL = {
  AzureWebJobsStorage: 'UseDevelopmentStorage=true',
  BRIDGE_AUDIENCE: 'api://keyless-bridge',
  AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/keyless-bridge',
  AWS_REGION: 'eu-central-1',
};
const JOB = { name: 'nightly', source: 's3://bucket/from', destination: 'https://account.blob.core.windows.net/box' };

const read = (more: Record<string, string | undefined> = {}, jobsFile?: string) => readSettings({ ...MINIMAL, ...more }, jobsFile);

describe('reading the settings', () => {
  it('needs little', () => {
    expect(read().value).toMatchObject({
      audience: 'api://keyless-bridge',
      identity: { mode: 'managed-identity' },
      disableInstanceDiscovery: false,
      aws: { region: 'eu-central-1', sessionSeconds: 3_600, forcePathStyle: false, checksums: 'when-supported' },
      stateContainer: 'keyless-bridge',
      sliceSeconds: 300,
      jobs: [],
      adHoc: { sources: [], destinations: [], keyLists: [], maxDeletions: 0, maxRestoreBytes: 0 },
    });
  });

  it('takes every other setting', () => {
    const { value } = read({
      AZURE_AUTHORITY_HOST: 'https://login.example',
      BRIDGE_DISABLE_INSTANCE_DISCOVERY: 'true',
      AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1',
      AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:2',
      BRIDGE_SESSION_SECONDS: '900',
      BRIDGE_S3_FORCE_PATH_STYLE: 'true',
      BRIDGE_S3_CHECKSUMS: 'when-required',
      BRIDGE_STATE_CONTAINER: 'records',
      BRIDGE_SLICE_SECONDS: '60',
      BRIDGE_WEBHOOK_URL: 'https://hooks.example',
      BRIDGE_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32).toString('base64')}`,
    });

    expect(value).toMatchObject({
      authorityHost: 'https://login.example',
      disableInstanceDiscovery: true,
      aws: {
        s3Endpoint: 'http://127.0.0.1:1',
        stsEndpoint: 'http://127.0.0.1:2',
        sessionSeconds: 900,
        forcePathStyle: true,
        checksums: 'when-required',
      },
      stateContainer: 'records',
      sliceSeconds: 60,
      webhook: { url: 'https://hooks.example', key: Buffer.alloc(32) },
    });
  });

  it.each([
    ['aws', 'eu-central-1'],
    ['aws-cn', 'cn-northwest-1'],
    ['aws-us-gov', 'us-gov-east-1'],
    ['aws-eusc', 'eusc-de-east-1'],
    ['aws-iso-b', 'us-isob-east-1'],
  ])('takes a role and a region of the partition %s', (partition, region) => {
    const { value } = read({ AWS_ROLE_ARN: `arn:${partition}:iam::123456789012:role/bridge`, AWS_REGION: region });

    expect(value?.aws.region).toBe(region);
  });

  it('refuses a role of another partition than the region, unless the server is not AWS', () => {
    const mixed = { AWS_REGION: 'eusc-de-east-1' };

    expect(read(mixed).problems).toEqual([
      'AWS_REGION eusc-de-east-1 is in the partition aws-eusc of AWS, but AWS_ROLE_ARN names a role of aws',
    ]);
    expect(read({ ...mixed, AWS_ENDPOINT_URL_STS: 'https://sts.eusc-de-east-1.amazonaws.eu' }).problems).toHaveLength(1);
    expect(read({ ...mixed, AWS_ENDPOINT_URL_STS: 'https://radosgw.example' }).problems).toBeUndefined();
  });

  it.each([
    ['BRIDGE_IDENTITY', 'password'],
    ['AWS_ROLE_ARN', 'arn:awsome:iam::123456789012:role/x'],
    ['AWS_REGION', 'eusc-de-east'],
    ['AZURE_AUTHORITY_HOST', 'not a url'],
    ['BRIDGE_DISABLE_INSTANCE_DISCOVERY', 'yes'],
    ['AWS_ROLE_ARN', 'arn:aws:iam::1:role/x'],
    ['AWS_REGION', 'Frankfurt'],
    ['AWS_ENDPOINT_URL_S3', 'not a url'],
    ['AWS_ENDPOINT_URL_STS', 'not a url'],
    ['BRIDGE_SESSION_SECONDS', '899'],
    ['BRIDGE_SESSION_SECONDS', '43201'],
    ['BRIDGE_SESSION_SECONDS', 'lots'],
    ['BRIDGE_S3_FORCE_PATH_STYLE', '1'],
    ['BRIDGE_S3_CHECKSUMS', 'never'],
    ['BRIDGE_STATE_CONTAINER', 'Records'],
    ['BRIDGE_SLICE_SECONDS', '0'],
    ['BRIDGE_SLICE_SECONDS', '1.5'],
    ['BRIDGE_ALLOWED_LOCATIONS', 'nowhere'],
    ['AzureWebJobsStorage', 'not a connection string'],
  ])('refuses %s=%s, and names it', (name, value) => {
    const { problems } = read({ [name]: value });

    expect(problems).toEqual([expect.stringContaining(name)]);
  });

  it.each(['BRIDGE_AUDIENCE', 'AWS_ROLE_ARN', 'AWS_REGION', 'AzureWebJobsStorage'])('wants %s; empty counts as not set', (name) => {
    for (const missing of [undefined, '', ' ']) {
      expect(read({ [name]: missing }).problems).toEqual([expect.stringMatching(new RegExp(`${name}.*is not set`))]);
    }
  });

  it('tells every problem at once', () => {
    const { problems } = readSettings(
      { BRIDGE_IDENTITY: 'client-secret', BRIDGE_SLICE_SECONDS: 'x', BRIDGE_JOBS: '[{}]', BRIDGE_ALLOWED_LOCATIONS: 'nowhere' },
      undefined,
    );

    const named = ['AzureWebJobsStorage', 'BRIDGE_AUDIENCE', 'AWS_ROLE_ARN', 'AWS_REGION', 'BRIDGE_SLICE_SECONDS'];
    const more = ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET', 'BRIDGE_JOBS[0].name', 'BRIDGE_ALLOWED_LOCATIONS'];
    expect(problems).toEqual(expect.arrayContaining([...named, ...more].map((name) => expect.stringContaining(name))));
  });

  it('repeats no secret', () => {
    const { problems } = read({
      BRIDGE_IDENTITY: 'client-secret',
      AZURE_CLIENT_SECRET: 'planted-1',
      AzureWebJobsStorage: 'AccountName=a;AccountKey=planted-2',
      BRIDGE_ALLOWED_LOCATIONS: 'https://account.blob.core.windows.net/box?sig=planted-3 https://example.com/box?sig=planted-4',
      BRIDGE_JOBS: JSON.stringify([{ ...JOB, source: 'https://account.blob.core.windows.net/box?sig=planted-5' }]),
      AWS_ENDPOINT_URL_S3: 'planted-6',
    });

    expect(problems?.length).toBeGreaterThan(3);
    expect(JSON.stringify(problems)).not.toContain('planted');
  });
});

describe('the identity in the settings', () => {
  const APP = { AZURE_TENANT_ID: 'tenant', AZURE_CLIENT_ID: 'client' };

  it.each([
    ['managed-identity', {}, {}],
    ['managed-identity', { AZURE_CLIENT_ID: 'client' }, { managedIdentityClientId: 'client' }],
    [
      'federated-app',
      { ...APP, BRIDGE_MANAGED_IDENTITY_CLIENT_ID: 'mi' },
      { tenantId: 'tenant', clientId: 'client', managedIdentityClientId: 'mi' },
    ],
    [
      'certificate',
      { ...APP, AZURE_CLIENT_CERTIFICATE_PATH: '/c.pem' },
      { tenantId: 'tenant', clientId: 'client', certificatePath: '/c.pem' },
    ],
    [
      'federated-app',
      { ...APP, BRIDGE_MANAGED_IDENTITY_CLIENT_ID: 'mi', BRIDGE_EXCHANGE_AUDIENCE: 'api://AzureADTokenExchangeUSNat' },
      { tenantId: 'tenant', clientId: 'client', managedIdentityClientId: 'mi', exchangeAudience: 'api://AzureADTokenExchangeUSNat' },
    ],
    ['client-secret', { ...APP, AZURE_CLIENT_SECRET: 'secret' }, { tenantId: 'tenant', clientId: 'client', clientSecret: 'secret' }],
  ])('is %s with %j', (mode, more, expected) => {
    expect(read({ BRIDGE_IDENTITY: mode, ...more }).value?.identity).toEqual({ mode, ...expected });
  });

  it.each([
    ['federated-app', ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'BRIDGE_MANAGED_IDENTITY_CLIENT_ID']],
    ['certificate', ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_CLIENT_CERTIFICATE_PATH']],
    ['client-secret', ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET']],
  ])('%s wants %j', (mode, names) => {
    expect(read({ BRIDGE_IDENTITY: mode }).problems).toEqual(names.map((name) => expect.stringContaining(name)));
  });
});

describe('the tenant in the settings', () => {
  it('must look like one', () => {
    const { problems } = read({ BRIDGE_IDENTITY: 'client-secret', AZURE_TENANT_ID: 'a/b', AZURE_CLIENT_ID: 'a', AZURE_CLIENT_SECRET: 'b' });

    expect(problems).toEqual(['AZURE_TENANT_ID must be the ID or a domain name of a tenant']);
  });
});

describe("the host's storage account in the settings", () => {
  it.each([
    ['UseDevelopmentStorage=true', /BlobEndpoint=http:\/\/127\.0\.0\.1:10000\/devstoreaccount1/],
    ['DefaultEndpointsProtocol=https;AccountName=a;AccountKey=a2V5;EndpointSuffix=core.windows.net', /^DefaultEndpointsProtocol=https/],
  ])('comes as a connection string: %s', (text, expected) => {
    expect(read({ AzureWebJobsStorage: text }).value?.stateStorage).toEqual({ connectionString: expect.stringMatching(expected) });
  });

  it.each([
    [{ AzureWebJobsStorage__accountName: 'account' }, { blobServiceUrl: 'https://account.blob.core.windows.net' }],
    [
      { AzureWebJobsStorage__accountName: 'account', AZURE_AUTHORITY_HOST: 'https://login.chinacloudapi.cn/' },
      { blobServiceUrl: 'https://account.blob.core.chinacloudapi.cn' },
    ],
    [
      { AzureWebJobsStorage__blobServiceUri: 'https://account.blob.core.usgovcloudapi.net', AzureWebJobsStorage__clientId: 'mi' },
      { blobServiceUrl: 'https://account.blob.core.usgovcloudapi.net', managedIdentityClientId: 'mi' },
    ],
  ])('comes as identity-based settings: %j', (settings, expected) => {
    expect(read({ AzureWebJobsStorage: undefined, ...settings }).value?.stateStorage).toEqual(expected);
  });
});

describe('jobs in the settings', () => {
  const job = (name: string) => JSON.stringify([{ ...JOB, name }]);

  it('come from jobs.json', () => {
    expect(read({}, job('from-file')).value?.jobs).toMatchObject([{ name: 'from-file' }]);
  });

  it('come from BRIDGE_JOBS rather than from jobs.json', () => {
    expect(read({ BRIDGE_JOBS: job('from-setting') }, job('from-file')).value?.jobs).toMatchObject([{ name: 'from-setting' }]);
  });

  it('names jobs.json when that is wrong', () => {
    expect(read({}, '[{}]').value?.refusedJobs[0]?.problems[0]).toMatch(/^jobs\.json\[0\]/);
  });
});
