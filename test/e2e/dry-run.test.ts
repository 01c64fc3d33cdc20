import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CountedBridge, startCountedBridge } from '../support/bridge/counted-bridge.ts';
import { countsSince } from '../support/servers/request-counts.ts';

const LARGE_BYTES = 17 * 1024 * 1024;

let bridge: CountedBridge;

beforeAll(async () => {
  bridge = await startCountedBridge({ BRIDGE_LARGE_OBJECT_MIB: '16' });
});
afterAll(() => bridge.stop());

describe('a dry run', () => {
  it('tells what would be copied and why, and writes nothing to either side', async () => {
    const put = (key: string, body: string | Buffer) =>
      bridge.container
        .getBlockBlobClient(key)
        .upload(body, Buffer.byteLength(body), { blobHTTPHeaders: { blobContentType: 'text/plain' } });
    await Promise.all([put('from/new', 'new'), put('from/current', 'current'), put('from/large', Buffer.alloc(LARGE_BYTES))]);
    const [source, destination] = [bridge.blob('from'), bridge.s3('to')];
    await bridge.sync(bridge.blob('from'), destination);
    await Promise.all([put('from/changed', 'changed'), put('from/large', Buffer.alloc(LARGE_BYTES + 1))]);
    const before = bridge.requests();

    const run = await bridge.sync(source, destination, { options: { dryRun: true } });

    expect(run).toMatchObject({
      state: 'succeeded',
      counts: { listed: 4, wouldCopy: 2, unchanged: 2, copied: 0, wouldCopyBytes: LARGE_BYTES + 8 },
      forecast: { objects: 2, egressBytes: LARGE_BYTES + 8, source: { list: 1, read: 5 }, destination: { list: 1, write: 6 } },
    });
    expect(await bridge.receiptsOf(run)).toMatchObject([
      { key: 'changed', action: 'would-copy', reason: 'missing', sizeBytes: 7 },
      { key: 'large', action: 'would-copy', reason: 'size-differs', sizeBytes: LARGE_BYTES + 1 },
    ]);
    const asked = [...countsSince(before, bridge.requests()).keys()];
    expect(
      asked.filter((operation) => !/^(?:List Blobs|Get Blob|ListObjectsV2|HeadObject|AssumeRoleWithWebIdentity)/.test(operation)),
    ).toEqual([]);
  });
});
