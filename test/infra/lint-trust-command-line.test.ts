import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from './support/run-program.ts';

const PROVIDER = 'arn:aws:iam::111122223333:oidc-provider/sts.windows.net/9f6a3f5e-6d1c-4a0e-8f56-2f5d4c1f0b11/';
const TRUST = {
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Federated: PROVIDER },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${PROVIDER.split('oidc-provider/')[1]}:aud`]: 'api://keyless-bridge' } },
    },
  ],
};

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lint-trust-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Puts a command `aws` in front of the real one, made of these lines of shell. */
async function fakeAws(...lines: readonly string[]): Promise<void> {
  const path = join(folder, 'aws');
  await writeFile(path, ['#!/bin/sh', ...lines, ''].join('\n'));
  await chmod(path, 0o755);
}

function lint(...args: readonly string[]) {
  const PATH = [folder, process.env['PATH']].join(delimiter);
  return runProgram(process.execPath, ['src/cli/lint-trust.ts', ...args], { env: { PATH } });
}

describe('the command line of the linter', () => {
  it('passes the shipped template', async () => {
    expect(await lint()).toMatchObject({ exitCode: 0, stdout: 'infra/aws/keyless-bridge.yaml: nothing to object to.\n' });
  });

  it('fails on the example that circulates', async () => {
    expect(await lint('test/trust/fixtures/audience-only.yaml')).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining('trust/audience-only'),
    });
  });

  it('reads the role in the account by the AWS CLI', async () => {
    await fakeAws(
      'case "$2" in',
      `get-role) echo '${JSON.stringify({ Role: { AssumeRolePolicyDocument: TRUST } })}' ;;`,
      `list-role-policies) echo '{"PolicyNames":[]}' ;;`,
      `list-attached-role-policies) echo '{"AttachedPolicies":[]}' ;;`,
      `get-open-id-connect-provider) echo '{"Url":"sts.windows.net/x/","ClientIDList":[]}' ;;`,
      'esac',
    );

    const { exitCode, stdout } = await lint('--role-arn', 'arn:aws:iam::111122223333:role/bridge');

    expect(exitCode).toBe(1);
    expect(stdout).toContain('arn:aws:iam::111122223333:role/bridge: 1 error, 0 warnings');
    expect(stdout).toContain('trust/audience-only');
  });

  it('says what the AWS CLI refused', async () => {
    await fakeAws('echo "An error occurred (AccessDenied) when calling the GetRole operation" >&2', 'exit 254');

    const { exitCode, stderr } = await lint('--role-arn', 'arn:aws:iam::111122223333:role/bridge');

    expect(exitCode).toBe(2);
    expect(stderr).toContain('"aws iam get-role --role-name bridge" failed: An error occurred (AccessDenied)');
  });
});
