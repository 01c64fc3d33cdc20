import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUCKET } from '../../local/clouds.ts';
import { createS3Client } from '../../src/stores/s3/s3-client.ts';
import { FIELD_REPORTS } from './field-reports.ts';
import { type Patient, startPatient } from './patient.ts';

const ENTRY = join(import.meta.dirname, '../../src/cli/keyless-bridge.ts');

let patient: Patient;
let folder: string;

beforeAll(async () => {
  patient = await startPatient();
  folder = await mkdtemp(join(tmpdir(), 'keyless-bridge-cli-'));
  await writeFile(join(folder, 'local.settings.json'), JSON.stringify({ Values: patient.settings('client-secret') }));
  await writeFile(join(folder, 'trust.json'), JSON.stringify(patient.trustPolicy()));
});

afterAll(async () => {
  await patient.stop();
  await rm(folder, { recursive: true });
});

/** Runs the command where the settings file is. */
async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}, input = '') {
  const quiet = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:AWS|AZURE|BRIDGE|IDENTITY)_|^NODE_/.test(name)));
  return await new Promise<{ status: number; stdout: string; stderr: string }>((resolve) => {
    const options = { cwd: folder, env: { ...quiet, XDG_CACHE_HOME: join(folder, 'cache'), ...env } };
    const child = execFile(process.execPath, [ENTRY, ...args], options, (error, stdout, stderr) =>
      resolve({ status: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
    child.stdin?.end(input);
  });
}

describe('keyless-bridge credential-process', () => {
  it('prints credentials with which S3 works, and nothing else', async () => {
    const { status, stdout, stderr } = await run(['credential-process']);

    const answer = JSON.parse(stdout);
    expect({ status, stderr, Version: answer.Version, keys: Object.keys(answer) }).toEqual({
      status: 0,
      stderr: '',
      Version: 1,
      keys: ['Version', 'AccessKeyId', 'SecretAccessKey', 'SessionToken', 'Expiration'],
    });
    expect(Date.parse(answer.Expiration)).toBeGreaterThan(Date.now());
    const credentials = { accessKeyId: answer.AccessKeyId, secretAccessKey: answer.SecretAccessKey, sessionToken: answer.SessionToken };
    const { region, url: endpoint } = patient.clouds.aws;
    const client = createS3Client({ region, endpoint, forcePathStyle: true, checksums: 'when-supported', credentials });
    expect(await client.send(new ListObjectsV2Command({ Bucket: BUCKET }))).toMatchObject({ KeyCount: 0 });
  });

  it('prints the same credentials again while they last, without asking anybody', async () => {
    const first = await run(['credential-process']);

    const again = await run(['credential-process']);
    const anew = await run(['credential-process', '--no-cache']);

    expect(again).toEqual(first);
    expect(anew.status).toBe(0);
    expect(anew.stdout).not.toBe(first.stdout);
  });

  it('needs no storage settings', async () => {
    const { AzureWebJobsStorage: _, BRIDGE_JOBS: __, ...settings } = patient.settings('client-secret');
    const file = join(folder, 'federation.json');
    await writeFile(file, JSON.stringify({ Values: settings }));

    expect(await run(['credential-process', '--settings', file])).toMatchObject({ status: 0 });
  });

  it.each([
    ['a setting is wrong', { AWS_REGION: 'nowhere' }, /AWS_REGION must be an AWS region/],
    ['Entra ID refuses', { AZURE_CLIENT_SECRET: 'wrong' }, /AADSTS7000215/],
    ['STS refuses', { AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/nobody' }, /Not authorized to perform sts:AssumeRoleWithWebIdentity/],
  ])('prints why to standard error only, when %s', async (_case, env, reason) => {
    const { status, stdout, stderr } = await run(['credential-process'], env);

    expect({ status, stdout, stderr }).toEqual({ status: 1, stdout: '', stderr: expect.stringMatching(reason) });
  });
});

describe('keyless-bridge doctor', () => {
  it('says that the chain holds, and that the role is what it should be', async () => {
    const { status, stdout } = await run(['doctor', '--trust-policy', 'trust.json']);

    expect(status).toBe(0);
    expect(stdout).toMatch(/ok {7}trust\n[\s\S]*Every link that was checked holds/);
  });

  it('prints JSON and ends with 1 when a link is broken', async () => {
    const { status, stdout } = await run(['doctor', '--json'], { AZURE_CLIENT_SECRET: 'wrong' });

    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ healthy: false, broken: 'identity' });
  });

  it('writes and deletes a whole object when asked to', async () => {
    const { status, stdout } = await run(['doctor', '--write-probe', '--json'], { AWS_ROLE_ARN: patient.createRole() });

    expect(status).toBe(0);
    expect(JSON.parse(stdout).checks.at(-2)).toMatchObject({ details: { delete: 'allowed: the probe is gone' } });
  });

  it('explains a pasted error and asks no service', async () => {
    const { text } = FIELD_REPORTS['provider-exists'];

    const { status, stdout } = await run(['doctor', '--explain', text], { AWS_ROLE_ARN: '' });

    expect(status).toBe(0);
    expect(stdout).toContain('add-client-id-to-open-id-connect-provider');
  });

  it('explains a log from standard input, however long it is', async () => {
    const log = `${'nothing of note\r\n'.repeat(100_000)}AADSTS7000222: The provided client secret keys are expired.\r\n`;

    const { status, stdout } = await run(['doctor', '--explain', '-', '--json'], {}, log);

    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject([{ id: 'client-secret-expired', link: 'identity' }]);
  });

  it('says so when it knows no such error', async () => {
    expect(await run(['doctor', '--explain', 'It rains.'])).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('does not know this failure'),
    });
  });
});

describe('keyless-bridge', () => {
  it('shows its commands when it is given another', async () => {
    expect(await run(['heal'])).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('credential-process') });
  });

  it('names a settings file that is not there', async () => {
    expect(await run(['doctor', '--settings', 'nowhere.json'])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('nowhere.json'),
    });
  });
});
