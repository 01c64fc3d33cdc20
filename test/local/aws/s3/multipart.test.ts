import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandInput,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  type UploadPartCommandInput,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { crc64, crc64ToBase64 } from '../../../../src/sync/store/crc64.ts';
import { startTestAws, type TestAws } from '../support/setup.ts';

const MIB = 1024 * 1024;
const FIRST = Buffer.alloc(5 * MIB, 'a');
const LAST = Buffer.from('the end');
const WHOLE = Buffer.concat([FIRST, LAST]);

let aheadMs = 0;
let test: TestAws;
beforeAll(async () => {
  test = await startTestAws({ clock: () => new Date(Date.now() + aheadMs) });
});
afterAll(() => test.stop());

/** An upload by a client that sends no checksum of its own accord. */
async function begin(input: Partial<CreateMultipartUploadCommandInput> = {}) {
  const client = test.client({ requestChecksumCalculation: 'WHEN_REQUIRED' });
  const target = { Bucket: test.newBucket(), Key: 'key' };
  const { UploadId = '' } = await client.send(new CreateMultipartUploadCommand({ ...target, ...input }));
  const upload = { ...target, UploadId };
  return {
    ...upload,
    async uploadPart(PartNumber: number, Body: Buffer, more: Partial<UploadPartCommandInput> = {}) {
      const { ETag = '' } = await client.send(new UploadPartCommand({ ...upload, PartNumber, Body, ...more }));
      return { PartNumber, ETag };
    },
    complete: (Parts: { PartNumber: number; ETag: string }[], more: Partial<CompleteMultipartUploadCommandInput> = {}) =>
      client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts }, ...more })),
    listParts: async () => (await client.send(new ListPartsCommand(upload))).Parts ?? [],
    abort: () => client.send(new AbortMultipartUploadCommand(upload)),
    head: () => client.send(new HeadObjectCommand({ ...target, ChecksumMode: 'ENABLED' })),
    read: async (more: object = {}) => {
      const { Body } = await client.send(new GetObjectCommand({ ...target, ...more }));
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    },
  };
}

/** Lets the service's clock, but not the client's, jump ahead. */
function jumpAhead(ms: number): void {
  aheadMs += ms;
  onTestFinished(() => {
    aheadMs -= ms;
  });
}

async function beginWithParts(input: Partial<CreateMultipartUploadCommandInput> = {}) {
  const upload = await begin(input);
  return { ...upload, parts: [await upload.uploadPart(1, FIRST), await upload.uploadPart(2, LAST)] };
}

