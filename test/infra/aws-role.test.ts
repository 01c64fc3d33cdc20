import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLOUDS, changesIn, INPUTS, PROVIDER, ROLE, stackOf, TENANT } from './support/fake-clouds.ts';
import { type FakeWorld, openFakeWorld } from './support/fake-commands.ts';

let world: FakeWorld;

beforeEach(async () => {
  world = await openFakeWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

describe('the stack of the role', () => {
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
    expect(calls.filter((call) => !/ (?:describe|list|get)-/.test(call))).toEqual([]);
  });

  it('sees the state of the stack among the warnings of aws', async () => {
    const answer = {
      when: 'aws cloudformation describe-stacks *StackStatus*',
      says: 'DELETE_FAILED',
      warns: 'urllib3: InsecureRequestWarning',
    };

    const { exitCode, stderr } = await world.run('infra/aws-role.sh', ROLE, [answer, ...CLOUDS]);

    expect(exitCode).toBe(2);
    expect(stderr).toContain('is in the state DELETE_FAILED');
  });

  it('updates no stack that others made under this name, which would delete what is in it', async () => {
    const { exitCode, stderr, calls } = await world.run('infra/deploy.sh', INPUTS, [
      { when: 'aws cloudformation describe-stacks *StackStatus*', says: 'CREATE_COMPLETE' },
      { when: "aws cloudformation describe-stacks *'Subjects'*", says: '' },
      ...CLOUDS,
    ]);

    expect(exitCode).toBe(2);
    expect(stderr).toContain('The stack keyless-bridge in eu-central-1 is not one of Keyless Bridge');
    expect(changesIn(calls)).toEqual([]);
  });

  it('refuses the name of a role that is there without the stack, before it creates anything', async () => {
    const { exitCode, stderr, calls } = await world.run('infra/deploy.sh', INPUTS, [
      { when: 'aws iam get-role *', says: 'arn:aws:iam::111122223333:role/keyless-bridge' },
      ...CLOUDS,
    ]);

    expect(exitCode).toBe(2);
    expect(stderr).toContain('The account has a role keyless-bridge already');
    expect(changesIn(calls)).toEqual([]);
  });

  it('waits until IAM knows the OIDC provider', async () => {
    const { exitCode, calls, stderr } = await world.run('infra/aws-role.sh', ROLE, [
      { when: 'aws iam list-open-id-connect-providers *', says: PROVIDER },
      { when: 'aws cloudformation describe-stack-resource *', says: 'Stack does not exist', exitCode: 255 },
      { when: 'aws iam add-client-id-to-open-id-connect-provider *', says: '(NoSuchEntity): not found', exitCode: 254, times: 2 },
      ...CLOUDS,
    ]);

    expect(exitCode).toBe(0);
    expect(calls.filter((call) => call === 'sleep 10')).toHaveLength(2);
    expect(stderr).toContain('Waiting for IAM to know the OIDC provider');
    expect(stackOf(calls)).toBeDefined();
  });

  it('deletes no failed stack that still has resources', async () => {
    const { exitCode, calls, stderr } = await world.run('infra/aws-role.sh', ROLE, [
      { when: 'aws cloudformation describe-stacks *StackStatus*', says: 'ROLLBACK_COMPLETE' },
      { when: 'aws cloudformation list-stack-resources *', says: 'Bucket\\tDELETE_FAILED' },
      ...CLOUDS,
    ]);

    expect(exitCode).toBe(2);
    expect(stderr).toContain('Bucket');
    expect(calls.filter((call) => call.includes('delete-stack'))).toEqual([]);
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
});
