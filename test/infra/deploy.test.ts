import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeAnswer, type FakeWorld, openFakeWorld } from './support/fake-commands.ts';
import { FULL_JOB, RETURN_JOB } from './support/parameters.ts';

const TENANT = '00000000-0000-0000-0000-000000000001';
const INPUTS = [
  '--tenant',
  TENANT,
  '--subscription',
  'sub',
  '--region',
  'westeurope',
  '--aws-account',
  '111122223333',
  '--bucket',
  'contoso-archive',
];
const ROLE = ['keyless-bridge', 'eu-central-1', TENANT, 'api://the-app', 'subject-of-tokens', 'WriteBucket=contoso-archive'];
const PROVIDER = `arn:aws:iam::111122223333:oidc-provider/sts.windows.net/${TENANT}/`;

/** Both clouds as they are before the first deployment; the first answer that fits counts. */
const CLOUDS: readonly FakeAnswer[] = [
  { when: 'az cloud show *', says: 'AzureCloud' },
  { when: 'az account show *', says: TENANT },
  { when: 'az account list-locations *', says: 'northeurope\\nwesteurope' },
  { when: 'az storage account list *', says: 'contoso\\tfinance\\nfabrikam\\tpartners' },
  { when: 'aws sts get-caller-identity *', says: 'arn:aws:sts::111122223333:assumed-role/deployer/me' },
  { when: 'aws kms describe-key *', says: 'arn:aws:kms:eu-central-1:111122223333:key/finance' },
  { when: 'aws s3api get-bucket-location *', says: 'eu-central-1' },
  { when: 'az group exists *', says: 'false' },
  { when: 'az deployment group create *modules/identity.bicep*', says: 'principal-of-identity' },
  { when: 'az deployment group create *entra.bicep*', says: `api://${TENANT}/keyless-bridge\\nclient-id\\nsubject-of-tokens` },
  { when: 'az deployment group create *main.bicepparam*', says: 'the-app\\nthe-app.example\\nhttps://kbdata.example/outbox' },
  { when: 'aws cloudformation describe-stacks *StackStatus*', says: 'Stack with id keyless-bridge does not exist', exitCode: 254 },
  { when: 'aws cloudformation describe-stacks *', says: 'arn:aws:iam::111122223333:role/keyless-bridge' },
  { when: 'az functionapp keys list *', says: 'the-key' },
  { when: 'curl */api/doctor', says: 'Every link that was checked holds.' },
];

/** As they are afterwards. */
const DEPLOYED: readonly FakeAnswer[] = [
  { when: 'az group exists *', says: 'true' },
  { when: 'aws cloudformation describe-stacks *StackStatus*', says: 'UPDATE_COMPLETE' },
  { when: 'aws iam list-open-id-connect-providers *', says: PROVIDER },
  { when: 'aws cloudformation describe-stack-resource *', says: PROVIDER },
  ...CLOUDS,
];

let world: FakeWorld;