describe('an upload in parts', () => {
  it('becomes one object with the attributes it was begun with', async () => {
    const upload = await beginWithParts({ ContentType: 'text/plain', Metadata: { a: 'b' }, Tagging: 'x=y' });

    const { ETag } = await upload.complete(upload.parts);

    expect(await upload.read()).toEqual(WHOLE);
    expect(ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
    expect(await upload.head()).toMatchObject({ ETag, ContentType: 'text/plain', Metadata: { a: 'b' }, ContentLength: WHOLE.length });
  });

  it('makes an object that is dated by its beginning, whatever was written meanwhile', async () => {
    const { Bucket, Key, uploadPart, complete, head } = await begin();
    jumpAhead(600_000);
    const between = await test.client().send(new PutObjectCommand({ Bucket, Key, Body: 'between' }));
    const { LastModified: dateBetween } = await head();

    await complete([await uploadPart(1, LAST)]);
    const { LastModified, ETag } = await head();
    const { Contents } = await test.client().send(new ListObjectsV2Command({ Bucket }));

    expect(ETag).not.toBe(between.ETag);
    expect(Number(dateBetween) - Number(LastModified)).toBeGreaterThan(500_000);
    expect(Contents).toMatchObject([{ ETag, LastModified }]);
  });

  it('is read by ranges over the border of its parts, and by part number', async () => {
    const upload = await beginWithParts();
    await upload.complete(upload.parts);

    expect((await upload.read({ Range: `bytes=${FIRST.length - 2}-${FIRST.length + 2}` })).toString()).toBe('aathe');
    expect((await upload.read({ PartNumber: 2 })).toString()).toBe('the end');
    await expect(upload.read({ PartNumber: 3 })).rejects.toMatchObject({ name: 'InvalidPartNumber' });
  });

  it('has the CRC64NVME of the whole object', async () => {
    const upload = await beginWithParts();
    const ChecksumCRC64NVME = crc64ToBase64(crc64(WHOLE), 'big-endian');

    await upload.complete(upload.parts, { ChecksumCRC64NVME, MpuObjectSize: WHOLE.length });

    expect(await upload.head()).toMatchObject({ ChecksumCRC64NVME, ChecksumType: 'FULL_OBJECT' });
  });

  it.each([
    ['checksum', { ChecksumCRC64NVME: 'AAAAAAAAAAA=' }, 'BadDigest'],
    ['size', { MpuObjectSize: 1 }, 'InvalidRequest'],
  ])('stays as it is when its %s is not the one that the client names', async (_what, claim, name) => {
    const upload = await beginWithParts();

    await expect(upload.complete(upload.parts, claim)).rejects.toMatchObject({ name });

    expect(await upload.listParts()).toHaveLength(2);
    await expect(upload.head()).rejects.toMatchObject({ name: 'NotFound' });
  });

  it('lists the parts that arrived, the last of each number', async () => {
    const upload = await begin();
    await upload.uploadPart(3, LAST);
    await upload.uploadPart(1, LAST);
    const { ETag } = await upload.uploadPart(1, Buffer.from('again'));

    const parts = await upload.listParts();

    expect(parts).toMatchObject([
      { PartNumber: 1, ETag, Size: 5 },
      { PartNumber: 3, Size: 7 },
    ]);
  });

  it('takes the parts that the client names, and forgets the others', async () => {
    const upload = await beginWithParts();

    await upload.complete(upload.parts.slice(1));

    expect(await upload.read()).toEqual(LAST);
  });

  it('refuses parts in the wrong order, unknown ones, wrong ETags and small ones', async () => {
    const upload = await beginWithParts();
    const [first, last] = upload.parts as [{ PartNumber: number; ETag: string }, { PartNumber: number; ETag: string }];
    const third = await upload.uploadPart(3, LAST);

    await expect(upload.complete([last, first])).rejects.toMatchObject({ name: 'InvalidPartOrder' });
    await expect(upload.complete([first, { ...third, PartNumber: 4 }])).rejects.toMatchObject({ name: 'InvalidPart' });
    await expect(upload.complete([first, { ...last, ETag: first.ETag }])).rejects.toMatchObject({ name: 'InvalidPart' });
    await expect(upload.complete([first, last, third])).rejects.toMatchObject({ name: 'EntityTooSmall' });
    await expect(upload.complete([])).rejects.toMatchObject({ name: 'MalformedXML' });
    await expect(upload.head()).rejects.toMatchObject({ name: 'NotFound' });
  });

  it('is gone once completed or aborted', async () => {
    const completed = await beginWithParts();
    const aborted = await beginWithParts();
    await completed.complete(completed.parts);
    await aborted.abort();

    await expect(completed.complete(completed.parts)).rejects.toMatchObject({ name: 'NoSuchUpload' });
    await expect(aborted.complete(aborted.parts)).rejects.toMatchObject({ name: 'NoSuchUpload' });
    await expect(aborted.uploadPart(1, LAST)).rejects.toMatchObject({ name: 'NoSuchUpload' });
    await expect(aborted.abort()).rejects.toMatchObject({ name: 'NoSuchUpload' });
    await expect(aborted.listParts()).rejects.toMatchObject({ name: 'NoSuchUpload' });
  });

  it('replaces nothing when its condition does not hold', async () => {
    const upload = await beginWithParts();
    const { Bucket, Key } = upload;
    const { ETag = '' } = await test.client().send(new PutObjectCommand({ Bucket, Key, Body: 'old' }));

    await expect(upload.complete(upload.parts, { IfNoneMatch: '*' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await expect(upload.complete(upload.parts, { IfMatch: '"other"' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    expect((await upload.read()).toString()).toBe('old');

    await upload.complete(upload.parts, { IfMatch: ETag });
    expect(await upload.read()).toEqual(WHOLE);
  });

  it('takes part checksums only of the algorithm it was begun with', async () => {
    const without = await begin();
    const withCrc64 = await begin({ ChecksumAlgorithm: 'CRC64NVME' });
    const ChecksumCRC64NVME = crc64ToBase64(crc64(LAST), 'big-endian');

    await expect(without.uploadPart(1, LAST, { ChecksumCRC64NVME })).rejects.toMatchObject({
      name: 'InvalidRequest',
      message: 'Checksum Type mismatch occurred, expected checksum Type: null, actual checksum Type: crc64nvme',
    });
    await expect(withCrc64.uploadPart(1, LAST, { ChecksumCRC64NVME: 'AAAAAAAAAAA=' })).rejects.toMatchObject({ name: 'BadDigest' });
    await withCrc64.uploadPart(1, LAST, { ChecksumCRC64NVME });
    expect(await withCrc64.listParts()).toMatchObject([{ ChecksumCRC64NVME }]);
  });

  it('works as the SDK does it, with a composite CRC32', async () => {
    const target = { Bucket: test.newBucket(), Key: 'key' };

    await new Upload({ client: test.client(), params: { ...target, Body: WHOLE } }).done();

    const head = await test.client().send(new HeadObjectCommand({ ...target, ChecksumMode: 'ENABLED' }));
    expect(head).toMatchObject({ ContentLength: WHOLE.length, ChecksumType: 'COMPOSITE', ChecksumCRC32: expect.stringMatching(/-2$/) });
  });

  it('is listed with its bucket until it ends', async () => {
    const upload = await begin();
    const list = () => test.client().send(new ListMultipartUploadsCommand({ Bucket: upload.Bucket, Prefix: 'k' }));

    expect((await list()).Uploads).toMatchObject([{ Key: 'key', UploadId: upload.UploadId }]);
    await upload.abort();
    expect((await list()).Uploads).toBeUndefined();
  });

  it('is listed with the session that began it', async () => {
    const { Bucket, Key, UploadId } = await begin();

    const { Uploads = [] } = await test.client().send(new ListMultipartUploadsCommand({ Bucket }));
    const parts = await test.client().send(new ListPartsCommand({ Bucket, Key, UploadId }));

    const parties = {
      Initiator: { ID: expect.stringMatching(/^arn:aws:sts::111122223333:assumed-role\/[^/]+\/issued$/) },
      Owner: { ID: '111122223333' },
    };
    expect([Uploads[0], parts]).toMatchObject([parties, parties]);
  });

  it('cannot copy its parts from another object, and says so', async () => {
    const { Bucket, Key, UploadId } = await begin();
    const copy = new UploadPartCopyCommand({ Bucket, Key, UploadId, PartNumber: 1, CopySource: `${Bucket}/other` });

    await expect(test.client().send(copy)).rejects.toMatchObject({ name: 'NotImplemented' });
  });
});
