import type { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createS3Leftovers } from '../../../src/stores/s3/listing/s3-leftovers.ts';
import { createS3Store } from '../../../src/stores/s3/s3-store.ts';
import { crc64 } from '../../../src/sync/store/crc64.ts';
import { startS3Server } from '../../contract/servers/s3-server.ts';
import { failureOf, keysOf, NO_PROPERTIES, uploadPart } from '../../contract/suite/objects.ts';

const LISTING_ONLY = { Effect: 'Allow', Action: 's3:ListBucket', Resource: '*' };

let server: Awaited<ReturnType<typeof startS3Server>>;
let client: S3Client;
let bucket: string;

beforeAll(async () => {
  server = await startS3Server();
  client = server.clientFor();
});
afterAll(() => server.stop());
beforeEach(() => {
  bucket = server.createBucket();
});

const store = (prefix = '') => createS3Store({ client, bucket, prefix });
const begin = (key: string, prefix = '') => store(prefix).beginUpload({ key, sizeBytes: 4, properties: NO_PROPERTIES });

async function leftoversIn(options: { prefix?: string; pageSize?: number } = {}) {
  return (await Array.fromAsync(createS3Leftovers({ client, bucket, prefix: '', ...options }).list())).flat();
}

describe('left-over uploads', () => {
  it('are told with their key, id, age, and the session that began them', async () => {
    const { id } = await begin('big');

    const [leftover, ...others] = await leftoversIn();

    expect(leftover).toMatchObject({ key: 'big', id, sessionName: 'issued' });
    expect(Math.abs(Date.now() - (leftover?.initiatedAt.getTime() ?? 0))).toBeLessThan(60_000);
    expect(others).toEqual([]);
  });

  it('are those that are neither committed nor aborted', async () => {
    const [committed, aborted, left] = [await begin('committed'), await begin('aborted'), await begin('left')];
    await store().commit(committed, [await uploadPart(store(), committed, 1, Buffer.from('text'))], { crc64: crc64(Buffer.from('text')) });
    await store().abort(aborted);

    expect(await leftoversIn()).toMatchObject([{ key: 'left', id: left.id }]);
  });

  it('have keys below the prefix, and no others are told', async () => {
    await begin('elsewhere');
    await begin('dir+/two words\n😀', 'logs/');

    expect((await leftoversIn({ prefix: 'logs/' })).map(({ key }) => key)).toEqual(['dir+/two words\n😀']);
  });

  it('are each told once, over pages, also where one key has several', async () => {
    const begun = [];
    for (const key of ['a +', 'a +', 'a +', 'b', 'c', 'c']) begun.push(await begin(key));

    const found = await leftoversIn({ pageSize: 2 });

    expect(found.map(({ key }) => key)).toEqual(['a +', 'a +', 'a +', 'b', 'c', 'c']);
    expect(new Set(found.map(({ id }) => id))).toEqual(new Set(begun.map(({ id }) => id)));
  });

  it('can be aborted one by one, once or twice', async () => {
    const [first, second] = [await begin('a', 'logs/'), await begin('a', 'logs/')];
    const leftovers = createS3Leftovers({ client, bucket, prefix: 'logs/' });

    await leftovers.abort({ key: 'a', id: first.id });
    await leftovers.abort({ key: 'a', id: first.id });

    expect(await leftoversIn()).toMatchObject([{ key: 'logs/a', id: second.id }]);
    expect(await keysOf(store())).toEqual([]);
  });

  it('that may not be listed are an error that names the permission', async () => {
    const denied = createS3Leftovers({ client: server.clientFor({ statement: LISTING_ONLY }), bucket, prefix: '' });

    const failure = await failureOf(Array.fromAsync(denied.list()));

    expect(failure).toMatchObject({ code: 'permission-denied', message: expect.stringContaining('s3:ListBucketMultipartUploads') });
  });

  it('are not listed once the signal has fired', async () => {
    const leftovers = createS3Leftovers({ client, bucket, prefix: '' });

    const failure = await failureOf(Array.fromAsync(leftovers.list({ signal: AbortSignal.abort() })));

    expect(failure.code).toBe('aborted');
  });
});

describe('an upload that no session of a role began', () => {
  it.each([
    ['arn:aws:iam::111122223333:user/jo', undefined],
    ['79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be', undefined],
    ['arn:aws-cn:sts::111122223333:assumed-role/bridge/keyless-bridge-2', 'keyless-bridge-2'],
  ])('%s has the session name %s', async (ID, sessionName) => {
    const odd = server.clientFor();
    odd.middlewareStack.add(
      (next) => async (args) => {
        const { response, output } = await next(args);
        const Uploads = [{ Key: 'a', UploadId: 'id', Initiated: new Date(), Initiator: { ID } }];
        return { response, output: { ...output, Uploads } };
      },
      { step: 'initialize', name: 'answerOtherwise' },
    );

    const [page] = await Array.fromAsync(createS3Leftovers({ client: odd, bucket, prefix: '' }).list());

    expect(page?.[0]?.sessionName).toBe(sessionName);
  });
});
