import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBridge } from '../../src/app/create-bridge.ts';
import { readSettings } from '../../src/config/settings.ts';
import { isOver } from '../../src/runs/record.ts';
import type { RunView } from '../../src/runs/view/run-view.ts';
import { startTestBridge, type TestBridge } from '../support/bridge/test-bridge.ts';

let bridge: TestBridge;
let ended: RunView;

beforeAll(async () => {
  bridge = await startTestBridge();
  await bridge.container.getBlockBlobClient('one/a.txt').upload('hello', 5);
  ended = await bridge.sync(bridge.blob('one'), bridge.s3('one'));
});
afterAll(() => bridge.stop());

/** 2,000 inputs in all; fast-check prints the seed of a failure. */
const RUNS = { bodies: 1_000, queries: 300, routes: 300, settings: 400 };

const text = fc.string({ unit: 'binary' });

describe('bad input', () => {
  it('as a body is refused with a reason, and starts no run', async () => {
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(bodies(), async (body) => {
        const answer = await bridge.call('POST', '/api/sync', body);

        if (answer.status === 202) accepted++;
        else await expectReason(answer, 400, 403, 409);
      }),
      { numRuns: RUNS.bodies },
    );

    expect(await runCount()).toBe(accepted + 1);
  });

  it('in a query is refused with a reason, and starts no run', async () => {
    const before = await runCount();
    const valid = JSON.stringify({ source: bridge.blob('one'), destination: bridge.s3('one') });
    const notNumber = fc
      .oneof(text, fc.double().map(String), fc.integer({ min: 201 }).map(String))
      .filter((value) => !/^\d{1,15}$/.test(value) || Number(value) > 200);
    const requests = fc.oneof(
      notNumber.map((wait) => ({ method: 'POST', path: `sync?wait=${encodeURIComponent(wait)}`, body: valid })),
      notNumber.map((limit) => ({ method: 'GET', path: `runs?limit=${encodeURIComponent(limit)}`, body: undefined })),
      notNumber.map((offset) => ({ method: 'GET', path: `runs/${ended.id}/report?offset=${encodeURIComponent(offset)}`, body: undefined })),
      text
        .filter((format) => format !== 'csv' && format !== 'ndjson')
        .map((format) => ({ method: 'GET', path: `runs/${ended.id}/report?format=${encodeURIComponent(format)}`, body: undefined })),
    );

    await fc.assert(
      fc.asyncProperty(requests, async ({ method, path, body }) => {
        await expectReason(await bridge.call(method, `/api/${path}`, body), 400, 416);
      }),
      { numRuns: RUNS.queries },
    );

    expect(await runCount()).toBe(before);
  });

  it('in a route is not found, and starts no run', async () => {
    const before = await runCount();
    const id = fc.oneof(text, fc.stringMatching(/^\d{13}-[0-9a-f]{8}$/)).filter((value) => !['', '.', '..', ended.id].includes(value));
    const requests = fc.tuple(id.map(encodeURIComponent), fc.constantFrom(...ROUTES));

    await fc.assert(
      fc.asyncProperty(requests, async ([value, [method, before, after]]) => {
        await expectReason(await bridge.call(method, `/api/${before}${value}${after}`), 404);
      }),
      { numRuns: RUNS.routes },
    );

    expect(await runCount()).toBe(before);
  });

  it('in the settings is told, and what is taken makes an app', () => {
    fc.assert(
      fc.property(environments(), fc.option(fc.oneof(text, fc.json()), { nil: undefined }), (environment, jobsFile) => {
        const { value, problems } = readSettings(environment, jobsFile);

        if (value === undefined) expect(problems.filter((problem) => /^\S+.* \S/.test(problem))).not.toHaveLength(0);
        else expect(createBridge(value).settings).toBe(value);
      }),
      { numRuns: RUNS.settings },
    );
  });
});

