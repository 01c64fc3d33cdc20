import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLIENT, CLOUDS, changesIn, DEPLOYED, IDENTITY, INPUTS, OTHER, SUBJECT, stackOf, TENANT } from './support/fake-clouds.ts';
import { type FakeWorld, openFakeWorld } from './support/fake-commands.ts';
import { FULL_JOB, RETURN_JOB } from './support/parameters.ts';

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
      expect.stringMatching(new RegExp(`^az deployment group create .*entra\\.bicep.* identityPrincipalId=${IDENTITY}`)),
      expect.stringMatching(new RegExp(`^aws cloudformation deploy --region eu-central-1 .* Subjects=${SUBJECT} `)),
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

  it('gives the role, and the app, what ad hoc runs may use', async () => {
    const places = ['--ad-hoc-source', 's3://contoso-archive/in/', '--ad-hoc-destination', 'https://contoso.blob.core.windows.net/inbox'];

    const { calls } = await world.run('infra/deploy.sh', [...INPUTS, ...places, '--trust-only', 'trust.env'], CLOUDS);

    expect(stackOf(calls)).toContain('ReadBucket=contoso-archive ReadPrefix=in/ WriteBucket=contoso-archive WritePrefix=outbox/');
    expect(await readFile(join(world.folder, 'trust.env'), 'utf8')).toContain(`BRIDGE_ACCOUNTS='{"contoso":{"resourceGroup":"finance"}}'
BRIDGE_AD_HOC_SOURCES='s3://contoso-archive/in/'
BRIDGE_AD_HOC_DESTINATIONS='https://contoso.blob.core.windows.net/inbox'
`);
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
        { when: 'az rest --method get */applications(*', says: CLIENT },
        { when: 'az rest --method get */appRoleAssignedTo*', says: '1' },
        { when: 'az rest --method get */servicePrincipals(*', says: OTHER },
        ...CLOUDS,
      ],
    );

    expect(exitCode).toBe(0);
    expect(calls.filter((call) => call.includes('entra.bicep'))).toEqual([]);
    expect(stackOf(calls)).toContain(`Audience=api://${TENANT}/keyless-bridge Subjects=${IDENTITY}`);
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
BRIDGE_JOBS='[]'
BRIDGE_BUCKET='contoso-archive'
BRIDGE_PREFIX='outbox/'
BRIDGE_ACCOUNTS='{}'
BRIDGE_AD_HOC_SOURCES=''
BRIDGE_AD_HOC_DESTINATIONS=''
BRIDGE_AUDIENCE='api://${TENANT}/keyless-bridge'
BRIDGE_APPLICATION_CLIENT_ID='${CLIENT}'
AWS_ROLE_ARN='arn:aws:iam::111122223333:role/keyless-bridge'
AWS_REGION='eu-central-1'
`);
  });
});
