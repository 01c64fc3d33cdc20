import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUCKET } from '../../local/clouds.ts';
import type { RunView } from '../../src/runs/run-view.ts';
import type { Receipt } from '../../src/sync/receipt.ts';
import { type BlobRequestCounter, startBlobRequestCounter } from '../support/blob-request-counter.ts';
import { countsSince, type RequestCounts } from '../support/request-counts.ts';
import { startTestBridge, type TestBridge } from '../support/test-bridge.ts';

const LARGE_BYTES = 17 * 1024 * 1024;

let counter: BlobRequestCounter;
let bridge: TestBridge;
let container: string;

beforeAll(async () => {
  counter = await startBlobRequestCounter();
  bridge = await startTestBridge({
    settings: ({ azurite }) => {
      const counted = counter.inFrontOf(azurite);
      container = `${counted.blobUrl}/test`;
      return {
        AzureWebJobsStorage: counted.connectionString,
        BRIDGE_ALLOWED_LOCATIONS: `s3://${BUCKET} ${container}`,
        BRIDGE_LARGE_OBJECT_MIB: '16',
      };
    },
  });
});
afterAll(async () => {
  await bridge.stop();
  await counter.stop();
});

describe('a dry run', () => {
  it('tells what would be copied and why, and writes nothing to either side', async () => {
    const put = (key: string, body: string | Buffer) =>
      bridge.container
        .getBlockBlobClient(key)
        .upload(body, Buffer.byteLength(body), { blobHTTPHeaders: { blobContentType: 'text/plain' } });
    await Promise.all([put('from/new', 'new'), put('from/current', 'current'), put('from/large', Buffer.alloc(LARGE_BYTES))]);
    const [source, destination] = [`${container}/from`, bridge.s3('to')];
    await bridge.sync(`${container}/from`, destination);
    await Promise.all([put('from/changed', 'changed'), put('from/large', Buffer.alloc(LARGE_BYTES + 1))]);
    const before = requests();

    const run = await bridge.sync(source, destination, { options: { dryRun: true } });

    expect(run).toMatchObject({
      state: 'succeeded',
      counts: { listed: 4, wouldCopy: 2, unchanged: 2, copied: 0, wouldCopyBytes: LARGE_BYTES + 8 },
      forecast: { objects: 2, egressBytes: LARGE_BYTES + 8, source: { list: 1, read: 5 }, destination: { list: 1, write: 6 } },
    });
    expect(await receiptsOf(run)).toMatchObject([
      { key: 'changed', action: 'would-copy', reason: 'missing', sizeBytes: 7 },
      { key: 'large', action: 'would-copy', reason: 'size-differs', sizeBytes: LARGE_BYTES + 1 },
    ]);
    const asked = [...countsSince(before, requests()).keys()];
    expect(
      asked.filter((operation) => !/^(?:List Blobs|Get Blob|ListObjectsV2|HeadObject|AssumeRoleWithWebIdentity)/.test(operation)),
    ).toEqual([]);
  });
});

async function receiptsOf({ id }: RunView): Promise<Receipt[]> {
  const report = await (await bridge.call('GET', `/api/runs/${id}/report`)).text();
  return report
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function requests(): RequestCounts {
  return new Map([...counter.countsOf(bridge.container.containerName), ...bridge.clouds.aws.requestCounts]);
}
