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
  'archive',
];
const PROVIDER = `arn:aws:iam::111122223333:oidc-provider/sts.windows.net/${TENANT}/`;

/** Both clouds as they are before the first deployment; the first answer that fits counts. */
const CLOUDS: readonly FakeAnswer[] = [
  { when: 'az account show *', says: TENANT },
  { when: 'aws sts get-caller-identity *', says: '111122223333' },
  { when: 'aws s3api get-bucket-location *', says: 'eu-central-1' },
  { when: 'az group exists *', says: 'false' },
  { when: 'az deployment group create *modules/identity.bicep*', says: 'principal-of-identity' },
  { when: 'az deployment group create *entra.bicep*', says: `api://${TENANT}/keyless-bridge\\nclient-id\\nsubject-of-tokens` },
  { when: 'az deployment group create *main.bicepparam*', says: 'the-app\\nthe-app.example\\nhttps://kbdata.example/outbox' },
  { when: 'aws cloudformation describe-stacks *', says: 'arn:aws:iam::111122223333:role/keyless-bridge' },
  { when: 'az functionapp keys list *', says: 'the-key' },
  { when: 'curl */api/doctor', says: 'Every link that was checked holds.' },
];

/** As they are afterwards. */
const DEPLOYED: readonly FakeAnswer[] = [
  { when: 'az group exists *', says: 'true' },
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
  it('makes one thing after the other, each with what the one before told', async () => {
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
    ['sign-in', 'aws s3api get-bucket-location *'],
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
    ['without its value', [...INPUTS, '--jobs'], '--jobs needs a value'],
    ['that there is not', [...INPUTS, '--force', 'now'], 'Unknown option --force'],
    ['with a value that there is not', [...INPUTS, '--identity', 'password'], '--identity is managed-identity or federated-app'],
    ['that needs another', [...INPUTS, '--create-bucket'], '--create-bucket needs --aws-region'],
  ])('says which option is wrong: one %s', async (_, args, complaint) => {
    const { exitCode, calls, stderr } = await world.run('infra/deploy.sh', args, CLOUDS);

    expect(exitCode).toBe(2);
    expect(stderr).toContain(complaint);
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
    ['that only write, write access', [{ ...FULL_JOB }], 'ReadBucket= ReadPrefix= WriteBucket=archive WritePrefix='],
    [
      'that only read, read access',
      [{ name: 'a', source: 's3://archive', destination: 'https://c.blob.core.windows.net/d' }],
      'ReadBucket=archive ReadPrefix= WriteBucket= WritePrefix=',
    ],
    ['both ways, both', [FULL_JOB, RETURN_JOB], 'ReadBucket=archive ReadPrefix= WriteBucket=archive WritePrefix='],
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

    expect(stackOf(calls)).toMatch(/ AllowTags=true$/);
  });

  it('makes the bucket where that is asked for', async () => {
    const { calls } = await world.run('infra/deploy.sh', [...INPUTS, '--create-bucket', '--aws-region', 'eu-west-1'], CLOUDS);

    expect(stackOf(calls)).toMatch(/^aws cloudformation deploy --region eu-west-1 .* CreateWriteBucket=true$/);
  });

  it('makes the application by entra.sh where the extension is forbidden', async () => {
    const { exitCode, calls } = await world.run(
      'infra/deploy.sh',
      [...INPUTS, '--entra', 'script'],
      [
        { when: 'az cloud show *', says: 'https://cloud.example/' },
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
    expect(stderr).toContain('was not told by AWS');
    expect(stderr).toContain('Stopped at the step "AWS"');
  });

  it('limits the role to the outbox where there are no jobs', async () => {
    const { calls } = await world.run('infra/deploy.sh', INPUTS, CLOUDS);

    expect(stackOf(calls)).toContain('ReadBucket= ReadPrefix=outbox/ WriteBucket=archive WritePrefix=outbox/');
  });

  it('with --trust-only leaves the app to azd, and tells it the settings', async () => {
    const { calls } = await world.run('infra/deploy.sh', [...INPUTS, '--trust-only', 'trust.env'], CLOUDS);

    expect(calls.filter((call) => /main\.bicepparam|functionapp/.test(call))).toEqual([]);
    expect(await readFile(join(world.folder, 'trust.env'), 'utf8')).toBe(`BRIDGE_NAME="keyless-bridge"
BRIDGE_IDENTITY="managed-identity"
BRIDGE_BUCKET="archive"
BRIDGE_AUDIENCE="api://${TENANT}/keyless-bridge"
BRIDGE_APPLICATION_CLIENT_ID="client-id"
AWS_ROLE_ARN="arn:aws:iam::111122223333:role/keyless-bridge"
AWS_REGION="eu-central-1"
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
