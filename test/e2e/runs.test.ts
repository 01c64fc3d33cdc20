import { setTimeout as wait } from 'node:timers/promises';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { BUCKET } from '../../local/clouds.ts';
import type { RunView } from '../../src/runs/view/run-view.ts';
import { startTestBridge, type TestBridge } from '../support/bridge/test-bridge.ts';
import { type FaultProxy, startFaultProxy } from '../support/servers/fault-proxy.ts';

const OBJECTS = 60;
const PATIENCE = { timeout: 20_000, interval: 100 };
/** Longer than what a cancelled run has under way. */
const QUIET_MS = 2_000;

let bridge: TestBridge;
let proxy: FaultProxy;

beforeAll(async () => {
  proxy = await startFaultProxy();
  bridge = await startTestBridge({
    settings: ({ aws, azurite }) => {
      proxy.forwardTo(aws.url);
      const allowed = [`s3://${BUCKET}`, 's3://no-such-bucket', `${azurite.blobUrl}/test`, `${azurite.blobUrl}/no-such-container`];
      return { AWS_ENDPOINT_URL_S3: proxy.url, BRIDGE_ALLOWED_LOCATIONS: allowed.join(' ') };
    },
  });
});
afterEach(() => proxy.setFaults());
afterAll(async () => {
  await bridge.stop();
  await proxy.stop();
});

describe('a run that is cancelled', () => {
  it('ends without another new object, and the next run completes the work', async () => {
    await seed('cancel');
    slowDown();
    const started = await start('cancel');
    await vi.waitFor(async () => expect((await keysOnS3('cancel/')).length).toBeGreaterThan(0), PATIENCE);

    await bridge.call('POST', `/api/runs/${started.id}/cancel`);

    const ended = await untilEnded(started.id);
    const keys = await keysOnS3('cancel/');
    await wait(QUIET_MS);
    expect(ended.state).toBe('cancelled');
    expect(ended.counts.copied).toBeLessThan(OBJECTS);
    expect(await keysOnS3('cancel/')).toEqual(keys);

    proxy.setFaults();
    const next = await bridge.sync(bridge.blob('cancel'), bridge.s3('cancel'));
    expect(next).toMatchObject({ state: 'succeeded', counts: { listed: OBJECTS, copied: OBJECTS - keys.length, unchanged: keys.length } });
    expect(await keysOnS3('cancel/')).toHaveLength(OBJECTS);
  });
});

describe('runs of the same pair of locations', () => {
  it('exclude each other: the second is told which one is under way', async () => {
    await seed('pair');
    slowDown();
    const first = await start('pair');

    const second = await bridge.call('POST', '/api/sync', { source: bridge.blob('pair'), destination: bridge.s3('pair') });

    expect(second.status).toBe(409);
    expect(await second.json()).toMatchObject({ status: 409, run: { id: first.id }, detail: expect.stringContaining(first.id) });
    proxy.setFaults();
    expect(await untilEnded(first.id)).toMatchObject({ state: 'succeeded', counts: { copied: OBJECTS } });
  });

  it('are exactly one when 20 are started at once', async () => {
    await seed('twenty');
    slowDown();
    const body = { source: bridge.blob('twenty'), destination: bridge.s3('twenty') };

    const answers = await Promise.all(Array.from({ length: 20 }, () => bridge.call('POST', '/api/sync', body)));

    proxy.setFaults();
    expect(answers.map(({ status }) => status).sort()).toEqual([202, ...Array(19).fill(409)]);
    const { runs } = (await (await bridge.call('GET', '/api/runs?limit=100')).json()) as { runs: RunView[] };
    const [only, ...others] = runs.filter(({ destination }) => destination === bridge.s3('twenty/'));
    expect(others).toEqual([]);
    expect(await untilEnded(only?.id ?? '')).toMatchObject({ state: 'succeeded', counts: { copied: OBJECTS } });
  });
});

describe('a run whose locations are not there', () => {
  it.each([
    ['the bucket', () => bridge.blob('seeded'), () => 's3://no-such-bucket/', /Create the bucket/],
    ['the container', () => bridge.blob('').replace('/test/', '/no-such-container/'), () => bridge.s3('seeded'), /Create the container/],
  ])('fails for want of %s, and says what to do', async (_, source, destination, remedy) => {
    await seed('seeded');

    const run = await bridge.sync(source(), destination());

    expect(run).toMatchObject({ state: 'failed', failure: { code: 'not-found', message: expect.stringMatching(remedy) } });
    expect(await keysOnS3('seeded/')).toEqual([]);
  });
});

function slowDown(): void {
  proxy.setFaults(({ method }) => (method === 'PUT' ? { kind: 'delay', milliseconds: 500 } : undefined));
}

async function seed(prefix: string): Promise<void> {
  const text = 'some text';
  await Promise.all(
    Array.from({ length: OBJECTS }, (_, n) => bridge.container.getBlockBlobClient(`${prefix}/${n}`).upload(text, text.length)),
  );
}

async function start(prefix: string): Promise<RunView> {
  const body = { source: bridge.blob(prefix), destination: bridge.s3(prefix), options: { concurrency: 4 } };
  const answer = await bridge.call('POST', '/api/sync', body);
  expect(answer.status).toBe(202);
  return (await answer.json()) as RunView;
}

async function untilEnded(id: string): Promise<RunView> {
  return vi.waitFor(async () => {
    const run = (await (await bridge.call('GET', `/api/runs/${id}`)).json()) as RunView;
    expect(run.phase).toBe('ended');
    return run;
  }, PATIENCE);
}

async function keysOnS3(prefix: string): Promise<string[]> {
  const { Contents = [] } = await bridge.s3Client.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: prefix }));
  return Contents.map(({ Key = '' }) => Key);
}
