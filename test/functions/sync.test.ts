import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUCKET } from '../../local/clouds.ts';
import type { RunView } from '../../src/runs/view/run-view.ts';
import { startTestBridge, type TestBridge } from '../support/bridge/test-bridge.ts';
import { type FaultProxy, startFaultProxy } from '../support/servers/fault-proxy.ts';
import { withSlowWrites } from '../support/stores/slow-writes.ts';

let proxy: FaultProxy;
let bridge: TestBridge;

beforeAll(async () => {
  proxy = await startFaultProxy();
  bridge = await startTestBridge({
    settings: ({ aws, azurite }) => {
      proxy.forwardTo(aws.url);
      return { AWS_ENDPOINT_URL_S3: proxy.url, BRIDGE_ALLOWED_LOCATIONS: `s3://${BUCKET}/in ${azurite.blobUrl}/test` };
    },
  });
  await bridge.container.getBlockBlobClient('one/a.txt').upload('hello', 5);
});
afterAll(async () => {
  await bridge.stop();
  await proxy.stop();
});

const body = (more: Record<string, unknown> = {}) => ({ source: bridge.blob('one'), destination: bridge.s3('in/one'), ...more });
const post = (sent?: unknown, query = '') => bridge.call('POST', `/api/sync${query}`, sent);

/** The status of the answer to a request with any headers: `fetch` would leave some of them out. */
function request(url: string, { method, headers, body: sent = '' }: { method: string; headers: Record<string, string>; body?: string }) {
  return new Promise<number | undefined>((resolve, reject) => {
    httpRequest(url, { method, headers: { ...headers, 'content-length': Buffer.byteLength(sent) } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .once('error', reject)
      .end(sent);
  });
}

interface Problem {
  readonly detail: string;
  readonly problems?: readonly string[];
  readonly run?: { readonly id: string; readonly url: string };
}

async function problemOf(answer: Response): Promise<Problem> {
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  return (await answer.json()) as Problem;
}

describe('POST /api/sync', () => {
  it('answers 202 at once, with where to look and when', async () => {
    const answer = await post(body());

    const run = (await answer.json()) as RunView;
    expect(answer.status).toBe(202);
    expect(answer.headers.get('location')).toBe(`${bridge.url}/api/runs/${run.id}`);
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(run).toMatchObject({
      state: 'queued',
      phase: 'waiting',
      startedBy: 'http',
      source: bridge.blob('one/'),
      destination: bridge.s3('in/one/'),
    });
    expect(run.links).toEqual({
      self: `${bridge.url}/api/runs/${run.id}`,
      report: `${bridge.url}/api/runs/${run.id}/report`,
      cancel: `${bridge.url}/api/runs/${run.id}/cancel`,
    });
  });

  it('answers 200 with the ended run when asked to wait', async () => {
    const answer = await post(body({ destination: bridge.s3('in/waited') }), '?wait=60');

    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ state: 'succeeded', phase: 'ended', counts: { listed: 1, copied: 1, copiedBytes: 5 } });
  });

  it('answers 202 when the run does not end within the wait, and 409 to another one meanwhile', async () => {
    const sent = body({ destination: bridge.s3('in/slow'), options: { compare: 'always', concurrency: 1 } });

    await withSlowWrites(proxy, async () => {
      const first = await post(sent, '?wait=1');
      const run = (await first.json()) as RunView;
      const second = await post(sent);

      expect(first.status).toBe(202);
      expect(second.status).toBe(409);
      expect(second.headers.get('location')).toBe(run.links.self);
      expect(await problemOf(second)).toMatchObject({
        status: 409,
        run: { id: run.id, url: run.links.self },
        detail: expect.stringContaining(run.id),
      });
    });
  });

  it('tells every problem of a body at once', async () => {
    const answer = await post({ source: 'nowhere', options: { compare: 'maybe' }, extra: 1 });

    expect(answer.status).toBe(400);
    const { problems } = await problemOf(answer);
    expect(problems).toEqual(
      expect.arrayContaining(['source: ', 'destination: ', 'options.compare: ', 'extra'].map((part) => expect.stringContaining(part))),
    );
  });

  it.each(['{', 'source=a', '\u0000'])('refuses the body %j, which is not JSON', async (text) => {
    const answer = await post(text);

    expect(answer.status).toBe(400);
    expect((await problemOf(answer)).detail).toMatch(/^The body is not valid JSON/);
  });

  it('refuses an empty body', async () => {
    const answer = await post('');

    expect(answer.status).toBe(400);
    expect((await problemOf(answer)).detail).toMatch(/^The body is empty/);
  });

  it('says what is wrong with a chunked body, which the Functions host drops', async () => {
    const chunks = new Blob([JSON.stringify(body())]).stream();

    const answer = await fetch(`${bridge.url}/api/sync`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: chunks,
      duplex: 'half',
    });

    expect(answer.status).toBe(400);
    expect((await problemOf(answer)).detail).toMatch(/Content-Length/);
  });

  it.each(['201', '-1', '1.5', 'long', ''])('refuses ?wait=%s, and starts nothing', async (wait) => {
    const answer = await post(body({ destination: bridge.s3('in/never') }), `?wait=${wait}`);

    expect(answer.status).toBe(400);
    expect((await problemOf(answer)).detail).toMatch(/"wait" must be a whole number from 0 to 200/);
    const { runs } = (await (await bridge.call('GET', '/api/runs')).json()) as { runs: RunView[] };
    expect(runs.filter(({ destination }) => destination === bridge.s3('in/never/'))).toEqual([]);
  });

  it('refuses locations that are not allowed, all of them, and names the setting', async () => {
    const answer = await post({ source: bridge.blob('one'), destination: bridge.s3('out'), reportTo: 's3://elsewhere/reports' });

    expect(answer.status).toBe(403);
    const { detail, problems } = await problemOf(answer);
    expect(detail).toContain('BRIDGE_ALLOWED_DESTINATIONS');
    expect(problems).toEqual([expect.stringContaining(bridge.s3('out/')), expect.stringContaining('s3://elsewhere/reports/')]);
  });

  it.each([
    [415, { 'content-type': 'text/plain' }],
    [415, { 'content-type': 'application/x-www-form-urlencoded' }],
    [403, { 'content-type': 'application/json', origin: 'https://page.example' }],
    [403, { 'content-type': 'application/json', origin: 'null' }],
    [403, { 'content-type': 'application/json', 'sec-fetch-site': 'cross-site' }],
  ])('answers %i, and starts nothing, for what any web page could send: %j', async (status, headers) => {
    const answer = await request(`${bridge.url}/api/sync`, { method: 'POST', headers, body: JSON.stringify(body()) });

    expect(answer).toBe(status);
  });

  it('refuses another name than that of this machine, which a page could have given it', async () => {
    expect(await request(`${bridge.url}/api/runs`, { method: 'GET', headers: { host: 'page.example' } })).toBe(421);
  });

  it.each(['jobs/a/runs', 'runs/1700000000000-ffffffff/cancel'])(
    'answers 403 for a page of another site, whatever it posts to: %s',
    async (path) => {
      expect(await request(`${bridge.url}/api/${path}`, { method: 'POST', headers: { origin: 'https://page.example' } })).toBe(403);
    },
  );

  it('does not repeat a SAS', async () => {
    const answer = await post(body({ source: `${bridge.blob('one')}?sig=planted` }));

    expect(answer.status).toBe(400);
    expect(await answer.text()).not.toContain('planted');
  });
});
