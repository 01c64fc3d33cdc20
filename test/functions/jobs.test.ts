import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { RunView } from '../../src/runs/view/run-view.ts';
import { startTestBridge, type TestBridge } from '../support/bridge/test-bridge.ts';
import { type FaultProxy, startFaultProxy } from '../support/servers/fault-proxy.ts';
import { withSlowWrites } from '../support/stores/slow-writes.ts';

const SCHEDULE = '0 0 2 1 1 *';

let proxy: FaultProxy;
let bridge: TestBridge;

beforeAll(async () => {
  proxy = await startFaultProxy();
  bridge = await startTestBridge({
    settings: ({ aws, azurite }) => {
      proxy.forwardTo(aws.url);
      const job = (name: string, more: Record<string, unknown>) => ({
        name,
        source: `${azurite.blobUrl}/test/${name}`,
        destination: `s3://keyless-samples/${name}`,
        ...more,
      });
      const jobs = [job('plain', {}), job('scheduled', { schedule: SCHEDULE, options: { compare: 'always' } })];
      return { AWS_ENDPOINT_URL_S3: proxy.url, BRIDGE_JOBS: JSON.stringify(jobs), BRIDGE_ALLOWED_LOCATIONS: undefined };
    },
  });
  for (const job of ['plain', 'scheduled']) await bridge.container.getBlockBlobClient(`${job}/a.txt`).upload('hello', 5);
});
afterAll(async () => {
  await bridge.stop();
  await proxy.stop();
});

async function runsOf(job: string): Promise<readonly RunView[]> {
  return ((await (await bridge.call('GET', `/api/runs?job=${job}`)).json()) as { runs: RunView[] }).runs;
}

const untilEnded = (job: string) =>
  vi.waitFor(async () => expect((await runsOf(job)).filter(({ phase }) => phase !== 'ended')).toEqual([]), 20_000);

describe('GET /api/jobs', () => {
  it('shows the configured jobs', async () => {
    const answer = await bridge.call('GET', '/api/jobs');

    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({
      jobs: [
        {
          name: 'plain',
          source: bridge.blob('plain/'),
          destination: bridge.s3('plain/'),
          options: { compare: 'auto', concurrency: 32, lanes: 8 },
          links: { start: `${bridge.url}/api/jobs/plain/runs`, runs: `${bridge.url}/api/runs?job=plain` },
        },
        expect.objectContaining({ name: 'scheduled', schedule: SCHEDULE }),
      ],
    });
  });
});

describe('POST /api/jobs/{job}/runs', () => {
  it('starts the job', async () => {
    const answer = await bridge.call('POST', '/api/jobs/plain/runs?wait=60');

    const run = (await answer.json()) as RunView;
    expect(answer.status).toBe(200);
    expect(run).toMatchObject({ job: 'plain', startedBy: 'http', state: 'succeeded', counts: { copied: 1 } });
    expect((await runsOf('plain')).map(({ id }) => id)).toEqual([run.id]);
  });

  it('answers 409 with the running run while the job is running', async () => {
    await withSlowWrites(proxy, async () => {
      const run = (await (await bridge.call('POST', '/api/jobs/scheduled/runs')).json()) as RunView;

      const answer = await bridge.call('POST', '/api/jobs/scheduled/runs');

      expect(answer.status).toBe(409);
      expect(answer.headers.get('location')).toBe(run.links.self);
      expect(await answer.json()).toMatchObject({ run: { id: run.id } });
    });
    await untilEnded('scheduled');
  });

  it.each(['unknown', 'PLAIN', 'plain%20'])('answers 404 for the job %s', async (job) => {
    const answer = await bridge.call('POST', `/api/jobs/${job}/runs`);

    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ detail: expect.stringMatching(/^There is no job/) });
  });
});

describe('an ad hoc run where BRIDGE_ALLOWED_LOCATIONS is not set', () => {
  it('may use the locations of the jobs and no others', async () => {
    const allowed = await bridge.call('POST', '/api/sync?wait=60', { source: bridge.blob('plain'), destination: bridge.s3('plain/adhoc') });
    const foreign = await bridge.call('POST', '/api/sync', { source: bridge.blob('plain'), destination: bridge.s3('other') });

    expect(allowed.status).toBe(200);
    expect(foreign.status).toBe(403);
  });
});

describe('the timer of a job', () => {
  it('starts the job and logs the run', async () => {
    const before = (await runsOf('scheduled')).length;

    await bridge.invokeTimer('job-scheduled');

    const [newest, ...older] = await runsOf('scheduled');
    expect(newest).toMatchObject({ job: 'scheduled', startedBy: 'timer' });
    expect(older).toHaveLength(before);
    expect(bridge.logged.map(({ message }) => message)).toContainEqual(expect.stringContaining(`started run ${newest?.id}`));
    await untilEnded('scheduled');
  });

  it('logs that the job is still running, and does not start it again', async () => {
    await withSlowWrites(proxy, async () => {
      await bridge.invokeTimer('job-scheduled');
      const running = await runsOf('scheduled');

      await bridge.invokeTimer('job-scheduled');

      expect((await runsOf('scheduled')).map(({ id }) => id)).toEqual(running.map(({ id }) => id));
      expect(bridge.logged.map(({ message }) => message)).toContainEqual(
        expect.stringContaining(`not started, since run ${running[0]?.id} is still under way`),
      );
    });
    await untilEnded('scheduled');
  });

  it('is there only for a job with a schedule', async () => {
    await expect(bridge.invokeTimer('job-plain')).rejects.toThrow();
  });
});

describe('GET /api/health', () => {
  it('tells that all is well', async () => {
    const answer = await bridge.call('GET', '/api/health');

    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ status: 'ok', identity: 'managed-identity', jobs: 2 });
  });
});
