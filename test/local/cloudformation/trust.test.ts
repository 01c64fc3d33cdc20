import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAssumeRole } from '../../../src/federation/assume-role.ts';
import { isFederationError } from '../../../src/federation/federation-error.ts';
import { AUDIENCE, SUBJECT, startTestAccount, TENANT, type TestAccount } from './account.ts';

/** An audience that the provider lists for another role. */
const OTHER_AUDIENCE = 'api://somebody-else';
const OTHER_SUBJECT = '2e1c4d6a-8b53-4d7f-8e1b-4c7c90203b21';

let account: TestAccount;
let existingProvider: string;

beforeAll(async () => {
  account = await startTestAccount();
  const clientIds = [AUDIENCE, OTHER_AUDIENCE];
  existingProvider = account.aws.createOidcProvider({ url: `https://sts.windows.net/${TENANT}/`, clientIds });
});
afterAll(() => account.stop());

interface Attempt {
  readonly roleArn: string;
  readonly claims?: Record<string, unknown>;
  readonly sessionName?: string;
  readonly durationSeconds?: number;
}

/** `in`, or the code of the error that kept us out. */
async function knock({ roleArn, claims = {}, sessionName = 'keyless-bridge-run', durationSeconds = 900 }: Attempt): Promise<string> {
  const { region, url: endpoint } = account.aws;
  const assumeRole = createAssumeRole({ roleArn, region, endpoint, sessionName, durationSeconds });
  try {
    await assumeRole(await account.mint(claims));
    return 'in';
  } catch (error) {
    if (isFederationError(error)) return error.code;
    throw error;
  }
}

function deploy(more: Record<string, string> = {}): string {
  return account.deploy({ ExistingOidcProviderArn: existingProvider, ...more });
}

describe('the role of the shipped template', () => {
  const AUDIENCES: readonly (readonly [aud: unknown, isListed: boolean])[] = [
    [AUDIENCE, true],
    [OTHER_AUDIENCE, true],
    [[OTHER_AUDIENCE, AUDIENCE], true],
    [AUDIENCE.toUpperCase(), false],
    [`${AUDIENCE}/`, false],
    [AUDIENCE.slice(0, -1), false],
    ['https://management.azure.com/', false],
  ];
  const SUBJECTS = [SUBJECT, OTHER_SUBJECT, SUBJECT.toUpperCase(), `${SUBJECT}0`, SUBJECT.slice(0, -1), '*'];

  it('lets in exactly one audience with one subject', async () => {
    const roleArn = deploy();
    const pairs = AUDIENCES.flatMap(([aud, isListed]) => SUBJECTS.map((sub) => ({ aud, sub, isListed })));

    const results = await Promise.all(pairs.map(({ aud, sub }) => knock({ roleArn, claims: { aud, sub } })));

    const expected = pairs.map(({ aud, sub, isListed }) => {
      if (!isListed) return 'wrong-audience';
      return aud === AUDIENCE && sub === SUBJECT ? 'in' : 'access-denied';
    });
    expect(results).toEqual(expected);
    expect(results.filter((result) => result === 'in')).toHaveLength(1);
  });

  it('lets in several subjects, and nobody else', async () => {
    const roleArn = deploy({ Subjects: `${SUBJECT}, ${OTHER_SUBJECT}` });

    const results = await Promise.all([SUBJECT, OTHER_SUBJECT, SUBJECT.toUpperCase()].map((sub) => knock({ roleArn, claims: { sub } })));

    expect(results).toEqual(['in', 'in', 'access-denied']);
  });

  it.each<[string, Omit<Attempt, 'roleArn'>, string]>([
    ['of another tenant', { claims: { iss: 'https://sts.windows.net/00000000-0000-4000-8000-000000000000/' } }, 'unknown-issuer'],
    ['of the tenant without its slash', { claims: { iss: `https://sts.windows.net/${TENANT}` } }, 'unknown-issuer'],
    ['of version 2', { claims: { iss: `https://login.microsoftonline.com/${TENANT}/v2.0`, ver: '2.0' } }, 'unknown-issuer'],
    ['that names another caller', { claims: { azp: OTHER_AUDIENCE } }, 'access-denied'],
    ['without an audience', { claims: { aud: undefined } }, 'invalid-token'],
    ['without a subject', { claims: { sub: undefined } }, 'invalid-token'],
    ['under another name of the session', { sessionName: 'run-1' }, 'access-denied'],
    ['for longer than the role allows', { durationSeconds: 3_601 }, 'invalid-request'],
    ['that is right', { durationSeconds: 3_600 }, 'in'],
  ])('answers a token %s', async (_, attempt, result) => {
    expect(await knock({ roleArn: deploy(), ...attempt })).toBe(result);
  });

  it('is open as long as its parameter says', async () => {
    const roleArn = deploy({ MaxSessionSeconds: '43200' });

    expect(await knock({ roleArn, durationSeconds: 43_200 })).toBe('in');
  });
});

describe('the provider of the shipped template', () => {
  it('takes tokens for the one audience', async () => {
    const own = await startTestAccount();
    const roleArn = own.deploy();
    const { region, url: endpoint } = own.aws;
    const assumeRole = createAssumeRole({ roleArn, region, endpoint, sessionName: 'keyless-bridge-run', durationSeconds: 900 });

    await expect(assumeRole(await own.mint())).resolves.toMatchObject({ sessionToken: expect.any(String) });
    await expect(assumeRole(await own.mint({ aud: OTHER_AUDIENCE }))).rejects.toMatchObject({ code: 'wrong-audience' });
    await own.stop();
  });
});