const ROUTES = [
  ['GET', 'runs/', ''],
  ['GET', 'runs/', '/report'],
  ['POST', 'runs/', '/cancel'],
  ['POST', 'jobs/', '/runs'],
] as const;

async function expectReason(answer: Response, ...statuses: readonly number[]): Promise<void> {
  const reason = await answer.text();
  expect(statuses, `${answer.status} ${reason}`).toContain(answer.status);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(JSON.parse(reason)).toMatchObject({ status: answer.status, title: expect.any(String), detail: expect.stringMatching(/\S+ \S+/) });
}

/** Waits until every run that was accepted has ended: none is left half done. */
async function runCount(): Promise<number> {
  for (;;) {
    const { runs } = (await (await bridge.call('GET', '/api/runs?limit=100')).json()) as { runs: RunView[] };
    if (runs.every(({ state }) => isOver(state))) return runs.length;
  }
}

/** Any text, any JSON, and bodies that are nearly right. */
function bodies(): fc.Arbitrary<string> {
  const location = fc.oneof(
    fc.constantFrom(bridge.blob('one'), bridge.s3('one'), bridge.s3(''), 's3://elsewhere/', 'https://account.blob.core.windows.net/box'),
    text.map((prefix) => `s3://${prefix}`),
    text.map((prefix) => bridge.s3(prefix)),
    text.map((prefix) => bridge.blob(prefix)),
    fc.webUrl({ withQueryParameters: true, withFragments: true }),
    fc.jsonValue(),
  );
  const options = fc.oneof(
    fc.record({ compare: fc.oneof(fc.constantFrom('auto', 'size'), fc.jsonValue()), concurrency: fc.oneof(fc.integer(), fc.jsonValue()) }),
    fc.jsonValue(),
  );
  const nearly = fc.record({ source: location, destination: location, options, reportTo: location }, { requiredKeys: [] });
  return fc.oneof(
    text,
    fc.json(),
    nearly.map((body) => JSON.stringify(body)),
  );
}

/** Settings of which each is right, wrong or not there. */
function environments(): fc.Arbitrary<Record<string, string | undefined>> {
  const right = {
    AzureWebJobsStorage: 'UseDevelopmentStorage=true',
    AzureWebJobsStorage__accountName: 'account',
    AzureWebJobsStorage__blobServiceUri: 'https://account.blob.core.windows.net',
    BRIDGE_AUDIENCE: 'api://bridge',
    BRIDGE_IDENTITY: 'client-secret',
    AZURE_TENANT_ID: 'tenant',
    AZURE_CLIENT_ID: 'client',
    AZURE_CLIENT_SECRET: 'secret',
    AZURE_CLIENT_CERTIFICATE_PATH: '/certificate.pem',
    BRIDGE_MANAGED_IDENTITY_CLIENT_ID: 'client',
    AZURE_AUTHORITY_HOST: 'https://login.example',
    AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/bridge',
    AWS_REGION: 'eu-central-1',
    AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1',
    AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:1',
    BRIDGE_S3_CHECKSUMS: 'when-required',
    BRIDGE_S3_FORCE_PATH_STYLE: 'true',
    BRIDGE_SESSION_SECONDS: '900',
    BRIDGE_SLICE_SECONDS: '10',
    BRIDGE_STATE_CONTAINER: 'records',
    BRIDGE_JOBS: '[]',
    BRIDGE_ALLOWED_LOCATIONS: 's3://bucket',
  };
  const maybe = (value: string) =>
    fc.oneof({ weight: 20, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: fc.option(text, { nil: undefined }) });
  return fc.record({
    ...(Object.fromEntries(Object.entries(right).map(([name, value]) => [name, maybe(value)])) as Record<
      keyof typeof right,
      fc.Arbitrary<string | undefined>
    >),
    BRIDGE_IDENTITY: fc.constantFrom('managed-identity', 'federated-app', 'certificate', 'client-secret', 'password'),
  });
}
