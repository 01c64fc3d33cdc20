import { afterEach, describe, expect, it, vi } from 'vitest';
import { startLocalHost } from '../../../local/host/in-process.ts';
import { startFixture } from './fixture.ts';

describe('a local host inside a process', () => {
  const running: { stop(): Promise<void> }[] = [];

  afterEach(async () => {
    for (const host of running.splice(0)) await host.stop();
  });

  const startKept = async <T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
    const host = await starting;
    running.push(host);
    return host;
  };

  const registerInline = async () => {
    vi.resetModules();
    const { app } = await import('@azure/functions');
    app.http('place', { authLevel: 'anonymous', handler: () => ({ body: process.env['FIXTURE_PLACE'] ?? 'nowhere' }) });
  };

  it('runs an app that registers itself, with the settings of that start', async () => {
    for (const place of ['here', 'there']) {
      const host = await startLocalHost({ register: registerInline, env: { FIXTURE_PLACE: place } });
      running.push(host);

      const response = await fetch(`${host.url}/api/place`);

      expect(await response.text()).toBe(place);
      await running.pop()?.stop();
    }
    expect(process.env['FIXTURE_PLACE']).toBeUndefined();
  });

  it('starts an app afresh each time, without instances of before', async () => {
    const first = await startFixture();
    await first.post('start/waiting/one');
    await first.stop();

    const second = await startKept(startFixture());

    expect(second.backend.ids()).toEqual([]);
    expect((await second.post('run/sum', { numbers: [1] })).body).toBe(2);
  });

  it('runs one app at a time', async () => {
    await startKept(startFixture());

    await expect(startFixture()).rejects.toThrow('is running in this process already');
  });

  it('can start again after an app that failed to load', async () => {
    const failing = startLocalHost({ register: () => Promise.reject(new Error('no app today')) });
    await expect(failing).rejects.toThrow('no app today');

    await expect(startKept(startFixture())).resolves.toBeDefined();
  });

  it('refuses a function that is registered after the start', async () => {
    await startKept(startFixture());
    const { app } = await import('@azure/functions');

    expect(() => app.http('late', { handler: () => ({}) })).toThrow('"late" comes too late');
  });
});
