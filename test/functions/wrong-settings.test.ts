import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Host } from '../../local/host/host.ts';
import { startLocalHost } from '../../local/host/in-process.ts';

const FUNCTION_KEY = 'key-of-this-test';
const SETTINGS = {
  AzureWebJobsStorage: '',
  BRIDGE_AUDIENCE: '',
  AWS_ROLE_ARN: 'nobody',
  AWS_REGION: 'eu-central-1',
  BRIDGE_IDENTITY: 'managed-identity',
  BRIDGE_JOBS: '[{ "name": "A" }]',
  BRIDGE_WEBHOOK_URL: 'http://hooks.example',
};
const WRONG = [
  'AzureWebJobsStorage',
  'BRIDGE_AUDIENCE',
  'AWS_ROLE_ARN',
  'BRIDGE_JOBS[0].name',
  'BRIDGE_JOBS[0].source',
  'BRIDGE_JOBS[0].destination',
  'BRIDGE_WEBHOOK_URL',
  'BRIDGE_WEBHOOK_SECRET',
];
const GUARDED = [
  ['POST', 'sync'],
  ['POST', 'verify'],
  ['GET', 'jobs'],
  ['POST', 'jobs/a/runs'],
  ['GET', 'runs'],
  ['GET', 'runs/1700000000000-ffffffff'],
  ['GET', 'runs/1700000000000-ffffffff/report'],
  ['POST', 'runs/1700000000000-ffffffff/cancel'],
] as const;
const DOCTOR = ['GET', 'doctor'] as const;

let host: Host;
const told: string[] = [];

beforeAll(async () => {
  vi.spyOn(console, 'error').mockImplementation((line) => void told.push(String(line)));
  host = await startLocalHost({
    appDir: new URL('../..', import.meta.url).pathname,
    env: SETTINGS,
    functionKey: FUNCTION_KEY,
    log: () => undefined,
    register: () => {
      vi.resetModules();
      return import('../../src/main.ts');
    },
  });
});
afterAll(() => host.stop());

const call = (method: string, path: string, headers: Record<string, string> = {}) => fetch(`${host.url}/api/${path}`, { method, headers });
const named = WRONG.map((name) => expect.stringContaining(name));

describe('an app whose settings are wrong', () => {
  it('has a health, which needs no key, with the number of problems and no text of a setting', async () => {
    const answer = await call('GET', 'health');

    expect(answer.status).toBe(503);
    const body = await answer.text();
    expect(JSON.parse(body)).toEqual({
      status: 'misconfigured',
      problemCount: WRONG.length,
      detail: expect.stringContaining('/api/doctor'),
    });
    for (const text of [...Object.keys(SETTINGS), 'nobody', 'hooks.example']) expect(body).not.toContain(text);
  });

  it('serves the JSON Schema of what may be set up, which needs no key', async () => {
    const answer = await call('GET', 'schema');

    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/schema+json');
    expect(await answer.json()).toMatchObject({ definitions: { job: expect.anything(), syncRequest: expect.anything() } });
  });

  it('tells every problem in its log', () => {
    expect(told).toEqual(expect.arrayContaining(named));
  });

  it.each(GUARDED)('answers %s %s with 503 and every problem', async (method, path) => {
    const answer = await call(method, path, { 'x-functions-key': FUNCTION_KEY });

    expect(answer.status).toBe(503);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(await answer.json()).toMatchObject({ status: 503, problems: expect.arrayContaining(named) });
  });
});

describe('the doctor of an app whose settings are wrong', () => {
  it('answers 503 and names every setting that is', async () => {
    const answer = await call(...DOCTOR, { 'x-functions-key': FUNCTION_KEY });

    const diagnosis = await answer.text();
    expect(answer.status).toBe(503);
    for (const name of WRONG) expect(diagnosis).toContain(name);
  });
});

describe('every function but health and the schema', () => {
  it.each([...GUARDED, DOCTOR])('wants the function key: %s %s', async (method, path) => {
    expect((await call(method, path)).status).toBe(401);
  });

  it('is covered by this test', () => {
    const functions = host.functions.filter(({ trigger }) => trigger.type === 'httpTrigger');

    const open = functions.filter(({ trigger }) => trigger.options['authLevel'] !== 'function').map(({ name }) => name);

    expect(functions).toHaveLength([...GUARDED, DOCTOR].length + open.length);
    expect(open).toEqual(['health', 'schema']);
  });
});
