import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUCKET } from '../../local/clouds.ts';
import { createBlobStore } from '../../src/stores/blob/blob-store.ts';
import { createS3Store } from '../../src/stores/s3/s3-store.ts';
import type { Tags } from '../../src/sync/store/objects.ts';
import type { Store } from '../../src/sync/store/store.ts';
import { startTestBridge, type TestBridge } from '../support/bridge/test-bridge.ts';
import { putObject } from '../support/stores/store-objects.ts';

let bridge: TestBridge;

beforeAll(async () => {
  bridge = await startTestBridge();
  bridge.clouds.aws.addRolePolicy(bridge.clouds.roleArn.split('/').at(-1) ?? '', {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Deny', Action: ['s3:GetObjectTagging', 's3:PutObjectTagging'], Resource: `arn:aws:s3:::${BUCKET}/denied/*` }],
  });
});
afterAll(() => bridge.stop());

/** Many, so that others would have been copied before the refusal of the first is noticed, if it did not end the run. */
async function put(store: Store, tags: Tags): Promise<void> {
  const properties = { metadata: {}, tags };
  await Promise.all(Array.from({ length: 100 }, (_, n) => putObject(store, `${n}`, Buffer.from(`${n}`), { properties })));
}

describe('a run whose role may not touch tags', () => {
  it('fails before it copies anything where it would have to read them, and names the permission', async () => {
    await put(createS3Store({ client: bridge.s3Client, bucket: BUCKET, prefix: 'denied/source/' }), {});
    const destination = createBlobStore({ container: bridge.container, prefix: 'copy/' });

    const run = await bridge.sync(bridge.s3('denied/source'), bridge.blob('copy'), { options: { tags: true } });

    expect(run).toMatchObject({
      state: 'failed',
      failure: { code: 'permission-denied', message: expect.stringContaining('s3:GetObjectTagging') },
    });
    expect((await Array.fromAsync(destination.list())).flat()).toEqual([]);
  });

  it('fails at the first write where it would have to write them, and names the permission', async () => {
    await put(createBlobStore({ container: bridge.container, prefix: 'source/' }), { a: 'b' });

    const run = await bridge.sync(bridge.blob('source'), bridge.s3('denied/copy'), { options: { tags: true } });

    expect(run).toMatchObject({
      state: 'failed',
      failure: { code: 'permission-denied', message: expect.stringContaining('s3:PutObjectTagging') },
    });
    expect(run.counts).toMatchObject({ copied: 0 });
  });
});
