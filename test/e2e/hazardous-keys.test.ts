import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUCKET } from '../../local/clouds.ts';
import { startTestBridge, type TestBridge } from '../support/bridge/test-bridge.ts';

/** What both clouds hold as it is, but tools get wrong. */
const SHARED = [
  ...[
    '/leading',
    '//two',
    'a//b',
    'trailing/',
    'a b',
    ' space',
    'plus+',
    'question?',
    'hash#',
    'amp&',
    'equals=',
    'percent%',
    'enc%2Foded',
  ],
  ...['quote"', "apos'", 'angle<>', 'tilde~', 'Case', 'case', '日本語', '😀', 'fullwidth！', 'a.b', '.hidden', 'soap/a', 'x'.repeat(900)],
  ...['nfc-\u00e9', 'nfd-e\u0301', 'private-\ue000', 'supplementary-\u{1f600}', '_x', '_x00', 'a_b', 'photo_x1080.jpg', 'file_x1234_.txt'],
];

/** What looks as if it were escaped. */
const LOOK_ALIKES = ['_x002e_', 'a_x005f_', 'b_x002e_', '_x0073_oap'];

/** What Blob Storage cannot hold, or would change. */
const S3_ONLY = [
  ...['ends.', 'ends..', 'segment./a', './a', '../a', 'a/./b', 'a/../b', '.', '..', 'b.', '_x002e.'],
  ...['back\\slash', '\\', 'control\u0001', 'tab\t', 'line\nbreak', 'delete\u007f', 'next\u0085line', 'nonchar\ufffe', 'nonchar\uffff'],
];

let bridge: TestBridge;

beforeAll(async () => {
  bridge = await startTestBridge();
});
afterAll(() => bridge.stop());

const putS3 = (Key: string, Body: string) => bridge.s3Client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body }));
const putBlob = (key: string, body: string) => bridge.container.getBlockBlobClient(key).upload(body, Buffer.byteLength(body));
const textOf = (key: string) => `the text of ${key}`;

describe('keys that tools get wrong', () => {
  it('come from S3 to Blob Storage and back as they were, or are failed with the reason', async () => {
    const keys = [...SHARED, ...LOOK_ALIKES, ...S3_ONLY];
    const dots = '.'.repeat(300).split('').join('/');
    for (const key of [...keys, dots]) await putS3(`from/${key}`, textOf(key));

    const there = await bridge.sync(bridge.s3('from'), bridge.blob('there'));
    const again = await bridge.sync(bridge.s3('from'), bridge.blob('there'));
    const back = await bridge.sync(bridge.blob('there'), bridge.s3('back'));

    const receipts = await bridge.receiptsOf(there);
    expect(there).toMatchObject({ state: 'completed-with-failures', counts: { listed: keys.length + 1, copied: keys.length, failed: 1 } });
    expect(receipts.map(({ key }) => key).sort()).toEqual([...keys, dots].sort());
    expect(receipts.find(({ action }) => action === 'failed')).toMatchObject({ key: dots, reason: 'invalid-key' });
    expect(
      receipts
        .filter((receipt) => receipt.action === 'copied' && receipt.destinationKey !== undefined)
        .map(({ key }) => key)
        .sort(),
    ).toEqual([...LOOK_ALIKES, ...S3_ONLY].sort());
    expect(again.counts).toMatchObject({ listed: keys.length + 1, unchanged: keys.length, failed: 1, extraneous: 0 });
    expect(back).toMatchObject({ state: 'succeeded', counts: { listed: keys.length, copied: keys.length, extraneous: 0 } });
    expect(await textsInS3('back/')).toEqual(new Map(keys.map((key) => [key, textOf(key)])));
  }, 60_000);

  it('come from Blob Storage to S3 and back as they were, or are failed with the reason', async () => {
    const keys = [...SHARED, ...LOOK_ALIKES];
    const long = '語'.repeat(400);
    for (const key of [...keys, long]) await putBlob(`blob/${key}`, textOf(key));

    const there = await bridge.sync(bridge.blob('blob'), bridge.s3('s3'));
    const again = await bridge.sync(bridge.blob('blob'), bridge.s3('s3'));
    const back = await bridge.sync(bridge.s3('s3'), bridge.blob('home'));

    expect(there.counts).toMatchObject({ listed: keys.length + 1, copied: keys.length, failed: 1 });
    expect((await bridge.receiptsOf(there)).find(({ action }) => action === 'failed')).toMatchObject({ key: long, reason: 'invalid-key' });
    expect(again.counts).toMatchObject({ listed: keys.length + 1, unchanged: keys.length, failed: 1, extraneous: 0 });
    expect(back).toMatchObject({ state: 'succeeded', counts: { listed: keys.length, copied: keys.length, extraneous: 0 } });
    expect(await textsInBlobs('home/')).toEqual(new Map(keys.map((key) => [key, textOf(key)])));
  }, 60_000);

  it('that stand for folders get the form of the other side where that is wanted, and come back', async () => {
    await putS3('folders/a/', '');
    await putS3('folders/a/b', 'text');
    const options = { options: { folderMarkers: 'convert' } };

    const there = await bridge.sync(bridge.s3('folders'), bridge.blob('folders'), options);
    const again = await bridge.sync(bridge.s3('folders'), bridge.blob('folders'), options);
    const back = await bridge.sync(bridge.blob('folders'), bridge.s3('folders-back'), options);

    expect(there).toMatchObject({ state: 'succeeded', counts: { copied: 2 } });
    expect(again.counts).toMatchObject({ unchanged: 2, extraneous: 0 });
    expect((await bridge.container.getBlobClient('folders/a').getProperties()).metadata).toMatchObject({ hdi_isfolder: 'true' });
    expect(back).toMatchObject({ state: 'succeeded', counts: { copied: 2 } });
    expect([...(await textsInS3('folders-back/')).keys()].sort()).toEqual(['a/', 'a/b']);
  });
});

async function textsInS3(prefix: string): Promise<Map<string, string>> {
  const command = new ListObjectsV2Command({ Bucket: BUCKET, Prefix: prefix, EncodingType: 'url' });
  const { Contents = [] } = await bridge.s3Client.send(command);
  const keys = Contents.map(({ Key = '' }) => decodeURIComponent(Key.replaceAll('+', ' ')));
  const texts = keys.map(async (Key): Promise<[string, string]> => {
    const { Body } = await bridge.s3Client.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
    return [Key.slice(prefix.length), (await Body?.transformToString()) ?? ''];
  });
  return new Map(await Promise.all(texts));
}

async function textsInBlobs(prefix: string): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for await (const { name } of bridge.container.listBlobsFlat({ prefix }))
    texts.set(name.slice(prefix.length), (await bridge.container.getBlobClient(name).downloadToBuffer()).toString());
  return texts;
}
