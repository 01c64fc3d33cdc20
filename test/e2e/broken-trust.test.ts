import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BUCKET, type Clouds, startClouds } from '../../local/clouds.ts';
import { startApp } from '../../local/demo/app-process.ts';
import { buildApp } from '../../local/demo/build-app.ts';
import { AUDIENCE, TENANT_ID } from '../../local/identities.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

let dataDir: string;
let clouds: Clouds;

beforeAll(() => buildApp(ROOT));
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'keyless-bridge-trust-'));
  clouds = await startClouds({ dataDir });
});
afterEach(async () => {
  await clouds.stop();
  await rm(dataDir, { recursive: true, force: true });
});

describe('a run without the trust that it needs', () => {
  it.each([
    ['the role does not exist', missingRole, /AccessDenied.*Check AWS_ROLE_ARN/],
    ['the role trusts somebody else', roleOfOthers, /AccessDenied.*trust policy names this token's audience and subject/],
    ['the tenant knows no such audience', unknownAudience, /AADSTS500011.*BRIDGE_AUDIENCE/],
    ['AWS does not list the audience', unlistedAudience, /Incorrect token audience.*Add BRIDGE_AUDIENCE/],
  ])('fails when %s, and says what to do', async (_, broken, remedy) => {
    const source = await seed();
    const settings = { ...clouds.appSettings('federated-app'), BRIDGE_ALLOWED_LOCATIONS: `${source} s3://${BUCKET}`, ...broken(clouds) };
    const app = await startApp({ appDir: ROOT, settings, port: 0, logPath: join(dataDir, 'app.log') });

    const run = await sync(app.url, source).finally(app.stop);

    expect(run).toMatchObject({ state: 'failed', failure: { code: 'permission-denied', message: expect.stringMatching(remedy) } });
    expect(clouds.aws.requestCounts.get('PutObject')).toBeUndefined();
  });
});

/** A container with one object; answers its location. */
async function seed(): Promise<string> {
  const container = BlobServiceClient.fromConnectionString(clouds.azurite.connectionString).getContainerClient('samples');
  await container.create();
  await container.getBlockBlobClient('a').upload('a', 1);
  return `${clouds.azurite.blobUrl}/samples/`;
}

async function sync(appUrl: string, source: string): Promise<unknown> {
  const body = JSON.stringify({ source, destination: `s3://${BUCKET}/` });
  // An answer of 200 rather than 202 means that the run has ended in this time.
  const answer = await fetch(`${appUrl}/api/sync?wait=20`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  expect(answer.status).toBe(200);
  return answer.json();
}

function missingRole({ aws }: Clouds): Record<string, string> {
  return { AWS_ROLE_ARN: `arn:aws:iam::${aws.accountId}:role/no-such-role` };
}

function roleOfOthers({ aws, entra }: Clouds): Record<string, string> {
  const provider = aws.createOidcProvider({ url: entra.issuer, clientIds: [AUDIENCE] });
  const issuer = entra.issuer.replace('https://', '');
  const statement = {
    Effect: 'Allow',
    Principal: { Federated: provider },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { [`${issuer}:aud`]: AUDIENCE, [`${issuer}:sub`]: 'somebody-else' } },
  };
  const trustPolicy = { Version: '2012-10-17', Statement: [statement] };
  return { AWS_ROLE_ARN: aws.createRole({ name: 'of-others', trustPolicy, policies: [] }) };
}

function unknownAudience(): Record<string, string> {
  return { BRIDGE_AUDIENCE: `api://${TENANT_ID}/somebody-else` };
}

/** The provider is made anew for another audience only. */
function unlistedAudience({ aws, entra }: Clouds): Record<string, string> {
  aws.createOidcProvider({ url: entra.issuer, clientIds: ['api://somebody-else'] });
  return {};
}
