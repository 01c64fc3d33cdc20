import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUCKET } from '../../local/clouds.ts';
import { startTestBridge, type TestBridge } from '../support/bridge/test-bridge.ts';

let well: TestBridge;

beforeAll(async () => {
  well = await startTestBridge();
});

afterAll(() => well.stop());

function ask(url: string, accept?: string): Promise<Response> {
  return fetch(`${url}/api/doctor`, accept === undefined ? {} : { headers: { accept } });
}

describe('GET /api/doctor', () => {
  it('tells people that the chain holds', async () => {
    const answer = await ask(well.url);

    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await answer.text()).toMatch(/ok {7}sts[\s\S]*Every link that was checked holds\.\n$/);
  });

  it('tells programs the same as JSON, with the locations that ad hoc runs may use', async () => {
    const answer = await ask(well.url, 'application/json');

    const body = (await answer.json()) as { healthy: boolean; checks: { name: string }[] };
    expect(body.healthy).toBe(true);
    expect(body.checks.map(({ name }) => name)).toContain(`s3://${BUCKET}/ (allowed to ad hoc runs)`);
  });
});
