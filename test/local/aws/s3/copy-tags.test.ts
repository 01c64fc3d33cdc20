import {
  CopyObjectCommand,
  DeleteObjectTaggingCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestAws, type TestAws } from '../support/setup.ts';

let test: TestAws;
beforeAll(async () => {
  test = await startTestAws();
});
afterAll(() => test.stop());

async function putTagged(): Promise<{ Bucket: string; Key: string }> {
  const target = { Bucket: test.newBucket(), Key: 'a/ö b' };
  await test.client().send(new PutObjectCommand({ ...target, Body: 'hello', Metadata: { old: '1' }, Tagging: 'a=1' }));
  return target;
}

async function tagsOf(target: { Bucket: string; Key: string }) {
  return (await test.client().send(new GetObjectTaggingCommand(target))).TagSet;
}

describe('a copy', () => {
  it('has the bytes, metadata and tags of its source', async () => {
    const { Bucket, Key } = await putTagged();

    await test.client().send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/${encodeURIComponent(Key)}` }));

    const copy = await test.client().send(new GetObjectCommand({ Bucket, Key: 'copy' }));
    expect(await copy.Body?.transformToString()).toBe('hello');
    expect(copy.Metadata).toEqual({ old: '1' });
    expect(await tagsOf({ Bucket, Key: 'copy' })).toEqual([{ Key: 'a', Value: '1' }]);
  });

  it('onto itself may change the metadata, and must change something', async () => {
    const { Bucket, Key } = await putTagged();
    const itself = { Bucket, Key, CopySource: `${Bucket}/${encodeURIComponent(Key)}` };

    await expect(test.client().send(new CopyObjectCommand(itself))).rejects.toMatchObject({ name: 'InvalidRequest' });
    await test.client().send(new CopyObjectCommand({ ...itself, MetadataDirective: 'REPLACE', Metadata: { new: '2' } }));

    const { Body, Metadata } = await test.client().send(new GetObjectCommand({ Bucket, Key }));
    expect(Metadata).toEqual({ new: '2' });
    expect(await Body?.transformToString()).toBe('hello');
  });

  it('is not made of another version than the one named', async () => {
    const { Bucket, Key } = await putTagged();
    const CopySource = `${Bucket}/${encodeURIComponent(Key)}`;

    const copied = test.client().send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource, CopySourceIfMatch: '"other"' }));

    await expect(copied).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await expect(test.client().send(new HeadObjectCommand({ Bucket, Key: 'copy' }))).rejects.toMatchObject({ name: 'NotFound' });
  });
});

describe('tags', () => {
  it('are read, replaced and removed apart from the object', async () => {
    const target = await putTagged();
    const TagSet = [
      { Key: 'ö x+-=._:/@', Value: '' },
      { Key: 'y', Value: ' 2 ' },
    ];

    await test.client().send(new PutObjectTaggingCommand({ ...target, Tagging: { TagSet } }));
    expect(await tagsOf(target)).toEqual(TagSet);

    await test.client().send(new DeleteObjectTaggingCommand(target));
    expect(await tagsOf(target)).toEqual([]);

    await test.client().send(new PutObjectTaggingCommand({ ...target, Tagging: { TagSet: [] } }));
    expect(await tagsOf(target)).toEqual([]);
  });

  it.each([
    ['more than ten', Array.from({ length: 11 }, (_, index) => ({ Key: `k${index}`, Value: '' })), 'BadRequest'],
    ['a name of more than 128 characters', [{ Key: 'k'.repeat(129), Value: '' }], 'InvalidTag'],
    ['a value of more than 256 characters', [{ Key: 'k', Value: 'v'.repeat(257) }], 'InvalidTag'],
    ['another character in a name', [{ Key: 'a&b', Value: '' }], 'InvalidTag'],
    ['another character in a value', [{ Key: 'k', Value: 'a, b' }], 'InvalidTag'],
    ['a name that AWS keeps for itself', [{ Key: 'aws:k', Value: '' }], 'InvalidTag'],
  ])('are refused when there is %s', async (_name, TagSet, name) => {
    const target = await putTagged();

    await expect(test.client().send(new PutObjectTaggingCommand({ ...target, Tagging: { TagSet } }))).rejects.toMatchObject({ name });
    expect(await tagsOf(target)).toEqual([{ Key: 'a', Value: '1' }]);
  });
});
