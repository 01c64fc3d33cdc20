import { afterAll, beforeAll, expect, it } from 'vitest';
import { PART_BYTES } from '../../src/sync/copy/copy-parts.ts';
import { startTestBridge, type TestBridge } from '../support/bridge/test-bridge.ts';

let bridge: TestBridge;

beforeAll(async () => {
  bridge = await startTestBridge({ settings: () => ({ BRIDGE_LARGE_OBJECT_MIB: '17' }) });
});
afterAll(() => bridge.stop());

it('a run under limits copies objects of any size', async () => {
  const sizes = { small: 10, parts: PART_BYTES + 1, large: 18 * 1024 * 1024 };
  for (const [name, size] of Object.entries(sizes))
    await bridge.container.getBlockBlobClient(`from/${name}`).uploadData(Buffer.alloc(size, name));

  const run = await bridge.sync(bridge.blob('from'), bridge.s3('to'), { options: { bandwidth: '40 MiB', requestsPerSecond: 100 } });
  const back = await bridge.sync(bridge.s3('to'), bridge.blob('back'), { options: { bandwidth: '40 MiB', requestsPerSecond: 100 } });

  expect([run, back]).toMatchObject([
    { state: 'succeeded', counts: { copied: 3 } },
    { state: 'succeeded', counts: { copied: 3 } },
  ]);
}, 30_000);
