import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestAws, type TestAws } from '../support/setup.ts';

let test: TestAws;
beforeAll(async () => {
  test = await startTestAws();
});
afterAll(() => test.stop());

const ODD_KEYS = [
  'a b',
  'a+b',
  'a%20b',
  'a%2Fb',
  'a#b?c=d&e',
  `it's "quoted"`,
  '<&>;',
  'back\\slash',
  'a//b',
  '/leading',
  '//two',
  'trailing/',
  'dot.',
  '.',
  '..',
  'a/./b',
  'a/../b',
  'tab\tnewline\nreturn\r',
  '\u0001\u007f',
  'caf\u00e9',
  'cafe\u0301',
  '日本語',
  '😀',
  '\ufffd',
  "!'()*~-_",
  'x'.repeat(1024),
];

describe('a key', () => {
  it.each(ODD_KEYS)('%j is written, read, listed and deleted as it is', async (Key) => {
    const Bucket = test.newBucket();
    const client = test.client();

    await client.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
    const listed = await client.send(new ListObjectsV2Command({ Bucket, EncodingType: 'url' }));
    await client.send(new DeleteObjectCommand({ Bucket, Key }));

    expect(await Body?.transformToString()).toBe(Key);
    expect(listed.Contents?.map((one) => decodeURIComponent(one.Key?.replaceAll('+', ' ') ?? ''))).toEqual([Key]);
    expect((await client.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
  });

  it('of more than 1,024 bytes is refused, however few characters they are', async () => {
    const written = test.client().send(new PutObjectCommand({ Bucket: test.newBucket(), Key: 'é'.repeat(513), Body: 'x' }));

    await expect(written).rejects.toMatchObject({ name: 'KeyTooLongError' });
  });

  it('that differs only in normalisation or case is another key', async () => {
    const Bucket = test.newBucket();
    const keys = ['A', 'a', 'caf\u00e9', 'cafe\u0301'];

    for (const Key of keys) await test.client().send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));

    expect((await test.client().send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(keys.length);
  });
});
