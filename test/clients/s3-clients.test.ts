import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUCKET, type Clouds, startClouds } from '../../local/clouds.ts';
import { openAwsCli } from './aws-cli.ts';
import { openRclone } from './rclone.ts';
import type { S3Account } from './s3-command-line.ts';

const MIB = 1_024 * 1_024;
const FOREIGN_BUCKET = 'somebody-elses';

/** Those that both clients can name: rclone knows no empty folder names and no dots for one. */
const ODD_KEYS = [
  '.hidden',
  '100% #1?.txt',
  "it's 'quoted' & \"double\".txt",
  'percent%2Fencoded',
  'plus+plus',
  'umlaut-äöü-日本語-😀.txt',
  'with space/and (more)/x',
  '~tilde,=;@$!*[]{}^|<>',
].sort();

let scratch: string;
let clouds: Clouds;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'keyless-bridge-clients-'));
  clouds = await startClouds({ dataDir: join(scratch, 'clouds') });
  clouds.aws.createBucket(FOREIGN_BUCKET);
  // Debian's rclone sends the ACL "private" with each write, which a bucket without ACLs refuses.
  clouds.aws.configureBucket(BUCKET, { ownership: 'ObjectWriter' });
});
afterAll(async () => {
  await clouds.stop();
  await rm(scratch, { recursive: true, force: true });
});

describe.each([
  { name: 'rclone', open: openRclone },
  { name: 'aws', open: openAwsCli },
])('the S3 stand-in, driven by $name,', ({ name, open }) => {
  it('lists every odd key that it has put, over several pages', async () => {
    const client = open(account(), BUCKET);
    const path = await file('odd', Buffer.from('odd'));

    for (const key of ODD_KEYS) await client.put(path, `${name}/odd/${key}`);

    expect((await client.list(`${name}/odd/`)).sort()).toEqual(ODD_KEYS);
  });

  it.each([
    ['an empty object', 0, { uploads: 0 }],
    ['a small object', 1_000, { uploads: 0 }],
    ['an object in parts', 11 * MIB + 1, { uploads: 1 }],
  ])('gives back %s as it was put', async (_, sizeBytes, { uploads }) => {
    const client = open(account(), BUCKET);
    const bytes = randomBytes(sizeBytes);
    const fetched = join(scratch, 'fetched');
    const uploadsBefore = completedUploads();

    await client.put(await file('original', bytes), `${name}/sizes/${sizeBytes}`);
    await client.get(`${name}/sizes/${sizeBytes}`, fetched);

    expect(bytes.equals(await readFile(fetched))).toBe(true);
    expect(completedUploads() - uploadsBefore).toBe(uploads);
  });

  it.each([
    ['small', 1_000],
    ['in parts', 9 * MIB],
  ])('keeps content type and metadata of an object that is %s', async (_, sizeBytes) => {
    const client = open(account(), BUCKET);
    const path = await file('described', randomBytes(sizeBytes));

    await client.put(path, `${name}/described`, { contentType: 'text/x-thing', metadata: { department: 'finance', 'cost-centre': '42' } });

    expect(await client.stat(`${name}/described`)).toMatchObject({
      sizeBytes,
      contentType: 'text/x-thing',
      metadata: { department: 'finance', 'cost-centre': '42' },
    });
  });

  it('copies an object within the bucket', async () => {
    const client = open(account(), BUCKET);
    const bytes = randomBytes(5_000);
    await client.put(await file('template', bytes), `${name}/template`);
    const fetched = join(scratch, 'fetched-copy');

    await client.copy(`${name}/template`, `${name}/copy of it`);
    await client.get(`${name}/copy of it`, fetched);

    expect(bytes.equals(await readFile(fetched))).toBe(true);
  });

  it('deletes an object, and sees that it is gone', async () => {
    const client = open(account(), BUCKET);
    await client.put(await file('doomed', Buffer.from('x')), `${name}/doomed`);

    await client.remove(`${name}/doomed`);

    expect(await client.stat(`${name}/doomed`)).toBeUndefined();
  });

  it.each([
    ['a wrong secret', () => ({ ...account(), secretAccessKey: 'not-the-secret' }), BUCKET, /SignatureDoesNotMatch/],
    ['an unknown key', () => ({ ...account(), accessKeyId: 'ASIAUNKNOWNUNKNOWN00' }), BUCKET, /InvalidAccessKeyId/],
    ['a bucket that the role does not allow', account, FOREIGN_BUCKET, /AccessDenied/],
  ])('refuses %s', async (_, accountOf, bucket, refusal) => {
    const client = open(accountOf(), bucket);

    await expect(client.list('any/')).rejects.toThrow(refusal);
  });

  it('refuses a session that has expired', async () => {
    const client = open(account(), BUCKET);
    await client.list('any/');

    clouds.aws.expireSessions();

    await expect(client.list('any/')).rejects.toThrow(/ExpiredToken/);
  });
});

/** A session of the app's own role. */
function account(): S3Account {
  const { url, region } = clouds.aws;
  return { endpoint: url, region, ...clouds.aws.issueSession({ roleArn: clouds.roleArn, expiresInSeconds: 3_600 }) };
}

function completedUploads(): number {
  return clouds.aws.requestCounts.get('CompleteMultipartUpload') ?? 0;
}

async function file(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(scratch, name);
  await writeFile(path, bytes);
  return path;
}
