import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunView } from '../../src/runs/view/run-view.ts';
import { present } from '../../src/sync/store/present.ts';
import { startTestBridge, type TestBridge } from '../support/bridge/test-bridge.ts';
import { type FaultProxy, startFaultProxy } from '../support/servers/fault-proxy.ts';
import { withSlowWrites } from '../support/stores/slow-writes.ts';

let proxy: FaultProxy;
let bridge: TestBridge;
let ended: RunView;

beforeAll(async () => {
  proxy = await startFaultProxy();
  bridge = await startTestBridge({
    settings: ({ aws }) => {
      proxy.forwardTo(aws.url);
      return { AWS_ENDPOINT_URL_S3: proxy.url };
    },
  });
  await bridge.container.getBlockBlobClient('one/a,b.txt').upload('hello', 5);
  ended = await bridge.sync(bridge.blob('one'), bridge.s3('one'));
});
afterAll(async () => {
  await bridge.stop();
  await proxy.stop();
});

const NO_SUCH_RUN = '1700000000000-ffffffff';
const get = (path: string, headers: Record<string, string> = {}) => fetch(`${bridge.url}/api/${path}`, { headers });

async function whileRunning<T>(destination: string, work: (run: RunView) => Promise<T>): Promise<T> {
  return withSlowWrites(proxy, async () => {
    const answer = await bridge.call('POST', '/api/sync', { source: bridge.blob('one'), destination: bridge.s3(destination) });
    return work((await answer.json()) as RunView);
  });
}

async function detailOf(answer: Response): Promise<string> {
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  const { status, detail } = (await answer.json()) as { status: number; detail: string };
  expect(status).toBe(answer.status);
  return detail;
}

describe('GET /api/runs/{id}', () => {
  it('shows a run with counts that add up', async () => {
    const answer = await get(`runs/${ended.id}`);

    const run = (await answer.json()) as RunView;
    expect(answer.status).toBe(200);
    expect(run).toMatchObject({ id: ended.id, state: 'succeeded', phase: 'ended', firstFailures: [] });
    const { listed, copied, unchanged, skipped, failed } = run.counts;
    expect(copied + unchanged + skipped + failed).toBe(listed);
    expect(run.seconds).toBeGreaterThan(0);
  });

  it.each([NO_SUCH_RUN, 'nonsense', '..%2Frecords'])('answers 404 for %s', async (id) => {
    const answer = await get(`runs/${id}`);

    expect(answer.status).toBe(404);
    expect(await detailOf(answer)).toMatch(/^There is no run/);
  });

  it('answers 404 to another method, as the Functions host does', async () => {
    expect((await bridge.call('DELETE', `/api/runs/${ended.id}`)).status).toBe(404);
  });
});

describe('GET /api/runs', () => {
  it('lists the newest runs first, no more than wanted', async () => {
    const newest = await bridge.sync(bridge.blob('one'), bridge.s3('one'));

    const all = (await (await get('runs')).json()) as { runs: RunView[] };
    const limited = (await (await get('runs?limit=1')).json()) as { runs: RunView[] };

    expect(all.runs.map(({ id }) => id).slice(0, 2)).toEqual([newest.id, ended.id]);
    expect(limited.runs.map(({ id }) => id)).toEqual([newest.id]);
  });

  it('lists none of a job that never ran', async () => {
    expect(await (await get('runs?job=never')).json()).toEqual({ runs: [] });
  });

  it.each(['0', '101', 'all', ''])('refuses ?limit=%s', async (limit) => {
    const answer = await get(`runs?limit=${limit}`);

    expect(answer.status).toBe(400);
    expect(await detailOf(answer)).toMatch(/"limit" must be a whole number from 1 to 100/);
  });
});

