import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestBridge, type TestBridge } from '../support/test-bridge.ts';

let bridge: TestBridge;

beforeAll(async () => {
  bridge = await startTestBridge();
});
afterAll(() => bridge.stop());

describe('a sync through the whole app', () => {
  it('copies a small object from Blob Storage to S3', async () => {
    await bridge.container.getBlockBlobClient('first/a.txt').upload('hello', 5);

    const run = await bridge.sync(bridge.blob('first'), bridge.s3('first'));

    expect(run).toMatchObject({ state: 'succeeded', counts: { listed: 1, copied: 1 } });
  });
});
