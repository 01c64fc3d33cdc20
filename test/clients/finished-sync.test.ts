import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUCKET } from '../../local/clouds.ts';
import type { CopiedReceipt, Receipt } from '../../src/sync/outcomes/receipt.ts';
import { startTestBridge, type TestBridge } from '../support/bridge/test-bridge.ts';
import { openAwsCli } from './aws-cli.ts';
import { type CommandOutcome, outputOf } from './command.ts';
import { blobRemote, runRclone, s3Remote } from './rclone.ts';
import type { S3Account } from './s3-command-line.ts';

const MIB = 1_024 * 1_024;

const OBJECTS: Readonly<Record<string, Buffer>> = {
  empty: Buffer.alloc(0),
  'invoices/2026/01/a b+c.csv': randomBytes(2_000),
  'names/umlaut-äöü-😀.txt': randomBytes(17),
  'media/photo.raw': randomBytes(3 * MIB),
  'media/video.mp4': randomBytes(20 * MIB + 12_345),
};
const KEYS = Object.keys(OBJECTS).sort();

/** Older than any copy, as a file is that was there before it was copied. */
const WRITTEN_AT = new Date('2026-01-01T00:00:00Z');

let bridge: TestBridge;
let folder: string;

beforeAll(async () => {
  bridge = await startTestBridge();
  folder = await mkdtemp(join(tmpdir(), 'keyless-bridge-files-'));
  for (const [key, bytes] of Object.entries(OBJECTS)) {
    await bridge.container.getBlockBlobClient(`source/${key}`).uploadData(bytes);
    const path = join(folder, key);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
    await utimes(path, WRITTEN_AT, WRITTEN_AT);
  }
});
afterAll(async () => {
  await bridge.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('after a sync from Blob Storage to S3', () => {
  it('rclone finds every byte on both sides, and nothing else', async () => {
    await synced('equal');

    const check = await rcloneCheck('source', 'equal');

    expect(check).toMatchObject({ exitCode: 0 });
    expect(reportOf(check)).toEqual(KEYS.map((key) => `= ${key}`));
  });

  it('rclone sees an object that is spoilt afterwards, and one that is missing', async () => {
    await synced('spoilt');
    const spoilt = Buffer.from(OBJECTS['media/photo.raw'] ?? []);
    spoilt.writeUInt8(spoilt.readUInt8(1_000) ^ 1, 1_000);

    await bridge.s3Client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'spoilt/media/photo.raw', Body: spoilt }));
    await awsCli().remove('spoilt/empty');
    const check = await rcloneCheck('source', 'spoilt');

    expect(check.exitCode).not.toBe(0);
    expect(reportOf(check).filter((line) => !line.startsWith('='))).toEqual(['* media/photo.raw', '+ empty']);
  });

  it('our audit says of each object what rclone says, before and after some are spoilt, missing and added', async () => {
    await synced('audited');

    const whenEqual = [await audit('audited'), reportOf(await rcloneCheck('source', 'audited'))];
    const put = (key: string, Body: Buffer) => bridge.s3Client.send(new PutObjectCommand({ Bucket: BUCKET, Key: `audited/${key}`, Body }));
    await put('media/photo.raw', randomBytes(3 * MIB));
    await put('names/umlaut-äöü-😀.txt', randomBytes(18));
    await put('added', Buffer.from('only here'));
    await awsCli().remove('audited/empty');
    const whenNot = [await audit('audited'), reportOf(await rcloneCheck('source', 'audited'))];

    expect(whenEqual[0]).toEqual(whenEqual[1]);
    expect(whenEqual[0]).toEqual(KEYS.map((key) => `= ${key}`));
    expect(whenNot[0]).toEqual(whenNot[1]);
    expect(whenNot[0]?.filter((line) => !line.startsWith('='))).toEqual([
      '* media/photo.raw',
      '* names/umlaut-äöü-😀.txt',
      '+ empty',
      '- added',
    ]);
  });

  it('rclone lists on both sides the keys and the sizes that the report tells', async () => {
    const receipts = await synced('listed');

    const sides = await Promise.all([listed(`blob:${bridge.container.containerName}/source`), listed(`s3:${BUCKET}/listed`)]);

    const told = receipts.map(({ key, sizeBytes }) => [key, sizeBytes]).sort();
    expect(sides).toEqual([told, told]);
  });

  it('rclone finds every byte in Blob Storage again after a sync back', async () => {
    await synced('there');
    await bridge.sync(bridge.s3('there'), bridge.blob('back'));

    const check = await runRclone(['check', '--download', '--combined', '-', 'blob:test/source', 'blob:test/back'], remotes());

    expect(check.exitCode).toBe(0);
    expect(reportOf(check)).toEqual(KEYS.map((key) => `= ${key}`));
  });

  it('S3 tells the AWS CLI the checksum of each object that the report gives', async () => {
    const receipts = await synced('checksums');

    const kept = await Promise.all(receipts.map(({ key }) => crc64OnS3(`checksums/${key}`)));

    expect(receipts.map(({ key }) => key).sort()).toEqual(KEYS);
    expect(kept).toEqual(receipts.map(({ crc64nvme }) => crc64nvme));
  });

  it('the AWS CLI has nothing to sync from a folder with the same files, until an object is gone', async () => {
    await synced('cli');
    const sync = async () => outputOf(await awsCli().run('s3', 'sync', '--dryrun', folder, `s3://${BUCKET}/cli/`));

    const whenEqual = await sync();
    await awsCli().remove('cli/media/photo.raw');
    const whenGone = await sync();

    expect(whenEqual.toString()).toBe('');
    expect(whenGone.toString()).toMatch(/upload: \S+media\/photo\.raw to s3:\/\/\S+\/cli\/media\/photo\.raw/);
  });
});

