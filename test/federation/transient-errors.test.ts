import { afterEach, describe, expect, it } from 'vitest';
import { createAssumeRole } from '../../src/federation/assume-role.ts';
import { createFederatedCredentials } from '../../src/federation/credentials.ts';
import { granted, refused, type StsAnswer, startFakeSts } from './fake-sts.ts';

const HOUR = 3_600_000;

const cleanUps: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

/** Credentials from an STS that gives these answers, one after the other, and then only the last. */
async function credentialsFrom(...answers: readonly [StsAnswer, ...StsAnswer[]]) {
  const sts = await startFakeSts(() => answers[Math.min(sts.calls.length, answers.length) - 1] ?? answers[0]);
  cleanUps.push(sts.stop);
  let tokenNumber = 0;
  const provide = createFederatedCredentials({
    getToken: async () => ({ token: `token-${++tokenNumber}`, expiresOn: new Date(Date.now() + HOUR) }),
    assumeRole: createAssumeRole({
      roleArn: 'arn:aws:iam::123456789012:role/bridge',
      region: 'eu-central-1',
      sessionName: 'run-1',
      durationSeconds: 900,
      endpoint: sts.endpoint,
    }),
    sleep: async () => undefined,
  });
  return { provide, tokensSeen: () => sts.calls.map(({ parameters }) => parameters.get('WebIdentityToken')) };
}

const success = () => granted(new Date(Date.now() + HOUR));

describe('errors of STS that pass', () => {
  it.each([
    ['a verification key that could not be fetched', refused(400, 'InvalidIdentityToken', "Couldn't retrieve verification key")],
    ['an identity provider that could not be reached', refused(400, 'IDPCommunicationError', 'No answer')],
    ['a failure inside STS', refused(500, 'InternalFailure', 'Oops')],
  ])('are overcome by trying again: %s', async (_, error) => {
    const { provide, tokensSeen } = await credentialsFrom(error, error, success());

    await expect(provide()).resolves.toMatchObject({ accessKeyId: 'ASIAFAKE' });

    expect(tokensSeen()).toHaveLength(3);
  });

  it('cost five requests at most, since the retries of the SDK do not multiply ours', async () => {
    const { provide, tokensSeen } = await credentialsFrom(refused(400, 'IDPCommunicationError', 'No answer'));

    await expect(provide()).rejects.toMatchObject({ code: 'keys-unavailable' });

    expect(tokensSeen()).toHaveLength(5);
  });

  it('do not include a wrong audience', async () => {
    const { provide, tokensSeen } = await credentialsFrom(refused(400, 'InvalidIdentityToken', 'Incorrect token audience'));

    await expect(provide()).rejects.toMatchObject({ code: 'wrong-audience' });

    expect(tokensSeen()).toHaveLength(1);
  });

  it('include an expired token, once, with a fresh one', async () => {
    const { provide, tokensSeen } = await credentialsFrom(refused(400, 'ExpiredTokenException', 'Token expired'), success());

    await provide();

    expect(tokensSeen()).toEqual(['token-1', 'token-2']);
  });
});
