import { describe, expect, it } from 'vitest';
import { readOptions } from '../../src/deployment/options.ts';
import { planDeployment } from '../../src/deployment/plan.ts';
import { linesOf } from '../../src/deployment/plan-lines.ts';
import { parametersOf } from '../../src/deployment/role-access.ts';

const TENANT = '00000000-0000-0000-0000-00000000000a';
const BLOB = 'https://contoso.blob.core.windows.net';
const OPTIONS: Readonly<Record<string, string | true | undefined>> = {
  tenant: TENANT,
  subscription: 'sub',
  region: 'westeurope',
  'aws-account': '111122223333',
};
const TO_S3 = { name: 'out', source: `${BLOB}/data`, destination: 's3://archive/out/' };
const FROM_S3 = { name: 'in', source: 's3://archive/in/', destination: `${BLOB}/copies` };

function plan(
  jobs: readonly object[] | string,
  options: Readonly<Record<string, string | true | undefined>> = {},
  more: readonly string[] = [],
) {
  const args = Object.entries({ ...OPTIONS, ...options }).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, ...(value === true ? [] : [value])],
  );
  const text = typeof jobs === 'string' ? jobs : JSON.stringify(jobs);
  return planDeployment(readOptions([...args, ...more]), { text, where: 'jobs.json' });
}

function roleOf(jobs: readonly object[] | string, options = {}): string {
  const { value, problems } = plan(jobs, options);
  return value === undefined
    ? `refused: ${problems}`
    : parametersOf(value.role)
        .filter((one) => !/=(?:false)?$/.test(one))
        .join(' ');
}

describe('the role of the jobs', () => {
  it.each<[string, readonly object[], string]>([
    ['to S3', [TO_S3], 'WriteBucket=archive WritePrefix=out/'],
    ['from S3', [FROM_S3], 'ReadBucket=archive ReadPrefix=in/'],
    [
      'of two buckets',
      [{ ...FROM_S3, source: 's3://source/x' }, TO_S3],
      'ReadBucket=source ReadPrefix=x/ WriteBucket=archive WritePrefix=out/',
    ],
    [
      'with a report',
      [{ ...FROM_S3, reportTo: 's3://archive/reports' }],
      'ReadBucket=archive ReadPrefix=in/ WriteBucket=archive WritePrefix=reports/',
    ],
    ['with a list of keys', [{ ...FROM_S3, options: { keys: 's3://archive/lists/a.csv' } }], 'ReadBucket=archive'],
    [
      'below one folder',
      [
        { ...TO_S3, destination: 's3://archive/a/b/c' },
        { ...TO_S3, name: 'b', source: `${BLOB}/other`, destination: 's3://archive/a/bc' },
      ],
      'WriteBucket=archive WritePrefix=a/',
    ],
    [
      'with a prefix that the template cannot limit',
      [{ ...TO_S3, destination: 's3://archive/a/b$c/d' }],
      'WriteBucket=archive WritePrefix=a/',
    ],
    ['that deletes', [{ ...TO_S3, options: { delete: {} } }], 'WriteBucket=archive WritePrefix=out/ AllowDelete=true'],
    ['that would only delete', [{ ...TO_S3, options: { delete: {}, dryRun: true } }], 'ReadBucket=archive ReadPrefix=out/'],
    ['that carries tags', [{ ...FROM_S3, options: { tags: true } }], 'ReadBucket=archive ReadPrefix=in/ AllowTags=true'],
    ['that sets an ACL', [{ ...TO_S3, options: { acl: 'private' } }], 'WriteBucket=archive WritePrefix=out/ AllowAcl=true'],
    [
      'that restores',
      [{ ...FROM_S3, options: { archived: { restore: { maxBytes: 1024 } } } }],
      'ReadBucket=archive ReadPrefix=in/ AllowRestore=true',
    ],
    ['that skips what is archived', [{ ...FROM_S3, options: { archived: 'skip' } }], 'ReadBucket=archive ReadPrefix=in/'],
  ])('%s', (_, jobs, expected) => {
    expect(roleOf(jobs)).toBe(expected);
  });

  it('does not depend on how the JSON is written', () => {
    const text = `{"jobs": [\n{"name": "out", "source": "${BLOB}/data", "destination":\n"s3://archive/out/", "options": {"delete":\n{}}}]}`;

    expect(roleOf(text)).toBe('WriteBucket=archive WritePrefix=out/ AllowDelete=true');
  });

  it('is the same for jobs with comments and trailing commas, which the app gets as plain JSON', () => {
    const { value } = plan(`[ // nightly\n${JSON.stringify(TO_S3)},]`);

    expect(value?.jobsJson).toBe(JSON.stringify([TO_S3]));
  });

  it('is as wide as --prefix where that is given', () => {
    expect(roleOf([{ ...TO_S3, destination: 's3://archive/a/b' }], { prefix: 'a' })).toBe('WriteBucket=archive WritePrefix=a/');
  });

  it('is for the outbox where there are no jobs', () => {
    expect(roleOf([], { bucket: 'archive' })).toBe('WriteBucket=archive WritePrefix=outbox/');
    expect(plan([], { bucket: 'archive', prefix: 'invoices' }).value?.outbox).toEqual({ bucket: 'archive', prefix: 'invoices/' });
  });

  it.each([
    ['s3://archive/Rechnungen/Köln/x', 'WritePrefix=Rechnungen/'],
    ['s3://archive/日本/x', 'WriteBucket=archive'],
    ['s3://archive/a b/(1)/x', 'WritePrefix=a b/(1)/x/'],
    ['s3://archive/a/b"c\'d/x', 'WritePrefix=a/b"c\'d/x/'],
  ])('is limited to what IAM and CloudFormation keep as it is: %s', (destination, expected) => {
    expect(roleOf([{ ...TO_S3, destination }]).endsWith(expected)).toBe(true);
  });

  it('may use what ad hoc runs may', () => {
    const more = ['--ad-hoc-source', 's3://source/in/', '--ad-hoc-destination', 's3://archive/adhoc/', '--ad-hoc-source', `${BLOB}/inbox`];

    const { value } = plan([TO_S3], {}, more);

    expect(value?.role).toMatchObject({ readBucket: 'source', readPrefix: 'in/', writeBucket: 'archive', writePrefix: '' });
    expect(value?.existingBuckets).toEqual(['source', 'archive']);
    expect([...(value?.accounts ?? [])]).toEqual([['contoso', 'the job "out"']]);
  });

  it('may use the keys of the jobs and of the options', () => {
    const arn = 'arn:aws:kms:eu-central-1:111122223333:key/1';
    const jobs = [{ ...TO_S3, options: { encryption: { kmsKeyId: 'alias/finance' } } }];

    expect(plan(jobs, { 'kms-key': arn }).value?.kmsKeys).toMatchObject({ arns: [arn], names: ['alias/finance'] });
  });
});

