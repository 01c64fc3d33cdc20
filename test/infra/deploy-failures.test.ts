import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLIENT, CLOUDS, changesIn, INPUTS, OTHER, SUBJECT } from './support/fake-clouds.ts';
import { type FakeWorld, openFakeWorld } from './support/fake-commands.ts';
import { RETURN_JOB } from './support/parameters.ts';

let world: FakeWorld;

beforeEach(async () => {
  world = await openFakeWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

describe('infra/deploy.sh, when something is not as it should be,', () => {
  it.each([
    ['sign-in', 'aws sts get-caller-identity *'],
    ['checks', 'aws s3api get-bucket-location *'],
    ['checks', 'aws cloudformation describe-stacks *StackStatus*'],
    ['lint of the trust', 'npm run --silent lint:trust'],
    ['identity', 'az deployment group create *identity.bicep*'],
    ['Entra ID', 'az deployment group create *entra.bicep*'],
    ['AWS', 'aws cloudformation deploy *'],
    ['Azure', 'az deployment group create *main.bicepparam*'],
    ['publish', 'az functionapp deployment *'],
    ['health', 'curl */api/health'],
    ['doctor', 'curl */api/doctor'],
  ])('stops at the step "%s" when that fails, and names it', async (step, failing) => {
    const { exitCode, calls, stderr } = await world.run('infra/deploy.sh', INPUTS, [
      { when: failing, says: 'No, said the cloud.', exitCode: 1 },
      ...CLOUDS,
    ]);

    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('No, said the cloud.');
    expect(stderr).toContain(`Stopped at the step "${step}"`);
    expect(calls.filter((call) => call !== 'sleep 10').at(-1)).toSatisfy((call: string) => call.startsWith(failing.split(' *')[0] ?? ''));
  });

  it.each([
    ['another tenant', 'az account show *', OTHER, 'az login --tenant'],
    ['another AWS account', 'aws sts get-caller-identity *', 'arn:aws:iam::444455556666:user/me', 'Choose another profile'],
    ['no account, since nobody is signed in,', 'aws sts get-caller-identity *', 'None', 'was not returned. The answer is "None"'],
  ])('refuses to deploy to %s than the one named', async (_, when, says, advice) => {
    const { exitCode, calls, stderr } = await world.run('infra/deploy.sh', INPUTS, [{ when, says }, ...CLOUDS]);

    expect(exitCode).toBe(2);
    expect(stderr).toContain(advice);
    expect(changesIn(calls)).toEqual([]);
  });

  it.each([
    ['on Windows', (says: string) => `${says.replaceAll('\\n', '\\r\\n')}\\r\\n`],
    ['in colour', (says: string) => `\\e[34m${says}\\e[0m`],
    ['after a warning', (says: string) => `WARNING: a newer version is there\\n${says}`],
  ])('does the same with answers that come %s', async (_, disguise) => {
    const plain = await world.run('infra/deploy.sh', INPUTS, CLOUDS);

    const answers = CLOUDS.map((answer) => (answer.says === undefined ? answer : { ...answer, says: disguise(answer.says) }));
    const disguised = await world.run('infra/deploy.sh', INPUTS, answers);

    expect(disguised.calls).toEqual(plain.calls);
    expect(disguised.exitCode).toBe(0);
  });

  it.each([
    ['publish', 'az functionapp deployment *', 'Failed to upload blob to storage account: 403 (not authorized)', 'the role assignment'],
    ['health', 'az functionapp keys list *', "Operation returned an invalid status 'Bad Request'", 'the Functions host'],
    ['Entra ID', 'az deployment group create *entra.bicep*', "Resource 'x' does not exist or one of its queried references", 'Entra ID'],
  ])('waits at the step "%s" for what is not effective yet', async (_, failing, says, what) => {
    const { exitCode, calls, stderr } = await world.run('infra/deploy.sh', INPUTS, [
      { when: failing, says, exitCode: 1, times: 2 },
      ...CLOUDS,
    ]);

    expect(calls.filter((call) => call === 'sleep 10')).toHaveLength(2);
    expect(stderr).toContain(`Waiting for ${what}`);
    expect(exitCode).toBe(0);
  });

  it('refuses a bucket that the account does not have', async () => {
    const { exitCode, calls, stderr } = await world.run('infra/deploy.sh', INPUTS, [
      { when: 'aws s3api get-bucket-location *--expected-bucket-owner 111122223333 *', says: '(AccessDenied)', exitCode: 254 },
      ...CLOUDS,
    ]);

    expect(exitCode).toBe(2);
    expect(stderr).toContain('The bucket contoso-archive was not found in the account 111122223333');
    expect(changesIn(calls)).toEqual([]);
  });

  it('creates no application in the tenant of another current subscription', async () => {
    const { exitCode, calls, stderr } = await world.run(
      'infra/deploy.sh',
      [...INPUTS, '--entra', 'script'],
      [{ when: 'az account show --query *', says: OTHER }, ...CLOUDS],
    );

    expect(exitCode).toBe(2);
    expect(stderr).toContain('az account set --subscription sub');
    expect(changesIn(calls)).toEqual([]);
  });

  it('says of an interruption where it was, and not that there is an error', async () => {
    const { stderr } = await world.run('infra/deploy.sh', INPUTS, [{ when: 'aws cloudformation deploy *', exitCode: 130 }, ...CLOUDS]);

    expect(stderr).toContain('Interrupted at the step "AWS"');
    expect(stderr).not.toContain('the error is above');
  });

  it('refuses a storage account that the subscription does not have, before it creates anything', async () => {
    const file = join(world.folder, 'jobs.json');
    await writeFile(file, JSON.stringify([RETURN_JOB]));

    const { exitCode, calls, stderr } = await world.run(
      'infra/deploy.sh',
      [...INPUTS, '--jobs', file],
      [{ when: 'az storage account list *', says: 'contoso\\tfinance' }, ...CLOUDS],
    );

    expect(exitCode).toBe(2);
    expect(stderr).toContain('no storage account fabrikam, which the job "answers" uses');
    expect(changesIn(calls)).toEqual([]);
  });

  it('refuses buckets of two regions', async () => {
    const { exitCode, calls, stderr } = await world.run('infra/deploy.sh', [...INPUTS, '--aws-region', 'eu-west-1'], CLOUDS);

    expect(exitCode).toBe(2);
    expect(stderr).toContain('The bucket contoso-archive is in eu-central-1, not in eu-west-1');
    expect(changesIn(calls)).toEqual([]);
  });

  it.each([
    ['the identity', 'az deployment group create *identity.bicep*', 'None'],
    ['Entra ID', 'az deployment group create *entra.bicep*', 'null'],
    ['Entra ID, partly', 'az deployment group create *entra.bicep*', `api://x\\n${CLIENT}`],
    ['Entra ID, with more', 'az deployment group create *entra.bicep*', `api://x\\n${CLIENT}\\n${SUBJECT}\\nmore`],
    ['AWS', 'aws cloudformation describe-stacks *Outputs*', 'None'],
    ['Azure', 'az deployment group create *main.bicepparam*', 'None'],
    ['the app', 'az functionapp keys list *', 'None of them'],
  ])('takes no empty or strange answer of %s for a value', async (_, when, says) => {
    const { exitCode, stderr, calls } = await world.run('infra/deploy.sh', INPUTS, [{ when, says }, ...CLOUDS]);

    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('was not returned');
    expect(calls.at(-1)).toMatch(new RegExp(`^${when.split(' *')[0]}`));
  });

  it('stops where a step does not tell what the next one needs', async () => {
    const { exitCode, stderr } = await world.run('infra/deploy.sh', INPUTS, [
      { when: 'aws cloudformation describe-stacks *Outputs*' },
      ...CLOUDS,
    ]);

    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('The ARN of the role was not returned');
    expect(stderr).toContain('Stopped at the step "AWS"');
  });
});
