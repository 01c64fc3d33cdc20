import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BUCKET } from '../../local/clouds.ts';
import { type EngineBridge, startEngineBridge } from './engine-bridge.ts';
import { seed } from './objects.ts';

let bridge: EngineBridge;

beforeAll(async () => {
  bridge = await startEngineBridge({
    name: 'failures',
    settings: ({ azurite }) => ({ BRIDGE_ALLOWED_LOCATIONS: `s3://${BUCKET} ${azurite.blobUrl}/engine ${azurite.blobUrl}/absent` }),
  });
});
afterEach(() => bridge.s3Proxy.setFaults());
afterAll(() => bridge.stop());

describe('a run that fails as a whole on the real engine', () => {
  it('tells that the container is missing', async () => {
    const source = { ...bridge.blob('missing'), location: `${bridge.clouds.azurite.blobUrl}/absent/` };

    const { id } = await bridge.start(source, bridge.s3('missing'));

    const run = await bridge.ended(id);
    expect(run).toMatchObject({
      state: 'failed',
      failure: { code: 'not-found', message: expect.stringMatching(/^Azure Storage did not list .*\/absent\/ \(404 ContainerNotFound\)/) },
    });
  });

  it('tells in words alone what was not there, once it has tried again and again', async () => {
    const [source, destination] = [bridge.blob('unavailable'), bridge.s3('unavailable')];
    await seed(source.store, 1);
    bridge.s3Proxy.setFaults(() => ({ kind: 'refuse', status: 503 }));

    const { id } = await bridge.start(source, destination);

    const run = await bridge.ended(id);
    const cause = /^Amazon S3 did not list s3:\/\/[\w/-]+ \(503 Unknown\)\. [^\n{]*start the run again when the cause is gone\.$/;
    expect(run).toMatchObject({ state: 'failed', failure: { code: 'unavailable', message: expect.stringMatching(cause) } });
  });

  it('tells that the worker ended, when it did so at every try', async () => {
    const [source, destination] = [bridge.blob('worker-ends'), bridge.s3('worker-ends')];
    await seed(source.store, 1);
    bridge.s3Proxy.setFaults(async ({ method }) => {
      if (method !== 'PUT') return undefined;
      await bridge.killWorker();
      return { kind: 'reset' };
    });

    const { id } = await bridge.start(source, destination);

    const run = await bridge.ended(id);
    const cause = /^The app's worker ended again and again .*\(The engine says: node exited with code 137 \(0x89\)\)$/;
    expect(run).toMatchObject({ state: 'failed', failure: { code: 'interrupted', message: expect.stringMatching(cause) } });
  });
});
