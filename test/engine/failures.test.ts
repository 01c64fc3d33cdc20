import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BUCKET } from '../../local/clouds.ts';
import { type EngineBridge, startEngineBridge } from './support/engine-bridge.ts';
import { itLeavesSoundHistories } from './support/histories.ts';
import { seed } from './support/objects.ts';
import { CONTAINER } from './support/places.ts';

let bridge: EngineBridge;

beforeAll(async () => {
  bridge = await startEngineBridge({
    name: 'failures',
    settings: (blobUrl) => ({ BRIDGE_ALLOWED_LOCATIONS: `s3://${BUCKET} ${blobUrl}/${CONTAINER} ${blobUrl}/absent` }),
  });
});
afterEach(() => bridge.s3Proxy.setFaults());
afterAll(() => bridge.stop());

describe('a run that fails as a whole on the real engine', () => {
  it('tells that the container is missing', async () => {
    const source = bridge.blob('missing');
    const absent = { ...source, location: source.location.replace(`/${CONTAINER}/`, '/absent/') };

    const id = await bridge.start(absent, bridge.s3('missing'));

    const run = await bridge.ended(id);
    expect(run).toMatchObject({
      state: 'failed',
      failure: {
        code: 'not-found',
        message: expect.stringMatching(/^Azure Storage did not list .*\/absent\/missing\/ \(404 ContainerNotFound\)/),
      },
    });
  });

  it('tells in words alone what was not there, once it has tried again and again', async () => {
    const [source, destination] = [bridge.blob('unavailable'), bridge.s3('unavailable')];
    await seed(source.store, 1);
    bridge.s3Proxy.setFaults(() => ({ kind: 'refuse', status: 500 }));

    const id = await bridge.start(source, destination);

    const run = await bridge.ended(id);
    const cause = /^Amazon S3 did not list s3:\/\/[\w/-]+ \(500\)\. [^\n{]*start the run again when the cause is gone\.$/;
    expect(run).toMatchObject({ state: 'failed', failure: { code: 'unavailable', message: expect.stringMatching(cause) } });
  });
});

describe('the orchestrations of these runs', () => itLeavesSoundHistories(() => bridge));
