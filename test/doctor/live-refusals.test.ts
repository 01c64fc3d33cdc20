import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUCKET } from '../../local/clouds.ts';
import { type Patient, startPatient } from './patient.ts';

let patient: Patient;

beforeAll(async () => {
  patient = await startPatient();
  await patient.container.getBlockBlobClient('from/a.txt').upload('content', 7);
});

afterAll(() => patient.stop());

const EMPTY_LISTING = '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>';

interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

interface RefusingServer extends AsyncDisposable {
  readonly url: string;
}

/** A server that refuses everything, or only what writes: then listings are empty. */
async function startRefusing({ status, code, message }: Refusal, onlyWrites = 'no'): Promise<RefusingServer> {
  const server = createServer((request, response) => {
    request.resume();
    const isRefused = onlyWrites === 'no' || request.method !== 'GET';
    response.writeHead(isRefused ? status : 200, { 'content-type': 'application/xml', 'x-ms-error-code': code });
    response.end(isRefused ? `<Error><Code>${code}</Code><Message>${message}</Message></Error>` : EMPTY_LISTING);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** What the doctor finds at the last link. */
async function findings(options: Parameters<Patient['diagnose']>[0]) {
  const { checks } = await patient.diagnose(options);
  return checks.at(-1)?.findings ?? [];
}

const ROLE = 'User: arn:aws:sts::111122223333:assumed-role/bridge/s is not authorized to perform:';
const KEY = 'on resource: arn:aws:kms:eu-central-1:111122223333:key/2';

describe('one refusal of S3 is one finding, which names the cause', () => {
  it.each<[string, Refusal, string, RegExp]>([
    ['the clock', { status: 403, code: 'RequestTimeTooSkewed', message: 'The difference is too large.' }, 'clock-wrong', /Set the clock/],
    ['the credentials', { status: 403, code: 'InvalidAccessKeyId', message: 'No such key.' }, 'access-key-unknown', /AWS_REGION/],
    ['the role', { status: 403, code: 'AccessDenied', message: 'Access Denied' }, 'listing-denied', /Allow s3:ListBucket/],
    [
      'the organization',
      { status: 403, code: 'AccessDenied', message: `${ROLE} s3:ListBucket with an explicit deny in a service control policy` },
      'explicit-deny-scp',
      /no permission outweighs/,
    ],
    [
      'the key',
      {
        status: 403,
        code: 'AccessDenied',
        message: `${ROLE} kms:Decrypt ${KEY} because no identity-based policy allows the kms:Decrypt action`,
      },
      'kms-key-denied',
      /Allow kms:Decrypt on the KMS key/,
    ],
    ['a disabled key', { status: 400, code: 'KMS.DisabledException', message: 'It is disabled.' }, 'kms-key-unusable', /disabled/],
    ['another region', { status: 301, code: 'PermanentRedirect', message: 'Elsewhere.' }, 'bucket-elsewhere', /Set AWS_REGION/],
  ])('%s', async (_, refusal, id, advice) => {
    await using server = await startRefusing(refusal);

    const found = await findings({ settings: { AWS_ENDPOINT_URL_S3: server.url, BRIDGE_S3_FORCE_PATH_STYLE: 'true' } });

    expect(found.map((finding) => finding.id)).toEqual([id]);
    expect(found[0]?.symptom).toMatch(advice);
  });

  it.each<[string, Refusal, string]>([
    [
      'a key that is denied for writing',
      { status: 403, code: 'AccessDenied', message: `${ROLE} kms:GenerateDataKey ${KEY}` },
      'kms-key-denied',
    ],
    [
      'a bucket without ACLs, for a job that sets one',
      { status: 400, code: 'AccessControlListNotSupported', message: 'The bucket does not allow ACLs' },
      'acl-not-supported',
    ],
  ])('%s', async (_, refusal, id) => {
    await using server = await startRefusing(refusal, 'yes');

    const found = await findings({ settings: { AWS_ENDPOINT_URL_S3: server.url, BRIDGE_S3_FORCE_PATH_STYLE: 'true' } });

    expect(found.map((finding) => finding.id)).toEqual([id]);
  });
});

describe('one refusal of Blob Storage is one finding, which names the cause', () => {
  it.each<[string, Refusal, string, RegExp]>([
    ['the firewall', { status: 403, code: 'AuthorizationFailure', message: 'Not authorized.' }, 'storage-firewall', /firewall/],
    [
      'the role',
      { status: 403, code: 'AuthorizationPermissionMismatch', message: 'Not authorized using this permission.' },
      'blob-role-missing',
      /Storage Blob Data Reader/,
    ],
    [
      'keys that are off',
      { status: 403, code: 'KeyBasedAuthenticationNotPermitted', message: 'Not permitted.' },
      'storage-shared-key-off',
      /takes no account keys/,
    ],
    [
      'another tenant',
      { status: 401, code: 'InvalidAuthenticationInfo', message: 'Issuer validation failed.' },
      'storage-tenant-differs',
      /another tenant or cloud/,
    ],
    ['a busy account', { status: 503, code: 'ServerBusy', message: 'The server is busy.' }, 'throttled', /fewer requests/],
  ])('%s', async (_, refusal, id, advice) => {
    await using server = await startRefusing(refusal);
    const account = `${server.url}/devstoreaccount1`;
    const parts = ['DefaultEndpointsProtocol=http', 'AccountName=devstoreaccount1', 'AccountKey=a2V5'];
    const endpoints = ['Blob', 'Queue', 'Table'].map((service) => `${service}Endpoint=${account}`);

    const found = await findings({ settings: { AzureWebJobsStorage: [...parts, ...endpoints].join(';') } });

    expect(found.map((finding) => finding.id)).toEqual([id]);
    expect(found[0]?.symptom).toMatch(advice);
  });
});

describe('a way that does not lead there is one finding', () => {
  it.each<[string, Record<string, string>, string]>([
    ['S3 by a name that does not exist', { AWS_ENDPOINT_URL_S3: 'https://s3.nowhere.invalid' }, 's3-name-not-found'],
    ['STS by a name that does not exist', { AWS_ENDPOINT_URL_STS: 'https://sts.nowhere.invalid' }, 'name-not-found'],
    ['STS where nothing listens', { AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:1' }, 'connection-refused'],
    ['no identity', { AZURE_CLIENT_ID: '' }, 'managed-identity-missing'],
  ])('%s', async (_, settings, id) => {
    expect((await findings({ settings })).map((finding) => finding.id)).toEqual([id]);
  });

  it('an account that does not exist', async () => {
    const found = await findings({
      settings: patient.job('https://kb0nowhere0at0all0815000.blob.core.windows.net/data', `s3://${BUCKET}/to`),
    });

    expect(found.map((finding) => finding.id)).toEqual(['storage-name-not-found']);
  });

  it('a certificate without its key', async () => {
    const file = join(patient.folder, 'without-key.pem');
    await writeFile(file, '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n');

    const found = await findings({ mode: 'certificate', settings: { AZURE_CLIENT_CERTIFICATE_PATH: file } });

    expect(found.map((finding) => finding.id)).toEqual(['certificate-file-unreadable']);
  });
});
