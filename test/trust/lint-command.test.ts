import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runLintTrust } from '../../src/trust/lint/lint-command.ts';
import type { AskIam } from '../../src/trust/lint/live-role.ts';

const AUDIENCE_ONLY = 'test/trust/fixtures/audience-only.yaml';
const TENANT = '9f6a3f5e-6d1c-4a0e-8f56-2f5d4c1f0b11';
const PROVIDER = `arn:aws:iam::111122223333:oidc-provider/sts.windows.net/${TENANT}/`;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lint-trust-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function lint(args: readonly string[], askIam: AskIam = async () => ({})) {
  const printed: string[] = [];
  const errors: string[] = [];
  const status = await runLintTrust(args, { print: (line) => printed.push(line), printError: (line) => errors.push(line), askIam });
  return { status, printed: printed.join('\n'), errors: errors.join('\n') };
}

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

describe('npm run lint:trust', () => {
  it('passes the shipped template when no file is named', async () => {
    expect(await lint([])).toEqual({ status: 0, printed: 'infra/aws/keyless-bridge.yaml: nothing to object to.', errors: '' });
  });

  it('fails on the example that circulates, and says where, why and what to do', async () => {
    const { status, printed } = await lint([AUDIENCE_ONLY]);

    expect(status).toBe(1);
    expect(printed).toMatch(
      /error trust\/audience-only\n +at +Resources\.BlobToS3Role\.\S+\n +why +It names the audience .*\n +fix +Add StringEquals/,
    );
  });

  it('prints the findings of every file as JSON', async () => {
    const { status, printed } = await lint(['--json', 'infra/aws/keyless-bridge.yaml', AUDIENCE_ONLY]);

    expect(status).toBe(1);
    expect(JSON.parse(printed)).toMatchObject([
      { source: 'infra/aws/keyless-bridge.yaml', findings: [] },
      {
        source: AUDIENCE_ONLY,
        findings: expect.arrayContaining([expect.objectContaining({ rule: 'trust/audience-only', severity: 'error' })]),
      },
    ]);
  });

  it('passes what it only warns of', async () => {
    const thumbprints = `Thumbprints=${'0'.repeat(40)}`;

    const { status, printed } = await lint(['infra/aws/keyless-bridge.yaml', '--parameter', thumbprints]);

    expect(status).toBe(0);
    expect(printed).toContain('warning provider/thumbprint');
  });

  it('takes what the deployment will be given', async () => {
    const given = ['ReadBucket=source', 'WriteBucket=target', 'AllowDelete=true'].flatMap((one) => ['--parameter', one]);

    expect(await lint([...given, '--session-seconds', '3600', '--deletes'])).toMatchObject({ status: 0 });
    expect(await lint([...given, '--session-seconds', '3600'])).toMatchObject({
      status: 1,
      printed: expect.stringContaining('permissions/delete'),
    });
    expect(await lint([...given, '--session-seconds', '7200', '--deletes'])).toMatchObject({
      status: 1,
      printed: expect.stringContaining('above-maximum'),
    });
  });

  it.each([
    ['a file that is not there', ['missing.yaml'], 'missing.yaml cannot be checked'],
    ['a parameter that the template has not', ['--parameter', 'Tenant=x'], 'Tenant is no parameter of this template'],
    ['a value that the template refuses', ['--parameter', 'ReadPrefix=/x'], 'ReadPrefix must end with a slash'],
    ['a parameter without a value', ['--parameter', 'TenantId'], 'must be NAME=VALUE'],
    ['an unknown option', ['--strict'], 'npm run lint:trust -- [options]'],
    ['a duration that is no number', ['--session-seconds', '1h'], 'must be a whole number'],
  ])('cannot check %s', async (_, args, message) => {
    expect(await lint(args)).toMatchObject({ status: 2, printed: '', errors: expect.stringContaining(message) });
  });

  it.each([
    ['no trust in it', 'Resources: { Bucket: { Type: "AWS::S3::Bucket" } }', 'nothing to check'],
    ['a statement for nobody and nothing', 'Statement: { Effect: Allow, Action: "s3:*" }', 'policy is no policy'],
    ['no known form', 'a: 1', 'neither a CloudFormation template'],
    [
      'a function that is not known',
      'Resources: { R: { Type: "AWS::IAM::Role", Properties: { AssumeRolePolicyDocument: !ImportValue x } } }',
      'Resources.R.AssumeRolePolicyDocument: The function Fn::ImportValue',
    ],
    ['a transform', 'Transform: x\nResources: {}', 'transforms are not supported'],
    ['an alias', 'Resources: { A: &a { Type: x }, B: *a }', 'no YAML aliases, such as *a'],
    ['broken YAML', 'a: [', 'neither YAML nor JSON'],
  ])('cannot check a file with %s', async (name, text, message) => {
    const path = await file(`${name}.yaml`, text);

    expect(await lint([path])).toMatchObject({ status: 2, errors: expect.stringContaining(message) });
  });
});

describe('npm run lint:trust -- --role-arn', () => {
  const condition = (claims: readonly string[]) => ({
    StringEquals: Object.fromEntries(claims.map((claim) => [`sts.windows.net/${TENANT}/:${claim}`, claim])),
  });

  /** An account whose role trusts by `claims`; its provider lists the audience `aud`. */
  function account(claims: readonly string[]): { readonly asked: string[]; readonly askIam: AskIam } {
    const Statement = {
      Effect: 'Allow',
      Principal: { Federated: PROVIDER },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: condition(claims),
    };
    const everything = { Statement: { Effect: 'Allow', Action: 's3:*', Resource: 'arn:aws:s3:::bucket/*' } };
    const answers: Readonly<Record<string, unknown>> = {
      'get-role': { Role: { AssumeRolePolicyDocument: { Statement }, MaxSessionDuration: 3_600 } },
      'list-role-policies': { PolicyNames: ['inline'] },
      'get-role-policy': { PolicyDocument: { Statement: { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' } } },
      'list-attached-role-policies': {
        AttachedPolicies: [{ PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }, { PolicyArn: 'arn:own' }],
      },
      'get-policy': { Policy: { DefaultVersionId: 'v7' } },
      'get-policy-version': { PolicyVersion: { Document: everything } },
      'get-open-id-connect-provider': { Url: PROVIDER.split('oidc-provider/')[1], ClientIDList: ['aud'] },
    };
    const asked: string[] = [];
    return {
      asked,
      askIam: async (args) => {
        asked.push(args.join(' '));
        return answers[args[0] ?? ''];
      },
    };
  }

  it('checks the role in the account, with all that is attached to it', async () => {
    const { asked, askIam } = account(['aud']);

    const { status, printed } = await lint(['--role-arn', 'arn:aws:iam::111122223333:role/path/bridge', '--json'], askIam);

    const [{ findings }] = JSON.parse(printed) as [{ readonly findings: readonly { readonly rule: string; readonly place: string }[] }];
    expect(status).toBe(1);
    expect(findings.map(({ rule, place }) => [rule, place])).toEqual([
      ['trust/audience-only', 'Role.AssumeRolePolicyDocument.Statement[0]'],
      ['permissions/managed-policy', 'Role.ManagedPolicyArns'],
      ['permissions/all-resources', 'Role.inline.Statement[0].Resource'],
      ['permissions/all-actions', 'arn:own.Statement[0].Action'],
    ]);
    expect(asked).toContain('get-role --role-name bridge');
    expect(asked).toContain('get-policy-version --policy-arn arn:own --version-id v7');
    expect(asked).toContain(`get-open-id-connect-provider --open-id-connect-provider-arn ${PROVIDER}`);
  });
});
