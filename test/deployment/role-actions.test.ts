import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { grantsOf } from '../../src/app/run-grants.ts';
import { checkJobs } from '../../src/config/jobs/read-jobs.ts';
import { formatLocation } from '../../src/config/locations.ts';
import { readOptions } from '../../src/deployment/options.ts';
import { planDeployment } from '../../src/deployment/plan.ts';
import { parametersOf } from '../../src/deployment/role-access.ts';
import { sessionPolicyFor } from '../../src/federation/session-policy.ts';
import { templateTrust } from '../../src/trust/lint/template-trust.ts';
import { asTemplate, readDocument } from '../../src/trust/template/read-template.ts';

const TEMPLATE = asTemplate(readDocument(readFileSync('infra/aws/keyless-bridge.yaml', 'utf8')));
const TENANT = '00000000-0000-0000-0000-00000000000a';
const KEY = 'arn:aws:kms:eu-central-1:111122223333:key/1';
const TO_S3 = { name: 'out', source: 'https://contoso.blob.core.windows.net/data', destination: 's3://archive/out/' };
const FROM_S3 = { name: 'in', source: 's3://archive/in/', destination: 'https://contoso.blob.core.windows.net/copies' };

/** What the role has, besides the sessions of runs: the app aborts abandoned uploads between the runs. */
const CLEANING = ['s3:ListBucketMultipartUploads'];

/** Actions of the role that a deployment of the jobs makes. */
function roleActions(jobs: readonly object[]): readonly string[] {
  const given = readOptions(['--tenant', TENANT, '--subscription', 's', '--region', 'westeurope', '--aws-account', '111122223333']);
  const { value: plan, problems } = planDeployment(given, { text: JSON.stringify(jobs), where: 'jobs.json' });
  if (plan === undefined) throw new Error(problems.join(' '));
  const parameters = [...parametersOf(plan.role), `KmsKeyArns=${plan.kmsKeys.arns.join(',')}`].map((one) => one.split('=', 2));
  const values = { TenantId: TENANT, Audience: 'api://keyless-bridge', Subjects: TENANT, ...Object.fromEntries(parameters) };
  const [role] = templateTrust(TEMPLATE, values).roles;
  return actionsOf(role?.permissions ?? []);
}

/** Actions that the sessions of the runs ask for; those on keys count only where there is a key. */
function sessionActions(jobs: readonly object[]): readonly string[] {
  const text = JSON.stringify(jobs);
  const policies = (checkJobs(text, 'jobs.json').value ?? []).map(({ source, destination, reportTo, options }) =>
    sessionPolicyFor(
      grantsOf({
        source: formatLocation(source),
        destination: formatLocation(destination),
        ...(reportTo && { reportTo: formatLocation(reportTo) }),
        options,
      }),
      { hasKms: text.includes(KEY) },
    ),
  );
  return actionsOf(policies.map((policy) => JSON.parse(policy)));
}

function actionsOf(documents: readonly unknown[]): readonly string[] {
  const found = JSON.stringify(documents).matchAll(/"((?:s3|kms):\w+)"/g);
  return [...new Set([...found].map(([, action = '']) => action))].filter((action) => !/:(?:prefix|ViaService)$/.test(action)).toSorted();
}

describe('the role of the jobs may do exactly what their runs ask for', () => {
  it.each([
    ['to S3', [TO_S3]],
    ['from S3', [FROM_S3]],
    ['both ways', [TO_S3, FROM_S3]],
    ['to S3 that delete', [{ ...TO_S3, options: { delete: {} } }]],
    ['from S3 that delete in Azure', [{ ...FROM_S3, options: { delete: {} } }]],
    ['to S3 with tags', [{ ...TO_S3, options: { tags: true } }]],
    ['from S3 with tags', [{ ...FROM_S3, options: { tags: true } }]],
    ['to S3 with an ACL', [{ ...TO_S3, options: { acl: 'private' } }]],
    ['from S3 that restore', [{ ...FROM_S3, options: { archived: { restore: { maxBytes: 1024 } } } }]],
    ['to S3 that restore in Azure', [{ ...TO_S3, options: { archived: { restore: { maxBytes: 1024 } } } }]],
    ['from S3 that only would restore', [{ ...FROM_S3, options: { dryRun: true, archived: { restore: { maxBytes: 1024 } } } }]],
    ['to S3 with a key', [{ ...TO_S3, options: { encryption: { algorithm: 'aws:kms', kmsKeyId: KEY } } }]],
    ['to S3 without effect', [{ ...TO_S3, options: { dryRun: true, delete: {} } }]],
    ['to S3 that verify', [{ ...TO_S3, options: { verify: true } }]],
    ['from S3 with a report there', [{ ...FROM_S3, reportTo: 's3://archive/reports/' }]],
    ['from S3 by a list of keys', [{ ...FROM_S3, options: { keys: 's3://archive/lists/a.csv' } }]],
    ['to S3 by a list of keys there', [{ ...TO_S3, options: { keys: 's3://archive/lists/a.csv' } }]],
  ])('%s', (_, jobs) => {
    const role = roleActions(jobs);

    expect(role.filter((action) => !CLEANING.includes(action))).toEqual(sessionActions(jobs));
    expect(role.includes('s3:ListBucketMultipartUploads')).toBe(role.includes('s3:PutObject'));
  });
});