/** Copies all objects below a prefix of the bucket; answers the run's receipts. */
async function synced(prefix: string): Promise<CopiedReceipt[]> {
  const run = await bridge.sync(bridge.blob('source'), bridge.s3(prefix));
  const report = await (await bridge.call('GET', `/api/runs/${run.id}/report`)).text();
  return report
    .split('\n')
    .filter((line) => line !== '')
    .map((line): CopiedReceipt => JSON.parse(line));
}

const SIGNS: Readonly<Record<string, string>> = { equal: '=', different: '*', missing: '+', extraneous: '-' };

/** What our audit says, in the signs of rclone. */
async function audit(prefix: string): Promise<string[]> {
  const run = await bridge.sync(bridge.blob('source'), bridge.s3(prefix), { options: { verify: true, readContent: true } });
  const report = await (await bridge.call('GET', `/api/runs/${run.id}/report`)).text();
  return report
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Receipt => JSON.parse(line))
    .map(({ action, key }) => `${SIGNS[action] ?? action} ${key}`)
    .sort((a, b) => (a < b ? -1 : 1));
}

async function listed(place: string): Promise<[string, number][]> {
  const output = outputOf(await runRclone(['lsjson', '--recursive', '--files-only', place], remotes()));
  const entries: { readonly Path: string; readonly Size: number }[] = JSON.parse(output.toString());
  return entries.map(({ Path, Size }): [string, number] => [Path, Size]).sort();
}

function account(): S3Account {
  const { aws, roleArn } = bridge.clouds;
  return { endpoint: aws.url, region: aws.region, ...aws.issueSession({ roleArn, expiresInSeconds: 3_600 }) };
}

function awsCli() {
  return openAwsCli(account(), BUCKET);
}

function remotes(): Record<string, string> {
  return { ...s3Remote(account()), ...blobRemote(bridge.clouds.azurite) };
}

/** Compares all bytes of both sides. */
function rcloneCheck(containerPrefix: string, bucketPrefix: string): Promise<CommandOutcome> {
  const places = [`blob:${bridge.container.containerName}/${containerPrefix}`, `s3:${BUCKET}/${bucketPrefix}`];
  return runRclone(['check', '--download', '--combined', '-', ...places], remotes());
}

/** One line for each key: `=` equal, `*` different, `+` only in the source, `-` only in the destination. */
function reportOf({ stdout }: CommandOutcome): string[] {
  return stdout
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .sort((a, b) => (a < b ? -1 : 1));
}

/** From the answer's headers, since the CLI of Debian 12 is older than this checksum and does not print it. */
async function crc64OnS3(key: string): Promise<string | undefined> {
  const { stderr } = await awsCli().run('--debug', 's3api', 'head-object', '--bucket', BUCKET, '--key', key, '--checksum-mode', 'ENABLED');
  return /'x-amz-checksum-crc64nvme': '([^']+)'/i.exec(stderr)?.[1];
}
