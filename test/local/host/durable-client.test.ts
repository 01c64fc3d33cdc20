import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startFixture } from './fixture.ts';

describe('a durable client in the local host', () => {
  let host: Awaited<ReturnType<typeof startFixture>>;

  beforeAll(async () => {
    host = await startFixture();
  });

  afterAll(async () => {
    await host.stop();
  });

  const start = (name: string, id: string, input: unknown = {}) => host.post(`start/${name}/${id}`, input);
  const client = async (method: string, ...args: unknown[]) => (await host.post(`client/${method}`, args)).body;
  const until = (id: string, expected: Record<string, unknown>) =>
    vi.waitFor(async () => expect(await client('getStatus', id)).toMatchObject(expected), { timeout: 10_000 });

  it('starts an orchestration and tells where to look after it', async () => {
    const { status, body } = await start('sum', 'started', { numbers: [2] });

    expect(status).toBe(202);
    const links = body as Record<string, string>;
    expect(links).toMatchObject({ id: 'started', statusQueryGetUri: expect.stringContaining(`${host.url}/`) });
    await until('started', { runtimeStatus: 'Completed' });
    expect(await (await fetch(links['statusQueryGetUri'] ?? '')).json()).toMatchObject({ output: 4 });
  });

  it('tells everything about an instance', async () => {
    await start('sum', 'described', { numbers: [2, 3] });

    await until('described', { runtimeStatus: 'Completed' });

    expect(await client('getStatus', 'described')).toEqual({
      name: 'sum',
      instanceId: 'described',
      runtimeStatus: 'Completed',
      input: { numbers: [2, 3] },
      customStatus: { numbers: 2 },
      output: 10,
      createdTime: expect.any(String),
      lastUpdatedTime: expect.any(String),
    });
  });

  it('says that there is no such instance', async () => {
    expect(await client('getStatus', 'nobody')).toContain('404');
    expect(await client('terminate', 'nobody', 'why')).toContain("No instance with ID 'nobody' found");
  });

  it('cannot start what is no orchestrator', async () => {
    expect(await start('double', 'wrong')).toMatchObject({
      status: 409,
      body: expect.stringContaining("The function 'double' doesn't exist"),
    });
  });

  it.each([
    ['orchestrators/sum', 'no JSON', 400],
    ['instances/nobody/raiseEvent/go', '{}', 404],
    ['instances/nobody/rewind', '', 501],
  ])('is answered as by the extension at %s', async (path, body, status) => {
    const response = await fetch(`${host.url}/runtime/webhooks/durabletask/${path}`, { method: 'POST', body });

    expect(response.status).toBe(status);
  });

  it('cannot start an id that is running, and may use one that is over again', async () => {
    await start('waiting', 'again');

    expect(await start('waiting', 'again')).toMatchObject({ status: 409, body: expect.stringContaining('status code: 409') });

    await client('raiseEvent', 'again', 'go', 'first');
    await until('again', { runtimeStatus: 'Completed', output: 'first' });
    expect(await start('waiting', 'again')).toMatchObject({ status: 202 });
    await until('again', { runtimeStatus: 'Running', output: null });
  });

  it('raises an event with its value', async () => {
    await start('waiting', 'event');
    await until('event', { runtimeStatus: 'Running', customStatus: 'waiting' });

    await client('raiseEvent', 'event', 'go', { a: [1] });

    await until('event', { runtimeStatus: 'Completed', output: { a: [1] } });
  });

  it('raises an event that arrives before a timer, which is then given up', async () => {
    await start('timed', 'early', { waitMs: 60_000 });

    await client('raiseEvent', 'early', 'go', 'now');

    await until('early', { runtimeStatus: 'Completed', output: { by: 'event', value: 'now' } });
  });

  it('shows the custom status of each generation', async () => {
    await start('counting', 'status', { from: 0, to: 3 });

    await until('status', { runtimeStatus: 'Completed', customStatus: { from: 2 } });
  });

  it('terminates an instance for a reason, for good', async () => {
    await start('waiting', 'ended');
    await until('ended', { runtimeStatus: 'Running' });

    await client('terminate', 'ended', 'enough');

    await until('ended', { runtimeStatus: 'Terminated', output: 'enough' });
    expect(await host.post('client/raiseEvent', ['ended', 'go', 1])).toMatchObject({ status: 200 });
    await until('ended', { runtimeStatus: 'Terminated' });
  });

  it('does not hand the end of a late activity to a new instance of the same id', async () => {
    await start('meeting', 'late', { key: 'late', count: 2 });
    await until('late', { runtimeStatus: 'Running' });
    await client('terminate', 'late', 'too slow');
    await until('late', { runtimeStatus: 'Terminated' });
    await start('meeting', 'late', { key: 'other', count: 2 });

    await host.post('run/meeting', { key: 'late', count: 2 });

    await until('late', { runtimeStatus: 'Running', input: { key: 'other', count: 2 } });
  });

  it('suspends an instance, and resumes it with what came meanwhile', async () => {
    await start('waiting', 'paused');
    await until('paused', { runtimeStatus: 'Running' });

    await client('suspend', 'paused', 'for a while');
    await client('raiseEvent', 'paused', 'go', 'meanwhile');
    await until('paused', { runtimeStatus: 'Suspended' });
    await client('resume', 'paused', 'on');

    await until('paused', { runtimeStatus: 'Completed', output: 'meanwhile' });
  });

  it('purges an instance that is over, and no other', async () => {
    await start('sum', 'purged', { numbers: [1] });
    await start('waiting', 'kept');
    await until('purged', { runtimeStatus: 'Completed' });

    expect(await client('purgeInstanceHistory', 'purged')).toEqual({ instancesDeleted: 1 });
    expect(await client('purgeInstanceHistory', 'kept')).toEqual({ instancesDeleted: 0 });

    expect(await client('getStatus', 'purged')).toContain('404');
    await until('kept', { runtimeStatus: 'Running' });
  });

  it('lists and purges instances by their states', async () => {
    await start('failing', 'broken');
    await until('broken', { runtimeStatus: 'Failed' });

    const failed = (await client('getStatusBy', { runtimeStatus: ['Failed'] })) as { instanceId: string }[];

    expect(failed.map(({ instanceId }) => instanceId)).toEqual(['broken']);
    expect(((await client('getStatusAll')) as unknown[]).length).toBeGreaterThan(1);
    expect(await client('purgeInstanceHistoryBy', { runtimeStatus: ['Failed'] })).toEqual({ instancesDeleted: 1 });
    expect(await client('getStatusBy', { runtimeStatus: ['Failed'] })).toEqual([]);
  });
});