describe('GET /api/runs/{id}/report', () => {
  it('gives NDJSON, one receipt a line', async () => {
    const answer = await get(`runs/${ended.id}/report`);

    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/x-ndjson');
    expect(answer.headers.has('link')).toBe(false);
    expect(
      (await answer.text())
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([{ key: 'a,b.txt', action: 'copied', sizeBytes: 5, verified: expect.any(String) }]);
  });

  it.each([
    ['?format=', '?format=csv', {}],
    ['Accept', '', { accept: 'text/csv' }],
  ])('gives CSV by %s', async (_, query, headers) => {
    const answer = await get(`runs/${ended.id}/report${query}`, headers);

    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect((await answer.text()).split('\n')[1]).toMatch(/^"a,b\.txt",copied,missing,5,/);
  });

  it('heeds ?format= more than Accept', async () => {
    const answer = await get(`runs/${ended.id}/report?format=ndjson`, { accept: 'text/csv' });

    expect(answer.headers.get('content-type')).toBe('application/x-ndjson');
  });

  it('comes in pages, each linked from the one before', async () => {
    const run = await bridge.sync(bridge.blob('one'), bridge.s3('one'));
    const lines = Array.from({ length: 9 }, (_, n) => JSON.stringify({ key: `${n}${'é'.repeat(1024 * 1024)}` }));
    await replaceReport(run.id, `${lines.join('\n')}\n`);

    const pages: string[] = [];
    for (let url: string | undefined = `${run.links.report}?format=ndjson`; url !== undefined; ) {
      const answer: Response = await fetch(url);
      pages.push(await answer.text());
      url = /<([^>]+)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1];
    }

    expect(pages).toHaveLength(2);
    expect(pages.join('')).toBe(`${lines.join('\n')}\n`);
  });

  it.each([
    ['?format=xml', 400, /"format" must be "ndjson" or "csv"/],
    ['?offset=-1', 400, /"offset" must be a whole number/],
    ['?offset=999999', 416, /begins at byte 999999/],
    ['?offset=7&format=csv', 416, /begins at byte 7/],
  ])('refuses %s with %i', async (query, status, why) => {
    const answer = await get(`runs/${ended.id}/report${query}`);

    expect(answer.status).toBe(status);
    expect(await detailOf(answer)).toMatch(why);
  });

  it('answers 409 while the run is under way', async () => {
    await whileRunning('report-early', async ({ id }) => {
      const answer = await get(`runs/${id}/report`);

      expect(answer.status).toBe(409);
      expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
      expect(await detailOf(answer)).toMatch(/still under way/);
    });
  });

  it('answers 404 where there is no run', async () => {
    expect((await get(`runs/${NO_SUCH_RUN}/report`)).status).toBe(404);
  });
});

describe('POST /api/runs/{id}/cancel', () => {
  it('asks a running run to stop', async () => {
    await whileRunning('cancelled', async ({ id }) => {
      const answer = await bridge.call('POST', `/api/runs/${id}/cancel`);

      expect(answer.status).toBe(202);
      expect(await answer.json()).toMatchObject({ id, phase: 'cancelling', cancelRequestedAt: expect.any(String) });
    });
  });

  it('answers 409 for a run that has ended', async () => {
    const answer = await bridge.call('POST', `/api/runs/${ended.id}/cancel`);

    expect(answer.status).toBe(409);
    expect(await detailOf(answer)).toMatch(/has ended already: succeeded/);
  });

  it('answers 404 where there is no run', async () => {
    expect((await bridge.call('POST', `/api/runs/${NO_SUCH_RUN}/cancel`)).status).toBe(404);
  });

  it('answers 404 to GET', async () => {
    expect((await get(`runs/${ended.id}/cancel`)).status).toBe(404);
  });
});

async function replaceReport(runId: string, text: string): Promise<void> {
  const container = BlobServiceClient.fromConnectionString(bridge.clouds.azurite.connectionString).getContainerClient('keyless-bridge');
  const [report] = await Array.fromAsync(container.listBlobsFlat({ prefix: `runs/${runId}/report` }));
  await container.getBlockBlobClient(present(report, 'a report').name).upload(text, Buffer.byteLength(text));
}
