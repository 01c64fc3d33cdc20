import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFixture } from './fixture.ts';

describe('hooks of an app in the local host', () => {
  let host: Awaited<ReturnType<typeof startFixture>>;

  beforeAll(async () => {
    host = await startFixture();
  });

  afterAll(async () => {
    await host.stop();
  });

  it('run around a function, may replace its inputs and its result, and share data', async () => {
    const response = await fetch(`${host.url}/api/hooked/original`);

    expect(await response.json()).toEqual({ name: 'replaced', hook: 'before', seen: ['appStart'] });
  });

  it('and functions log under the name of the function, without a warning', async () => {
    await fetch(`${host.url}/api/hooked/original`);

    const logged = host.entries.filter(({ functionName }) => functionName === 'hooked');
    expect(logged).toContainEqual({ level: 'information', message: 'logged by\nthe function', functionName: 'hooked' });
    expect(logged).toContainEqual({ level: 'information', message: 'logged by a hook after before', functionName: 'hooked' });
    expect(logged.filter(({ level }) => level !== 'information')).toEqual([]);
  });
});
