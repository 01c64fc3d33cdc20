import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUCKET } from '../../local/clouds.ts';
import { startTestBridge, type TestBridge } from '../support/bridge/test-bridge.ts';

let bridge: TestBridge;

beforeAll(async () => {
  bridge = await startTestBridge({ settings: () => ({ BRIDGE_LARGE_OBJECT_MIB: '16' }) });
});
afterAll(() => bridge.stop());

const MIB = 1024 * 1024;

describe('archived objects', () => {
  it('of S3 are asked for within the budget, and copied when they are back', async () => {
    const put = (key: string, StorageClass: 'DEEP_ARCHIVE' | 'STANDARD', bytes = 10) =>
      bridge.s3Client.send(new PutObjectCommand({ Bucket: BUCKET, Key: `archive/${key}`, Body: Buffer.alloc(bytes, key), StorageClass }));
    await Promise.all([put('a', 'DEEP_ARCHIVE'), put('b', 'STANDARD'), put('c', 'DEEP_ARCHIVE', 17 * MIB), put('d', 'DEEP_ARCHIVE', 100)]);
    const [source, destination] = [bridge.s3('archive'), bridge.blob('archive')];
    const restore = (speed: string) => ({ options: { archived: { restore: { maxBytes: 17 * MIB + 50, speed } } } });

    const skipped = await bridge.sync(source, destination);
    const dry = await bridge.sync(source, destination, { options: { ...restore('standard').options, dryRun: true } });
    const asked = await bridge.sync(source, destination, restore('expedited'));
    const copied = await bridge.sync(source, destination, restore('standard'));
    const parked = await bridge.sync(source, destination, restore('standard'));

    expect(skipped).toMatchObject({ state: 'succeeded', counts: { copied: 1, skipped: 3 }, skippedByReason: { archived: 3 } });
    expect(dry).toMatchObject({ counts: { unchanged: 1, skipped: 3 }, skippedByReason: { 'would-restore': 2, 'restore-budget': 1 } });
    expect(asked).toMatchObject({ state: 'succeeded', skippedByReason: { 'restore-requested': 2, 'restore-budget': 1 } });
    expect(copied).toMatchObject({ counts: { copied: 2, unchanged: 1, skipped: 1 }, skippedByReason: { 'restore-requested': 1 } });
    expect(parked).toMatchObject({ counts: { unchanged: 3, skipped: 1 }, skippedByReason: { restoring: 1 } });
    expect((await bridge.container.getBlobClient('archive/c').getProperties()).contentLength).toBe(17 * MIB);
  });

  it('of Blob Storage are asked for too', async () => {
    const blob = bridge.container.getBlockBlobClient('cold/a');
    await blob.upload('text', 4);
    await blob.setAccessTier('Archive');
    const restore = { options: { archived: { restore: { maxBytes: '1 KiB', tier: 'Cold' } } } };

    const asked = await bridge.sync(bridge.blob('cold'), bridge.s3('cold'), restore);

    expect(asked).toMatchObject({ state: 'succeeded', counts: { skipped: 1 }, skippedByReason: { 'restore-requested': 1 } });
    // Azurite brings it back at once.
    const copied = await bridge.sync(bridge.blob('cold'), bridge.s3('cold'), restore);
    expect((await blob.getProperties()).accessTier).toBe('Cold');
    expect(copied).toMatchObject({ counts: { copied: 1 } });
  });

  it('of Blob Storage are not asked for in bulk, which it does not have', async () => {
    const body = { source: bridge.blob('cold'), destination: bridge.s3('cold') };

    const answer = await bridge.call('POST', '/api/sync', { ...body, options: { archived: { restore: { maxBytes: 1, speed: 'bulk' } } } });

    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('Blob Storage has no');
  });
});
