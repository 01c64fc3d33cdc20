import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestBridge, type TestBridge } from '../support/bridge/test-bridge.ts';

let ill: TestBridge;

beforeAll(async () => {
  ill = await startTestBridge({ settings: () => ({ AWS_ROLE_ARN: undefined }) });
});

afterAll(() => ill.stop());

describe('GET /api/doctor of an app whose settings are wrong', () => {
  it('answers 503 and names the link', async () => {
    const answer = await ill.call('GET', '/api/doctor');

    expect(answer.status).toBe(503);
    expect(await answer.text()).toMatch(/BROKEN {3}settings\n +symptom {2}AWS_ROLE_ARN is not set/);
  });
});