describe('input that is refused', () => {
  it.each<[string, readonly object[] | string, object, string]>([
    ['a tenant by name', [TO_S3], { tenant: 'contoso.onmicrosoft.com' }, '--tenant must be the tenant'],
    ['a short account', [TO_S3], { 'aws-account': '1111' }, '--aws-account must be an account id of 12 digits'],
    ['a region of AWS for Azure', [TO_S3], { region: 'eu-central-1' }, '--region is a region of Azure'],
    ['a region of Azure for AWS', [TO_S3], { 'aws-region': 'westeurope' }, '--aws-region must be a region of AWS'],
    ...['my_bridge', 'a'.repeat(33), 'my bridge', 'abc', '1bridge', 'bridge-', 'login-bridge'].map(
      (name): [string, readonly object[], object, string] => [`the name ${name}`, [TO_S3], { name }, '--name must '],
    ),
    ['a resource group', [TO_S3], { 'resource-group': 'a/b' }, '--resource-group must'],
    ['a prefix with a wildcard', [TO_S3], { prefix: 'a*/' }, '--prefix must not'],
    ['a prefix that a job is outside of', [TO_S3], { prefix: 'invoices' }, 'outside --prefix invoices/'],
    ['another bucket', [TO_S3], { bucket: 'other' }, '--bucket is other, but the jobs use archive'],
    ['no bucket', [], {}, '--bucket is missing'],
    ['a bucket to create that is only read', [FROM_S3], { 'create-bucket': true, 'aws-region': 'eu-central-1' }, 'the jobs write to none'],
    [
      'two buckets that are written',
      [TO_S3, { ...TO_S3, name: 'b', destination: 's3://second' }],
      {},
      'There are 2 buckets to write to (archive for the job "out", second for the job "b")',
    ],
    ['a location without container', [{ ...TO_S3, source: BLOB }], {}, 'no valid container name'],
    ['an unknown option', [{ ...TO_S3, options: { delte: {} } }], {}, 'delte'],
    ['no JSON', '[', {}, 'jobs.json is not valid JSON'],
    ['an emulator', [{ ...TO_S3, source: 'http://127.0.0.1:10000/devstoreaccount1/data' }], {}, 'cannot reach it'],
    [
      'an account of another cloud',
      [{ ...TO_S3, source: 'https://contoso.blob.core.chinacloudapi.cn/data' }],
      {},
      'in AzureChinaCloud, but az is signed in to AzureCloud',
    ],
    [
      'jobs that destroy each other',
      [
        { ...TO_S3, options: { delete: {} } },
        { ...TO_S3, name: 'b', source: `${BLOB}/other`, options: { delete: {} } },
      ],
      {},
      'job "b"',
    ],
    [
      'a key of another region',
      [{ ...TO_S3, options: { encryption: { kmsKeyId: 'arn:aws:kms:us-east-1:111122223333:key/1' } } }],
      { 'aws-region': 'eu-central-1' },
      'a KMS key in us-east-1',
    ],
    ['a key that is none', [TO_S3], { 'kms-key': 'finance' }, '--kms-key names a KMS key by no ARN'],
    ['an account place', [TO_S3], { account: 'contoso' }, '--account must be NAME=GROUP'],
    ['an ad hoc bucket besides that of the jobs', [TO_S3], { 'ad-hoc-destination': 's3://second' }, 'second for --ad-hoc-destination'],
    ['an ad hoc place that is none', [TO_S3], { 'ad-hoc-source': 'ftp://x' }, '--ad-hoc-source: '],
    ['several ad hoc places in one', [TO_S3], { 'ad-hoc-source': 's3://a, s3://b' }, 'It may be repeated'],
    ['an ad hoc place outside of the prefix', [TO_S3], { prefix: 'out', 'ad-hoc-source': 's3://archive/in' }, 'outside --prefix out/'],
    [
      'an ad hoc account of another cloud',
      [TO_S3],
      { 'ad-hoc-source': 'https://abc.blob.core.chinacloudapi.cn/inbox' },
      'in AzureChinaCloud',
    ],
    ['a prefix that is not ASCII', [TO_S3], { prefix: 'Köln/' }, '--prefix must not start with'],
    [
      'Bicep for Entra ID in another cloud',
      [],
      { bucket: 'archive', cloud: 'AzureUSGovernment', entra: 'bicep' },
      '--entra is script in AzureUSGovernment',
    ],
  ])('%s', (_, jobs, options, complaint) => {
    expect(plan(jobs, { ...options }).problems?.join('\n')).toContain(complaint);
  });

  it.each([
    [['--force'], 'Unknown option --force.'],
    [['now'], '"now" belongs to no option.'],
    [['--name'], '--name needs a value.'],
    [['--name', '--what-if'], '--name needs a value.'],
    [['--what-if=yes'], '--what-if takes no value.'],
    [['--name', 'first', '--name', 'second'], '--name is given twice.'],
  ])('%j', (more, complaint) => {
    expect(plan([TO_S3], {}, more).problems).toContain(complaint);
  });

  it('is reported all at once', () => {
    expect(plan('[', { name: 'my_bridge', tenant: 'x' }).problems?.length).toBeGreaterThan(2);
  });
});

it('ids are taken as the portals write them', () => {
  const given = { tenant: TENANT.toUpperCase(), region: 'West Europe', 'aws-account': '1111-2222-3333' };

  expect(plan([TO_S3], given).value?.parameters).toMatchObject({ tenant: TENANT, region: 'westeurope', awsAccount: '111122223333' });
});

it('the jobs hold no quote that would end a setting', () => {
  const { value } = plan([{ ...TO_S3, options: { include: ["it's"] } }]);

  expect(value?.jobsJson).not.toContain("'");
  expect(JSON.parse(value?.jobsJson ?? '')).toEqual([{ ...TO_S3, options: { include: ["it's"] } }]);
});

it('the lines for the scripts hold the jobs as they were given, and where accounts are', () => {
  const { value } = plan([FROM_S3], { account: 'contoso=finance', cloud: 'AzureCloud' });

  const lines = value === undefined ? [] : linesOf(value);

  expect(lines).toContain(`jobs=${JSON.stringify([FROM_S3])}`);
  expect(lines).toContain('account=contoso finance the job "in"');
  expect(lines).toContain('role_parameter=IssuerHost=sts.windows.net');
  expect(lines.every((line) => /^[a-z_]+=[^\r\n]*$/.test(line))).toBe(true);
});
