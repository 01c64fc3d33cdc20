import { createHash } from 'node:crypto';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUCKET } from '../../local/clouds.ts';
import type { RunView } from '../../src/runs/view/run-view.ts';
import { startTestBridge, type TestBridge } from '../support/bridge/test-bridge.ts';

let bridge: TestBridge;

beforeAll(async () => {
  bridge = await startTestBridge();
});
afterAll(() => bridge.stop());

const md5Of = (text: string) => createHash('md5').update(text).digest();
const putS3 = (Key: string, Body: string) => bridge.s3Client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body }));
const blob = (key: string) => bridge.container.getBlockBlobClient(key);

async function textOnS3(Key: string): Promise<string | undefined> {
  const { Body } = await bridge.s3Client.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
  return Body?.transformToString();
}

async function onlyReceipt(run: RunView): Promise<object | undefined> {
  const [receipt] = await bridge.receiptsOf(run);
  return receipt;
}

async function verify(source: string, destination: string, options: object = {}): Promise<RunView> {
  const answer = await bridge.call('POST', '/api/verify?wait=60', { source, destination, options });
  return (await answer.json()) as RunView;
}

/** A copy of an S3 object, whose bytes somebody replaces, keeping its metadata, as some tools do. */
async function editCopy(prefix: string, edit: (metadata: Record<string, string>) => Promise<unknown>) {
  await putS3(`${prefix}/doc`, 'before');
  const [s3, azure] = [bridge.s3(prefix), bridge.blob(prefix)];
  await bridge.sync(s3, azure);
  const { metadata = {} } = await blob(`${prefix}/doc`).getProperties();
  await edit(metadata);
  return { s3, azure };
}

describe('a blob that got other bytes under the metadata of a copy', () => {
  it('is found to differ by its bytes alone', async () => {
    const { s3, azure } = await editCopy('audited', (metadata) => blob('audited/doc').upload('edited', 6, { metadata }));

    const byHead = await verify(s3, azure);
    const byContent = await verify(s3, azure, { readContent: true });

    expect(await onlyReceipt(byHead)).toMatchObject({ action: 'unprovable', reason: 'checksums-differ' });
    expect(await onlyReceipt(byContent)).toMatchObject({ action: 'different', by: 'content', record: 'content' });
  });

  it('is found to differ where its Content-MD5 is outdated, too', async () => {
    const { s3, azure } = await editCopy('both-stale', (metadata) => putBlocks('both-stale/doc', 'edited', md5Of('before'), metadata));

    const byHead = await verify(s3, azure);
    const byContent = await verify(s3, azure, { readContent: true });
    const synced = await bridge.sync(s3, azure, { options: { compare: 'checksum' } });

    // The writer's word is believed here, and the run says so.
    expect(byHead).toMatchObject({ counts: { equal: 1 }, equalByRecord: { writer: 1 } });
    expect(await onlyReceipt(byContent)).toMatchObject({ action: 'different', by: 'content', record: 'content' });
    expect(await onlyReceipt(synced)).toMatchObject({ action: 'copied', reason: 'content-differs' });
  });

  it.each([
    ['its Content-MD5 is that of the bytes', 'fresh', { verified: 'md5', sourceRecord: 'writer' }],
    ['nothing of what its writer left is', 'stale', { verified: 'length', sourceRecord: 'outdated' }],
  ])('is copied, and the receipt says how far it was proved: %s', async (_, kind, proof) => {
    const { azure } = await editCopy(kind, (metadata) =>
      putBlocks(`${kind}/doc`, 'edited', md5Of(kind === 'fresh' ? 'edited' : 'before'), metadata),
    );

    const run = await bridge.sync(azure, bridge.s3(`elsewhere/${kind}`));

    expect(run).toMatchObject({ state: 'succeeded', copiedByRecord: { [proof.sourceRecord]: 1 } });
    expect(await onlyReceipt(run)).toMatchObject({ action: 'copied', ...proof });
    expect(await textOnS3(`elsewhere/${kind}/doc`)).toBe('edited');
  });
});

describe('a page blob that was changed in place', () => {
  it('is never judged by the Content-MD5 and the metadata that it keeps', async () => {
    const page = bridge.container.getPageBlobClient('pages/disk');
    const [before, after] = ['a'.repeat(512), 'b'.repeat(512)];
    await page.create(512, { blobHTTPHeaders: { blobContentMD5: md5Of(before) } });
    await page.uploadPages(before, 0, 512);
    const [source, destination] = [bridge.blob('pages'), bridge.s3('pages')];
    await bridge.sync(source, destination);
    await page.uploadPages(after, 0, 512);

    const byHead = await verify(source, destination);
    const byContent = await verify(source, destination, { readContent: true });
    const synced = await bridge.sync(source, destination);

    expect(await onlyReceipt(byHead)).toMatchObject({ action: 'unprovable', reason: 'no-common-checksum' });
    expect(await onlyReceipt(byContent)).toMatchObject({ action: 'different', record: 'content' });
    expect(await onlyReceipt(synced)).toMatchObject({ action: 'copied', verified: 'length', sourceRecord: 'none' });
    expect(await textOnS3('pages/disk')).toBe(after);
  });
});

/** Put Block List stores whatever Content-MD5 it is given. */
async function putBlocks(key: string, text: string, blobContentMD5: Uint8Array, metadata: Record<string, string>): Promise<void> {
  const id = Buffer.from('1').toString('base64');
  await blob(key).stageBlock(id, text, text.length);
  await blob(key).commitBlockList([id], { metadata, blobHTTPHeaders: { blobContentMD5 } });
}
