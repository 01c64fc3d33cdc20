import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BUCKET } from '../../local/clouds.ts';
import { AUDIENCE, TRUSTED_SUBJECTS } from '../../local/identities.ts';
import { createAssumeRole } from '../../src/federation/assume-role.ts';
import { createFederatedCredentials } from '../../src/federation/credentials.ts';
import { createS3Store } from '../../src/stores/s3/s3-store.ts';
import { isStoreError } from '../../src/sync/store/store-error.ts';
import { contentsOf, putObject, syncAll } from '../support/stores/store-objects.ts';
import { startTwoClouds, type TwoClouds } from '../support/stores/two-clouds.ts';

const OBJECTS = 200;
/** AWS itself gives no session shorter than 15 minutes. */
const SESSION_SECONDS = 3;
const SLOWED_MS = 1_000;

let two: TwoClouds;

beforeAll(async () => {
  two = await startTwoClouds();
});
afterAll(() => two.stop());
afterEach(() => two.s3.proxy.setFaults());

describe('sessions that end every few seconds', () => {
  it('are renewed once each while the run goes on to its end', async () => {
    const { store, sessions } = openWithShortSessions('short/');
    await seed('short/');
    two.s3.proxy.setFaults(() => ({ kind: 'delay', milliseconds: SLOWED_MS }));
    const startedAt = Date.now();

    const { receipts, error } = await syncAll(two.blob.open('short/'), store);

    const longestRun = (Date.now() - startedAt) / 1_000;
    expect(error).toBeUndefined();
    expect(receipts.filter(({ action }) => action !== 'copied')).toEqual([]);
    expect((await contentsOf(two.s3.openBehindProxy('short/'))).size).toBe(OBJECTS);
    expect(sessions()).toBeGreaterThan(1);
    // A session is good for a second and a half at the least, by whole seconds and the early renewal.
    expect(sessions()).toBeLessThanOrEqual(1 + longestRun / 1.5);
  });
});

describe('a role that no longer trusts us', () => {
  it('ends the run with the cause and the remedy, and STS is not stormed', async () => {
    const { store, stsCalls } = openWithShortSessions('revoked/');
    await seed('revoked/');
    let requests = 0;
    two.s3.proxy.setFaults(() => {
      if (++requests === OBJECTS / 4) trustNobody();
      return { kind: 'delay', milliseconds: SLOWED_MS };
    });

    const startedAt = Date.now();

    const { receipts, error } = await syncAll(two.blob.open('revoked/'), store);

    const seconds = (Date.now() - startedAt) / 1_000;
    const copies = await contentsOf(two.s3.openBehindProxy('revoked/'));
    expect(isStoreError(error, 'permission-denied')).toBe(true);
    expect(String(error)).toMatch(/No credentials for the role .*AccessDenied.*Check AWS_ROLE_ARN, and that the role's trust policy/);
    expect(copies.size).toBeLessThan(OBJECTS);
    expect(receipts.filter(({ action, key }) => action !== 'copied' || !copies.has(key))).toEqual([]);
    // Sessions are renewed for as long as the role trusts us; a few calls more find out that it does not.
    expect(stsCalls()).toBeLessThanOrEqual(10 + seconds / 1.5);
  });
});

/** A store whose sessions the stand-in's STS allows, by the trust policy, but which last a few seconds only. */
function openWithShortSessions(prefix: string) {
  const { aws, entra, roleArn } = two.clouds;
  const ask = createAssumeRole({
    roleArn,
    region: aws.region,
    sessionName: 'keyless-bridge-chaos',
    durationSeconds: 900,
    endpoint: aws.url,
  });
  let sessions = 0;
  const callsBefore = aws.requestCounts.get('AssumeRoleWithWebIdentity') ?? 0;
  const credentials = createFederatedCredentials({
    getToken: async () => ({
      token: await entra.mintToken({ aud: AUDIENCE, sub: TRUSTED_SUBJECTS[0] }),
      expiresOn: new Date(Date.now() + 3_600_000),
    }),
    assumeRole: async (token) => {
      await ask(token);
      sessions++;
      return aws.issueSession({ roleArn, expiresInSeconds: SESSION_SECONDS });
    },
  });
  return {
    store: createS3Store({ client: two.createS3Client(credentials), bucket: BUCKET, prefix }),
    sessions: () => sessions,
    stsCalls: () => (aws.requestCounts.get('AssumeRoleWithWebIdentity') ?? 0) - callsBefore,
  };
}

async function seed(prefix: string): Promise<void> {
  const store = two.blob.openBehindProxy(prefix);
  for (let n = 0; n < OBJECTS; n++) await putObject(store, `${n}`, Buffer.from(`object ${n}`));
}

function trustNobody(): void {
  const statement = { Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRoleWithWebIdentity' };
  const name = two.clouds.roleArn.split('/').at(-1) ?? '';
  two.clouds.aws.createRole({ name, trustPolicy: { Version: '2012-10-17', Statement: [statement] }, policies: [] });
}