beforeEach(async () => {
  world = await openFakeWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

describe('infra/deploy.sh', () => {
  it('creates one thing after the other, each with what the one before returned', async () => {
    const { exitCode, calls, stdout } = await world.run('infra/deploy.sh', INPUTS, CLOUDS);

    expect(changesIn(calls)).toEqual([
      expect.stringMatching(/^az group create .*--name keyless-bridge --location westeurope/),
      expect.stringMatching(/^az deployment group create .*identity\.bicep/),
      expect.stringMatching(/^az deployment group create .*entra\.bicep.* identityPrincipalId=principal-of-identity/),
      expect.stringMatching(/^aws cloudformation deploy --region eu-central-1 .* Subjects=subject-of-tokens /),
      expect.stringMatching(/^az deployment group create .*main\.bicepparam/),
      expect.stringMatching(/^az functionapp deployment source config-zip .*--name the-app --src .*package\.zip/),
    ]);
    expect(calls.filter((call) => call.startsWith('curl'))).toEqual([
      expect.stringMatching(/https:\/\/the-app\.example\/api\/health$/),
      expect.stringMatching(/https:\/\/the-app\.example\/api\/doctor$/),
    ]);
    expect(stdout).toContain('Every link that was checked holds.');
    expect(stdout).toContain('Put something into https://kbdata.example/outbox');
    expect(exitCode).toBe(0);
  });

  it('does the same when it is run again, but for what is there', async () => {
    const first = await world.run('infra/deploy.sh', INPUTS, CLOUDS);

    const second = await world.run('infra/deploy.sh', INPUTS, DEPLOYED);

    expect(second.exitCode).toBe(0);
    expect(changesIn(second.calls)).toEqual(changesIn(first.calls).filter((call) => !call.startsWith('az group create')));
  });

  it.each([
    ['nothing is deployed', CLOUDS],
    ['everything is deployed', DEPLOYED],
  ])('with --what-if changes nothing while %s', async (_, answers) => {
    const { exitCode, calls, stdout } = await world.run('infra/deploy.sh', [...INPUTS, '--what-if'], answers);

    expect(changesIn(calls)).toEqual([]);
    expect(stdout).toContain(`application keyless-bridge with the URI api://${TENANT}/keyless-bridge`);
    expect(exitCode).toBe(0);
  });

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
    ['another tenant', 'az account show *', 'az login --tenant'],
    ['another AWS account', 'aws sts get-caller-identity *', 'Choose another profile'],
  ])('refuses to deploy to %s than the one named', async (_, when, advice) => {
    const { exitCode, calls, stderr } = await world.run('infra/deploy.sh', INPUTS, [{ when, says: 'other' }, ...CLOUDS]);

    expect(exitCode).toBe(2);
    expect(stderr).toContain(advice);
    expect(changesIn(calls)).toEqual([]);
  });

  it('shows the key of the app to nobody', async () => {
    const { calls, stdout, stderr } = await world.run('infra/deploy.sh', INPUTS, CLOUDS);

    expect([...calls, stdout, stderr].join('\n')).not.toContain('the-key');
  });

  it.each([
    ['that is missing', INPUTS.slice(0, -2), '--bucket is missing'],
    ['that does not belong there', [...INPUTS, 'now'], '"now" belongs to no option'],
    ['without its value', [...INPUTS, '--jobs'], '--jobs needs a value'],
    ['that there is not', [...INPUTS, '--force', 'now'], 'Unknown option --force'],
    [
      'with a value that there is not',
      [...INPUTS, '--identity', 'password'],
      '--identity is managed-identity or federated-app, but is "password"',
    ],
    ['that needs another', [...INPUTS, '--create-bucket'], '--create-bucket needs --aws-region'],
  ])('says which option is wrong: one %s', async (_, args, complaint) => {
    const { exitCode, calls, stderr } = await world.run('infra/deploy.sh', args, CLOUDS);

    expect(exitCode).toBe(2);
    expect(stderr).toContain(complaint);
    expect(changesIn(calls)).toEqual([]);
  });

  it.each([
    ['on Windows', (says: string) => `${says.replaceAll('\\n', '\\r\\n')}\\r\\n`],
    ['in colour', (says: string) => `\\e[34m${says}\\e[0m`],
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

  it.each([
    ['ROLLBACK_COMPLETE', 0, ['aws cloudformation delete-stack --region eu-central-1 --stack-name keyless-bridge']],
    ['REVIEW_IN_PROGRESS', 0, []],
    ['UPDATE_ROLLBACK_COMPLETE', 0, []],
    ['UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 2, []],
    ['DELETE_FAILED', 2, []],
  ])('with a stack in the state %s', async (status, exitCode, deletions) => {
    const answer = { when: 'aws cloudformation describe-stacks *StackStatus*', says: status };

    const { calls, ...end } = await world.run('infra/aws-role.sh', ROLE, [answer, ...CLOUDS]);

    expect(end.exitCode).toBe(exitCode);
    expect(calls.filter((call) => call.includes('delete-stack '))).toEqual(deletions);
    expect(stackOf(calls) === undefined).toBe(exitCode !== 0);
  });

  it.each([
    ['ROLLBACK_COMPLETE', 'will delete it first'],
    ['UPDATE_IN_PROGRESS', 'will wait for the end of that operation'],
    ['CREATE_FAILED', 'It can only be deleted: aws cloudformation delete-stack --region eu-central-1 --stack-name keyless-bridge'],
    ['ROLLBACK_FAILED', 'It can only be deleted: aws cloudformation delete-stack'],
    ['DELETE_FAILED', 'It can only be deleted: aws cloudformation delete-stack'],
    ['UPDATE_ROLLBACK_FAILED', 'continue: aws cloudformation continue-update-rollback'],
    ['UPDATE_FAILED', 'Take the failed update back: aws cloudformation rollback-stack'],
    ['IMPORT_ROLLBACK_FAILED', 'Its events in CloudFormation'],
  ])('says of a stack in the state %s what becomes of it, and changes nothing when only asked', async (status, advice) => {
    const answer = { when: 'aws cloudformation describe-stacks *StackStatus*', says: status };

    const { calls, stdout, stderr } = await world.run(
      'infra/aws-role.sh',
      ['--check', 'keyless-bridge', 'eu-central-1'],
      [answer, ...CLOUDS],
    );

    expect(stdout + stderr).toContain(advice);
    expect(calls.filter((call) => !/ (?:describe|list)-/.test(call))).toEqual([]);
  });

  it('deletes no failed stack that still has resources', async () => {
    const { exitCode, calls, stderr } = await world.run('infra/aws-role.sh', ROLE, [
      { when: 'aws cloudformation describe-stacks *StackStatus*', says: 'ROLLBACK_COMPLETE' },
      { when: 'aws cloudformation list-stack-resources *', says: 'Bucket\\tDELETE_FAILED' },
    ]);

    expect(exitCode).toBe(2);
    expect(stderr).toContain('Bucket');
    expect(calls.filter((call) => call.includes('delete-stack'))).toEqual([]);
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

  it('shares the OIDC provider that somebody else made', async () => {
    const { calls } = await world.run('infra/deploy.sh', INPUTS, [
      { when: 'aws iam list-open-id-connect-providers *', says: PROVIDER },
      { when: 'aws cloudformation describe-stack-resource *', says: 'Stack does not exist', exitCode: 255 },
      ...CLOUDS,
    ]);

    expect(calls).toContain(
      `aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn ${PROVIDER} --client-id api://${TENANT}/keyless-bridge`,
    );
    expect(stackOf(calls)).toContain(`ExistingOidcProviderArn=${PROVIDER}`);
  });

  it.each([
    ['that only write, write access', [{ ...FULL_JOB }], 'ReadBucket= ReadPrefix= WriteBucket=contoso-archive WritePrefix= '],
    [
      'that only read, read access',
      [{ name: 'a', source: 's3://contoso-archive', destination: 'https://contoso.blob.core.windows.net/data' }],
      'ReadBucket=contoso-archive ReadPrefix= WriteBucket= WritePrefix=',
    ],
    ['both ways, both', [FULL_JOB, RETURN_JOB], 'ReadBucket=contoso-archive ReadPrefix=answers/ WriteBucket=contoso-archive WritePrefix= '],
  ])('gives the role of jobs %s', async (_, jobs, access) => {
    const file = join(world.folder, 'some-jobs.json');
    await writeFile(file, JSON.stringify(jobs, undefined, 2));

    const { calls } = await world.run('infra/deploy.sh', [...INPUTS, '--jobs', file], CLOUDS);

    expect(stackOf(calls)).toContain(access);
  });

  it('gives the role the tags where a job carries them', async () => {
    const file = join(world.folder, 'tagged-jobs.json');
    await writeFile(file, JSON.stringify([RETURN_JOB], undefined, 2));

    const { calls } = await world.run('infra/deploy.sh', [...INPUTS, '--jobs', file], CLOUDS);

    expect(stackOf(calls)).toMatch(/ AllowTags=true /);
  });

  it('makes the bucket where that is asked for', async () => {
    const { calls } = await world.run('infra/deploy.sh', [...INPUTS, '--create-bucket', '--aws-region', 'eu-west-1'], CLOUDS);

    expect(stackOf(calls)).toMatch(/^aws cloudformation deploy --region eu-west-1 .* CreateWriteBucket=true /);
  });

  it('makes the application by entra.sh where the extension is forbidden', async () => {
    const { exitCode, calls } = await world.run(
      'infra/deploy.sh',
      [...INPUTS, '--entra', 'script'],
      [
        { when: 'az cloud show *microsoftGraph*', says: 'https://graph.microsoft.com/' },
        { when: 'az cloud show *activeDirectory*', says: 'https://login.microsoftonline.com' },
        { when: 'az rest --method get */applications(*', says: 'client-id' },
        { when: 'az rest --method get */appRoleAssignedTo*', says: '1' },
        ...CLOUDS,
      ],
    );

    expect(exitCode).toBe(0);
    expect(calls.filter((call) => call.includes('entra.bicep'))).toEqual([]);
    expect(stackOf(calls)).toContain(`Audience=api://${TENANT}/keyless-bridge Subjects=principal-of-identity`);
  });

  it('stops where a step does not tell what the next one needs', async () => {
    const { exitCode, stderr } = await world.run('infra/deploy.sh', INPUTS, [{ when: 'aws cloudformation describe-stacks *' }, ...CLOUDS]);

    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('was not returned by AWS');
    expect(stderr).toContain('Stopped at the step "AWS"');
  });

  it('limits the role to the outbox where there are no jobs', async () => {
    const { calls } = await world.run('infra/deploy.sh', INPUTS, CLOUDS);

    expect(stackOf(calls)).toContain('ReadBucket= ReadPrefix= WriteBucket=contoso-archive WritePrefix=outbox/');
  });

  it('with --trust-only leaves the app to azd, and tells it the settings', async () => {
    const { calls } = await world.run('infra/deploy.sh', [...INPUTS, '--trust-only', 'trust.env'], CLOUDS);

    expect(calls.filter((call) => /main\.bicepparam|functionapp/.test(call))).toEqual([]);
    expect(await readFile(join(world.folder, 'trust.env'), 'utf8')).toBe(`BRIDGE_NAME='keyless-bridge'
BRIDGE_IDENTITY='managed-identity'
BRIDGE_BUCKET='contoso-archive'
BRIDGE_PREFIX='outbox/'
BRIDGE_ACCOUNTS='{}'
BRIDGE_AUDIENCE='api://${TENANT}/keyless-bridge'
BRIDGE_APPLICATION_CLIENT_ID='client-id'
AWS_ROLE_ARN='arn:aws:iam::111122223333:role/keyless-bridge'
AWS_REGION='eu-central-1'
`);
  });
});

/** The calls that change something in a cloud. */
function changesIn(calls: readonly string[]): readonly string[] {
  return calls.filter((call) =>
    /^az (?:group create|deployment group create|functionapp deployment|rest --method p)|^aws cloudformation deploy|^aws iam add/.test(
      call,
    ),
  );
}

function stackOf(calls: readonly string[]): string | undefined {
  return calls.find((call) => call.startsWith('aws cloudformation deploy'));
}
