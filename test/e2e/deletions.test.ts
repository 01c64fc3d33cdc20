import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUCKET } from '../../local/clouds.ts';
import { startTestBridge, type TestBridge } from '../support/bridge/test-bridge.ts';

let bridge: TestBridge;

beforeAll(async () => {
  bridge = await startTestBridge();
});
afterAll(() => bridge.stop());

const putBlob = (key: string) => bridge.container.getBlockBlobClient(key).upload(key, key.length);
const putS3 = (Key: string) => bridge.s3Client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: Key }));
const KEYS = ['a', 'b', 'c', 'd'];

const WAYS = [
  {
    way: 'from Blob Storage to S3',
    put: putBlob,
    remove: (key: string) => bridge.container.getBlockBlobClient(key).delete(),
    /** More metadata than S3 holds, which only the copy finds out. */
    putUncopyable: (at: string) =>
      bridge.container.getBlockBlobClient(`${at}/after`).upload('x', 1, { metadata: { long: 'x'.repeat(3_000) } }),
    isForeseen: false,
    locations: (prefix: string) => [bridge.blob(prefix), bridge.s3(prefix)] as const,
  },
  {
    way: 'from S3 to Blob Storage',
    put: putS3,
    remove: (Key: string) => bridge.s3Client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key })),
    /** A key that no blob can have. */
    putUncopyable: (at: string) => putS3(`${at}/after.`),
    isForeseen: true,
    locations: (prefix: string) => [bridge.s3(prefix), bridge.blob(prefix)] as const,
  },
];

describe.each(WAYS)('$way', ({ way, put, remove, putUncopyable, isForeseen, locations }) => {
  const prefix = `${way.at(-1)}`;

  it('what is gone from the source goes from the destination, with the evidence, and not before it is asked for', async () => {
    const [source, destination] = locations(`${prefix}/mirror`);
    await Promise.all(KEYS.map((key) => put(`${prefix}/mirror/${key}`)));
    await bridge.sync(source, destination);
    await remove(`${prefix}/mirror/b`);

    const left = await bridge.sync(source, destination);
    const dry = await bridge.sync(source, destination, { options: { dryRun: true, delete: { maxPercent: 25 } } });
    const held = await bridge.sync(source, destination, { options: { delete: {} } });
    const mirrored = await bridge.sync(source, destination, { options: { delete: { maxPercent: 25 } } });
    const again = await bridge.sync(source, destination, { options: { delete: {} } });

    expect(left).toMatchObject({ state: 'succeeded', counts: { listed: 3, unchanged: 3, extraneous: 1, deleted: 0 } });
    expect(dry).toMatchObject({ state: 'succeeded', counts: { extraneous: 1, wouldDelete: 1, deleted: 0 } });
    expect(held).toMatchObject({
      state: 'completed-with-failures',
      counts: { extraneous: 1, deleted: 0 },
      deletion: { state: 'held-back', message: expect.stringContaining('1 of 4 objects at the destination') },
    });
    expect(mirrored).toMatchObject({ state: 'succeeded', counts: { listed: 3, unchanged: 3, extraneous: 1, deleted: 1 } });
    expect(again).toMatchObject({ state: 'succeeded', counts: { listed: 3, unchanged: 3, extraneous: 0 } });
    expect(await bridge.receiptsOf(held)).toMatchObject([{ key: 'b', action: 'extraneous' }]);
    expect(await bridge.receiptsOf(mirrored)).toEqual([
      {
        ...{ key: 'b', action: 'deleted', sizeBytes: `${prefix}/mirror/b`.length, destinationEtag: expect.any(String) },
        ...{ sourceAbsentAt: expect.any(String), at: expect.any(String), milliseconds: expect.any(Number) },
        isRecoverable: false,
      },
    ]);
  });

  it('nothing is deleted for an empty source, unless it is allowed', async () => {
    const [source, destination] = locations(`${prefix}/emptied`);
    await put(`${prefix}/emptied/a`);
    await bridge.sync(source, destination);
    await remove(`${prefix}/emptied/a`);

    const held = await bridge.sync(source, destination, { options: { delete: { maxPercent: 100 } } });
    const emptied = await bridge.sync(source, destination, { options: { delete: { maxPercent: 100, allowEmptySource: true } } });

    expect(held).toMatchObject({ state: 'completed-with-failures', counts: { deleted: 0 }, deletion: { state: 'held-back' } });
    expect(emptied).toMatchObject({ state: 'succeeded', counts: { listed: 0, extraneous: 1, deleted: 1 } });
  });

  it('nothing is deleted while the object that was renamed cannot be copied', async () => {
    const [source, destination] = locations(`${prefix}/renamed`);
    await Promise.all(['kept', 'before'].map((key) => put(`${prefix}/renamed/${key}`)));
    await bridge.sync(source, destination);
    await remove(`${prefix}/renamed/before`);
    await putUncopyable(`${prefix}/renamed`);
    const options = { delete: { maxPercent: 100 }, metadata: 'fail', keyMapping: 'fail' };

    const held = await bridge.sync(source, destination, { options });
    const dry = await bridge.sync(source, destination, { options: { ...options, dryRun: true } });
    const forced = await bridge.sync(source, destination, { options: { ...options, delete: { maxPercent: 100, despiteFailures: true } } });

    expect(held).toMatchObject({ state: 'completed-with-failures', counts: { failed: 1, extraneous: 1, deleted: 0 } });
    expect(held.deletion).toMatchObject({ state: 'held-back', message: expect.stringContaining('1 object of the source could not be') });
    if (isForeseen) expect(dry).toMatchObject({ counts: { failed: 1, wouldDelete: 0 }, deletion: { state: 'held-back' } });
    expect(forced).toMatchObject({ state: 'completed-with-failures', counts: { failed: 1, deleted: 1 } });
  });

  it('what filters leave out is not deleted', async () => {
    const [source, destination] = locations(`${prefix}/filtered`);
    await put(`${prefix}/filtered/a.txt`);
    await put(`${prefix}/filtered/b.txt`);
    await bridge.sync(source, destination);
    await remove(`${prefix}/filtered/b.txt`);
    const options = { delete: { maxPercent: 100 } };

    const left = await bridge.sync(source, destination, { options: { ...options, exclude: ['b.*'] } });
    const gone = await bridge.sync(source, destination, { options: { ...options, include: ['*.txt'] } });

    expect(left.counts).toMatchObject({ listed: 1, extraneous: 0, deleted: 0 });
    expect(gone.counts).toMatchObject({ listed: 1, extraneous: 1, deleted: 1 });
  });
});
