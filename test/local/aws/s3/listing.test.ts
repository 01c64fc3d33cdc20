import {
  CreateBucketCommand,
  DeleteBucketCommand,
  GetBucketLocationCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  type ListObjectsCommandOutput,
  ListObjectsV2Command,
  PutObjectCommand,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestAws, type TestAws } from '../support/setup.ts';

let test: TestAws;
beforeAll(async () => {
  test = await startTestAws();
});
afterAll(() => test.stop());

async function bucketOf(keys: readonly string[]): Promise<string> {
  const Bucket = test.newBucket();
  const client = test.client();
  await Promise.all(keys.map((Key) => client.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }))));
  return Bucket;
}

interface Shown {
  readonly keys: string[];
  readonly prefixes: string[];
}

async function listAll(input: ConstructorParameters<typeof ListObjectsV2Command>[0]): Promise<Shown> {
  const shown: Shown = { keys: [], prefixes: [] };
  for await (const page of paginateListObjectsV2({ client: test.client() }, input)) {
    shown.keys.push(...(page.Contents ?? []).map((one) => one.Key ?? ''));
    shown.prefixes.push(...(page.CommonPrefixes ?? []).map((one) => one.Prefix ?? ''));
  }
  return shown;
}

describe('a listing', () => {
  it('ascends by UTF-8 bytes, in which an emoji is behind U+FFFD', async () => {
    const Bucket = await bucketOf(['😀', '\ufffd', 'é', 'z', 'a/b', 'a-b', 'a', 'B']);

    const { keys } = await listAll({ Bucket });

    expect(keys).toEqual(['B', 'a', 'a-b', 'a/b', 'z', 'é', '\ufffd', '😀']);
  });

  it('shows each of 1,200 keys once over pages of any size', async () => {
    const keys = Array.from({ length: 1200 }, (_, index) => `k${String(index).padStart(5, '0')}`);
    const Bucket = await bucketOf(keys);

    expect((await listAll({ Bucket })).keys).toEqual(keys);
    expect((await listAll({ Bucket, MaxKeys: 7, Prefix: 'k000' })).keys).toEqual(keys.slice(0, 100));
  });

  it('begins behind StartAfter, whether that key exists or not', async () => {
    const Bucket = await bucketOf(['a', 'b', 'c']);

    expect((await listAll({ Bucket, StartAfter: 'a' })).keys).toEqual(['b', 'c']);
    expect((await listAll({ Bucket, StartAfter: 'aa' })).keys).toEqual(['b', 'c']);
    expect((await listAll({ Bucket, StartAfter: 'c' })).keys).toEqual([]);
  });

  it('shows a key that is itself the prefix', async () => {
    const Bucket = await bucketOf(['foo', 'foo/bar', 'foz']);

    expect((await listAll({ Bucket, Prefix: 'foo' })).keys).toEqual(['foo', 'foo/bar']);
  });

  it.each([1, 2, 1000])('folds keys at the delimiter, with %i entries a page', async (MaxKeys) => {
    const Bucket = await bucketOf(['a', 'b/1', 'b/2', 'b/3/4', 'c', 'd/1']);

    const shown = await listAll({ Bucket, Delimiter: '/', MaxKeys });

    expect(shown).toEqual({ keys: ['a', 'c'], prefixes: ['b/', 'd/'] });
  });

  it('folds below a prefix', async () => {
    const Bucket = await bucketOf(['b/', 'b/1', 'b/3/4', 'b/3/5']);

    expect(await listAll({ Bucket, Delimiter: '/', Prefix: 'b/' })).toEqual({ keys: ['b/', 'b/1'], prefixes: ['b/3/'] });
  });

  it('in the first version of the API continues at its marker, be it a key or a common prefix', async () => {
    const Bucket = await bucketOf(['a', 'b/1', 'b/2', 'c']);
    const seen: (string | undefined)[] = [];

    for (let Marker: string | undefined = ''; Marker !== undefined; ) {
      const page: ListObjectsCommandOutput = await test
        .client()
        .send(new ListObjectsCommand({ Bucket, Delimiter: '/', MaxKeys: 1, Marker }));
      seen.push(page.Contents?.[0]?.Key ?? page.CommonPrefixes?.[0]?.Prefix);
      Marker = page.NextMarker;
    }

    expect(seen).toEqual(['a', 'b/', 'c']);
  });

  it.each([{ ContinuationToken: 'made-up' }, { ContinuationToken: '' }, { MaxKeys: -1 }])('is refused for %j', async (more) => {
    const list = test.client().send(new ListObjectsV2Command({ Bucket: await bucketOf(['a', 'b']), ...more }));

    await expect(list).rejects.toMatchObject({ name: 'InvalidArgument', $metadata: { httpStatusCode: 400 } });
  });

  it('of no keys at all is empty and complete', async () => {
    const page = await test.client().send(new ListObjectsV2Command({ Bucket: await bucketOf(['a']), MaxKeys: 0 }));

    expect(page).toMatchObject({ KeyCount: 0, IsTruncated: false });
  });
});

describe('a bucket', () => {
  it('is created, listed, found and deleted', async () => {
    const Bucket = 'made-by-a-client';
    const client = test.client();

    await client.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' } }));

    expect((await client.send(new ListBucketsCommand())).Buckets?.map((one) => one.Name)).toContain(Bucket);
    expect((await client.send(new HeadBucketCommand({ Bucket }))).BucketRegion).toBe('eu-central-1');
    expect((await client.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint).toBe('eu-central-1');
    await client.send(new DeleteBucketCommand({ Bucket }));
    await expect(client.send(new HeadBucketCommand({ Bucket }))).rejects.toMatchObject({ name: 'NotFound' });
  });

  it('is not created twice, elsewhere, or under a bad name', async () => {
    const create = (Bucket: string, LocationConstraint?: 'eu-west-1') =>
      test.client().send(
        new CreateBucketCommand({
          Bucket,
          ...(LocationConstraint === undefined ? {} : { CreateBucketConfiguration: { LocationConstraint } }),
        }),
      );

    await expect(create(test.newBucket())).rejects.toMatchObject({ name: 'BucketAlreadyOwnedByYou' });
    await expect(create('elsewhere', 'eu-west-1')).rejects.toMatchObject({ name: 'IllegalLocationConstraintException' });
    await expect(create('Bad_Name')).rejects.toMatchObject({ name: 'InvalidBucketName' });
  });

  it('is not deleted while something is in it', async () => {
    const Bucket = await bucketOf(['a']);

    await expect(test.client().send(new DeleteBucketCommand({ Bucket }))).rejects.toMatchObject({ name: 'BucketNotEmpty' });
  });
});
