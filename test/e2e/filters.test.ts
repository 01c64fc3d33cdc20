import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestBridge, type TestBridge } from '../support/bridge/test-bridge.ts';

let bridge: TestBridge;

beforeAll(async () => {
  bridge = await startTestBridge();
});
afterAll(() => bridge.stop());

it('a sync is about what its filters let pass, and says how much they left out', async () => {
  const put = (key: string, body: string) => bridge.container.getBlockBlobClient(`from/${key}`).upload(body, body.length);
  await Promise.all(['a/1.txt', 'a/2.bak', 'a/tmp/3.txt', 'b/4.txt', 'c/5.txt'].map((key) => put(key, 'text')));
  await put('a/6.txt', 'more than that');
  const options = { include: ['/a/**', '/b/'], exclude: ['tmp/', '*.bak'], maxSize: '10 B', maxAge: 'PT1H' };

  const run = await bridge.sync(bridge.blob('from'), bridge.s3('to'), { options });

  expect(run).toMatchObject({ state: 'succeeded', counts: { listed: 2, copied: 2, filtered: 3, extraneous: 0 } });
  const keys = (await bridge.receiptsOf(run)).map(({ key }) => key);
  expect(keys).toEqual(['a/1.txt', 'b/4.txt']);
});
