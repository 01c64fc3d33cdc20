import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFixture } from './fixture.ts';

describe('orchestrations in the local host', () => {
  let host: Awaited<ReturnType<typeof startFixture>>;

  beforeAll(async () => {
    host = await startFixture();
  });

  afterAll(async () => {
    await host.stop();
  });

  /** Runs an orchestration to its end, and returns its output. */
  const run = async (name: string, input: unknown = {}) => (await host.post(`run/${name}`, input)).body;

  it('run activities, together and one after another', async () => {
    expect(await run('sum', { numbers: [1, 2, 3] })).toBe(12);
    expect(await run('greetAll', { names: ['a', 'b'] })).toEqual(['Hello, a', 'Hello, b']);
  });

  it('run a hundred activities together', async () => {
    const numbers = Array.from({ length: 100 }, (_, index) => index);

    expect(await run('sum', { numbers })).toBe(9900);
  });

  it('start an activity when it is yielded, not when it is called', async () => {
    expect(await run('forgetful')).toEqual({ attempt: 1 });
  });

  it('see the failure of an activity in the words of the extension', async () => {
    expect(await run('catching')).toMatch(/^Activity function 'break' failed: it broke \n .*at /s);
  });

  it('fail with what they do not catch, and log it', async () => {
    const { status, body } = await host.post('run/failing');

    expect(status).toBe(500);
    expect(body).toMatchObject({
      runtimeStatus: 'Failed',
      output: expect.stringMatching(/^Orchestrator function 'failing' failed: Activity function 'break' failed: it broke/),
    });
    for (const functionName of ['break', 'failing']) {
      expect(host.entries).toContainEqual(expect.objectContaining({ level: 'error', functionName }));
    }
  });

  it('see the first failure of several activities while the others still run', async () => {
    const output = await run('failingFast', { key: 'failing-fast' });

    expect(output).toMatch(/^Activity function 'break' failed/);
    // Lets the other activity end, too.
    await run('meeting', { key: 'failing-fast', count: 2 });
  });

  it('repeat an activity that fails until it succeeds', async () => {
    expect(await run('retrying', { key: 'activity-succeeds', after: 3, maxAttempts: 3 })).toEqual({ attempt: 3 });
  });

  it('see the last failure of an activity that is repeated in vain', async () => {
    expect(await run('retrying', { key: 'activity-fails', after: 9, maxAttempts: 3 })).toMatch(/failed: attempt 3 broke/);
  });

  it('repeat a sub-orchestration that fails, under the same id', async () => {
    const output = await run('parent', { key: 'child-succeeds', after: 2, maxAttempts: 3 });

    expect(output).toEqual({ attempt: 2, id: expect.stringMatching(/-child$/), parent: expect.stringMatching(/^\w{32}$/) });
  });

  it('see the failure of a sub-orchestration', async () => {
    const output = await run('parent', { key: 'child-fails', after: 9, maxAttempts: 2 });

    expect(output).toMatch(/^Orchestrator function 'child' failed: Activity function 'succeedLater' failed: attempt 2 broke/);
  });

  it('run sub-orchestrations side by side, each in several generations that keep their parent', async () => {
    const lane = { counted: 5, parent: expect.stringMatching(/^\w{32}$/) };

    expect(await run('lanes')).toEqual([lane, lane, lane]);
  });

  it('continue as new for twenty generations', async () => {
    expect(await run('counting', { from: 0, to: 20 })).toEqual({ counted: 20, parent: null });
  });

  it('wait for a timer, and see the time pass', async () => {
    const output = await run('timed', { waitMs: 50 });

    expect(output).toEqual({ by: 'timer', passed: expect.any(Number) });
    expect((output as { passed: number }).passed).toBeGreaterThanOrEqual(50);
  });

  it('are not disturbed by timers that an earlier generation gave up', async () => {
    expect(await run('timedGenerations', { left: 5 })).toEqual({ number: 0 });
  });

  it('that could never go on fail, and say why', async () => {
    expect((await host.post('run/hanging')).body).toMatchObject({
      runtimeStatus: 'Failed',
      output: expect.stringContaining('waits for tasks that are complete already'),
    });
  });

  it('go on beside one another while activities of each run', async () => {
    const meet = () => run('meeting', { key: 'two-runs', count: 2 });

    expect(await Promise.all([meet(), meet()])).toEqual(['met', 'met']);
  });

  it('run as many activities at once as host.json allows, and no more', async () => {
    expect(await run('crowd')).toBe(3);
  });
});
