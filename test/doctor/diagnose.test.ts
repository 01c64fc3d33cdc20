import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUCKET } from '../../local/clouds.ts';
import { IDENTITY_MODES } from '../../local/identities.ts';
import { OTHER_AUDIENCE, type Patient, registerOther, startPatient } from './patient.ts';

const HOUR_MS = 3_600_000;

let patient: Patient;

beforeAll(async () => {
  patient = await startPatient();
  await patient.container.getBlockBlobClient('from/a.txt').upload('content', 7);
});

afterAll(() => patient.stop());

/** The broken link and what the doctor names first. */
async function broken(options: Parameters<Patient['diagnose']>[0]) {
  const { broken: link, checks } = await patient.diagnose(options);
  return { link, id: checks.at(-1)?.findings[0]?.id };
}

describe('a bridge that is well', () => {
  it.each(IDENTITY_MODES)('is told so, link by link, with %s', async (mode) => {
    const { healthy, checks } = await patient.diagnose({ mode, trustPolicy: JSON.stringify(patient.trustPolicy()) });

    expect(healthy).toBe(true);
    expect(checks.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['settings', 'ok'],
      ['clock', 'ok'],
      ['identity', 'ok'],
      ['token', 'ok'],
      ['trust', 'ok'],
      ['sts', 'ok'],
      ['credentials', 'ok'],
      ['records', 'ok'],
      [`${patient.blob('from/')} (source of job)`, 'ok'],
      [`s3://${BUCKET}/to/ (destination of job)`, 'ok'],
      ['limits', 'ok'],
    ]);
  });

  it('shows the claims of its token and who it is on AWS', async () => {
    const { checks } = await patient.diagnose();

    const detailsOf = (name: string) => checks.find((check) => check.name === name)?.details;
    expect(detailsOf('token')).toMatchObject({ iss: patient.clouds.entra.issuer, aud: patient.settings()['BRIDGE_AUDIENCE'] });
    expect(detailsOf('credentials')).toMatchObject({
      principal: expect.stringContaining('assumed-role/keyless-bridge/keyless-bridge-doctor'),
    });
  });

  it('finds in both stores what it had there, no more and no less', async () => {
    const { requestCounts } = patient.clouds.aws;
    const putsBefore = requestCounts.get('PutObject') ?? 0;

    await patient.diagnose();

    const blobs = await Array.fromAsync(patient.container.listBlobsFlat());
    expect(blobs.map(({ name }) => name)).toEqual(['from/a.txt']);
    expect(requestCounts.get('PutObject') ?? 0).toBe(putsBefore);
    expect(requestCounts.get('AbortMultipartUpload')).toBe(requestCounts.get('CreateMultipartUpload'));
  });

  it('is told so, but also what to look after', async () => {
    const { healthy, checks } = await patient.diagnose({ settings: { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE' } });

    expect(healthy).toBe(true);
    expect(checks[0]?.findings).toMatchObject([{ id: 'ambient-aws-keys', symptom: expect.stringContaining('AWS_ACCESS_KEY_ID') }]);
  });
});

describe('a broken link is named', () => {
  it.each([
    ['a setting is missing', { settings: { AWS_ROLE_ARN: '' } }, 'settings', 'setting-wrong'],
    [
      'the user-assigned identity is missing',
      { mode: 'federated-app', settings: { BRIDGE_MANAGED_IDENTITY_CLIENT_ID: '' } },
      'settings',
      'system-assigned-in-federated-app',
    ],
    ['the clock is an hour fast', { clock: () => Date.now() + HOUR_MS }, 'clock', 'clock-wrong'],
    ['the clock is an hour slow', { clock: () => Date.now() - HOUR_MS }, 'clock', 'clock-wrong'],
    [
      'the tenant is another',
      { mode: 'client-secret', settings: { AZURE_TENANT_ID: '11111111-2222-3333-4444-555555555555' } },
      'identity',
      'tenant-or-cloud-wrong',
    ],
    ['the secret is wrong', { mode: 'client-secret', settings: { AZURE_CLIENT_SECRET: 'wrong' } }, 'identity', 'wrong-client-credential'],
    [
      'the app has no such identity',
      { settings: { AZURE_CLIENT_ID: '11111111-2222-3333-4444-555555555555' } },
      'identity',
      'managed-identity-missing',
    ],
    ['the audience is not registered', { settings: { BRIDGE_AUDIENCE: 'api://nobody' } }, 'token', 'app-id-uri-unknown'],
    ['the principal is another than expected', { settings: { BRIDGE_EXPECTED_SUBJECT: 'someone-else' } }, 'token', 'principal-unexpected'],
    ['the role does not exist', { settings: { AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/nobody' } }, 'sts', 'trust-does-not-match'],
    ['host.json is damaged', { hostFile: '{' }, 'limits', 'host-json-invalid'],
    ['a slice takes too long', { hostFile: '{"functionTimeout":"00:05:00"}' }, 'limits', 'slice-too-long'],
  ] as const)('when %s', async (_case, options, link, id) => {
    const found = await broken(options);

    expect(found).toEqual({ link, id });
  });

  it('when the identity is not assigned', async () => {
    const other = registerOther(patient.clouds, 'api://unrelated');

    const found = await broken({ settings: { AZURE_CLIENT_ID: other.clientId } });

    expect(found).toEqual({ link: 'token', id: 'identity-not-assigned' });
  });

  it("when the provider's list lacks the audience", async () => {
    const other = registerOther(patient.clouds, OTHER_AUDIENCE);

    const found = await broken({ settings: { BRIDGE_AUDIENCE: OTHER_AUDIENCE, AZURE_CLIENT_ID: other.clientId } });

    expect(found).toEqual({ link: 'sts', id: 'audience-not-registered' });
  });

  it('when the role trusts another subject', async () => {
    const role = patient.createRole({ subjects: ['someone-else'] });

    const found = await broken({ settings: { AWS_ROLE_ARN: role } });

    expect(found).toEqual({ link: 'sts', id: 'trust-does-not-match' });
  });

  it('when the role trusts another subject, with the difference where its policy is known', async () => {
    const trustPolicy = JSON.stringify(patient.trustPolicy({ subjects: ['someone-else'] }));

    const { broken: link, checks } = await patient.diagnose({ trustPolicy });

    expect(link).toBe('trust');
    expect(checks.at(-1)?.findings[0]?.symptom).toMatch(/:sub is \S+, but the role wants someone-else/);
  });

  it('when the role lets in every principal of the tenant, although nothing fails', async () => {
    const { Statement, ...rest } = patient.trustPolicy();
    const [{ Condition: _, ...statement }] = Statement;

    const found = await broken({ settings: { BRIDGE_TRUST_POLICY: JSON.stringify({ ...rest, Statement: [statement] }) } });

    expect(found).toEqual({ link: 'trust', id: 'trust-too-broad' });
  });

  it('when what is given as the trust policy is none', async () => {
    const found = await broken({ settings: { BRIDGE_TRUST_POLICY: 'arn:aws:iam::111122223333:role/bridge' } });

    expect(found).toEqual({ link: 'settings', id: 'setting-wrong' });
  });

  it('when the session is to be longer than is known of the role', async () => {
    const role = { Role: { AssumeRolePolicyDocument: patient.trustPolicy(), MaxSessionDuration: 3_600 } };

    const found = await broken({ trustPolicy: JSON.stringify(role), settings: { BRIDGE_SESSION_SECONDS: '7200' } });

    expect(found).toEqual({ link: 'trust', id: 'session-too-long' });
  });

  it('when the session is to be longer than the role allows', async () => {
    const settings = { AWS_ROLE_ARN: patient.createRole(), BRIDGE_SESSION_SECONDS: '7200' };

    const found = await broken({ settings });

    expect(found).toEqual({ link: 'sts', id: 'session-too-long' });
  });

  it('when the bucket is missing', async () => {
    const settings = { AWS_ROLE_ARN: patient.createRole(), ...patient.job(patient.blob('from'), 's3://nobodys-bucket') };

    const found = await broken({ settings });

    expect(found).toEqual({ link: 's3://nobodys-bucket/ (destination of job)', id: 'not-found' });
  });

  it('when the prefix is denied', async () => {
    const list = {
      Effect: 'Allow',
      Action: 's3:ListBucket',
      Resource: `arn:aws:s3:::${BUCKET}`,
      Condition: { StringLike: { 's3:prefix': 'ours/*' } },
    };
    const settings = { AWS_ROLE_ARN: patient.createRole({ statements: [list] }) };

    const found = await broken({ settings });

    expect(found).toEqual({ link: `s3://${BUCKET}/to/ (destination of job)`, id: 'listing-denied' });
  });

  it('when writing is denied', async () => {
    const list = { Effect: 'Allow', Action: 's3:ListBucket', Resource: `arn:aws:s3:::${BUCKET}` };
    const settings = { AWS_ROLE_ARN: patient.createRole({ statements: [list] }) };

    const { broken: link, checks } = await patient.diagnose({ settings });

    expect(link).toBe(`s3://${BUCKET}/to/ (destination of job)`);
    expect(checks.at(-1)).toMatchObject({ details: { list: 'allowed' }, findings: [{ symptom: expect.stringContaining('s3:PutObject') }] });
  });

  it('when the container is missing', async () => {
    const source = patient.blob('', 'nowhere');

    const found = await broken({ settings: patient.job(source, `s3://${BUCKET}/to`) });

    expect(found).toEqual({ link: `${source} (source of job)`, id: 'not-found' });
  });

  it('when the account key is wrong', async () => {
    const key = Buffer.from('wrong').toString('base64');
    const connection = patient.clouds.azurite.connectionString.replace(/AccountKey=[^;]+/, `AccountKey=${key}`);

    const found = await broken({ settings: { AzureWebJobsStorage: connection } });

    expect(found).toEqual({ link: 'records', id: 'storage-authentication-failed' });
  });
});

describe('what the doctor tells', () => {
  it('holds no token, no secret and no key', async () => {
    const settings = patient.settings('client-secret');
    const secrets = [settings['AZURE_CLIENT_SECRET'] ?? '', /AccountKey=([^;]+)/.exec(settings['AzureWebJobsStorage'] ?? '')?.[1] ?? ''];

    const well = JSON.stringify(await patient.diagnose({ mode: 'client-secret' }));
    const ill = JSON.stringify(
      await patient.diagnose({ mode: 'client-secret', settings: patient.job(patient.blob('', 'nowhere'), `s3://${BUCKET}`) }),
    );

    for (const told of [well, ill]) {
      expect(told).not.toMatch(/eyJ[\w-]+\.|SecretAccessKey|IQoJ/);
      for (const secret of secrets) expect(told).not.toContain(secret);
    }
  });
});
