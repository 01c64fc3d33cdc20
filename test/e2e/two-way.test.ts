import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUCKET } from '../../local/clouds.ts';
import { PART_BYTES } from '../../src/sync/copy/copy-parts.ts';
import { startTestBridge, type TestBridge } from '../support/bridge/test-bridge.ts';

let bridge: TestBridge;

beforeAll(async () => {
  bridge = await startTestBridge({ settings: () => ({ BRIDGE_LARGE_OBJECT_MIB: '17' }) });
});
afterAll(() => bridge.stop());

const putBlob = (key: string, body: Buffer) => bridge.container.getBlockBlobClient(key).uploadData(body);
const putS3 = (Key: string, Body: Buffer) => bridge.s3Client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body }));
const getBlob = (key: string) => bridge.container.getBlobClient(key).downloadToBuffer();
const getS3 = async (Key: string) =>
  Buffer.from((await (await bridge.s3Client.send(new GetObjectCommand({ Bucket: BUCKET, Key }))).Body?.transformToByteArray()) ?? []);

/** Small, in parts, and large. */
const SIZES = { small: 10, parts: PART_BYTES + 1, large: 18 * 1024 * 1024 };

describe('two jobs in opposite directions', () => {
  it('carry each edit once, and send nothing to and fro', async () => {
    const toS3 = () => bridge.sync(bridge.blob('both'), bridge.s3('both'));
    const toBlob = () => bridge.sync(bridge.s3('both'), bridge.blob('both'));
    for (const [name, size] of Object.entries(SIZES)) {
      await putBlob(`both/from-blob-${name}`, Buffer.alloc(size, 'b'));
      await putS3(`both/from-s3-${name}`, Buffer.alloc(size, 's'));
    }

    const first = [await toS3(), await toBlob()];
    const settled = [await toS3(), await toBlob()];
    for (const [name, size] of Object.entries(SIZES)) {
      await putBlob(`both/from-s3-${name}`, Buffer.alloc(size, 'B'));
      await putS3(`both/from-blob-${name}`, Buffer.alloc(size, 'S'));
    }
    const edited = [await toBlobIfNewer(), await toS3IfNewer()];
    const again = [await toS3(), await toBlob(), await toS3()];

    expect(first.map(({ counts }) => counts.copied)).toEqual([3, 3]);
    expect(settled.map(({ counts }) => [counts.copied, counts.unchanged])).toEqual([
      [0, 6],
      [0, 6],
    ]);
    expect(edited.map(({ counts }) => counts.copied)).toEqual([3, 3]);
    expect(again.map(({ counts }) => [counts.copied, counts.unchanged])).toEqual([
      [0, 6],
      [0, 6],
      [0, 6],
    ]);
    for (const [name, size] of Object.entries(SIZES)) {
      for (const get of [getBlob, getS3]) {
        expect((await get(`both/from-blob-${name}`)).equals(Buffer.alloc(size, 'S')), name).toBe(true);
        expect((await get(`both/from-s3-${name}`)).equals(Buffer.alloc(size, 'B')), name).toBe(true);
      }
    }
  }, 60_000);
});

const NEWER = { options: { overwrite: 'if-newer' } };
const toS3IfNewer = () => bridge.sync(bridge.blob('both'), bridge.s3('both'), NEWER);
const toBlobIfNewer = () => bridge.sync(bridge.s3('both'), bridge.blob('both'), NEWER);
