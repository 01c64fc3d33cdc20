import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isFunctionDisabled, readLocalSettings } from '../../../local/host/app-settings.ts';
import { readHostJson } from '../../../local/host/host-json.ts';

let appDir: string;

beforeEach(async () => {
  appDir = await mkdtemp(join(tmpdir(), 'app-settings-'));
});

afterEach(async () => {
  await rm(appDir, { recursive: true });
});

describe('host.json', () => {
  const write = (content: unknown) => writeFile(join(appDir, 'host.json'), JSON.stringify(content));

  it('may be missing', () => {
    expect(readHostJson(appDir)).toEqual({ routePrefix: 'api', hubName: 'TestHubName', maxConcurrentActivities: 10 });
  });

  it('sets the prefix of routes, the task hub and the concurrency of activities', async () => {
    const durableTask = { hubName: '%TASK_HUB%', maxConcurrentActivityFunctions: 3, storageProvider: { type: 'AzureStorage' } };
    await write({ version: '2.0', extensions: { http: { routePrefix: '/v1/' }, durableTask } });

    expect(readHostJson(appDir)).toEqual({ routePrefix: 'v1', hubName: '%TASK_HUB%', maxConcurrentActivities: 3 });
  });

  it('that cannot be used is refused with the place', async () => {
    await write({ extensions: { durableTask: { maxConcurrentActivityFunctions: 0 } } });

    expect(() => readHostJson(appDir)).toThrow(/host\.json cannot be used: .*extensions\.durableTask\.maxConcurrentActivityFunctions/s);
  });
});

describe('local.settings.json', () => {
  const write = (content: unknown) => writeFile(join(appDir, 'local.settings.json'), JSON.stringify(content));

  it('may be missing', () => {
    expect(readLocalSettings(appDir)).toEqual({});
  });

  it('gives its values as text', async () => {
    await write({ IsEncrypted: false, Values: { A: 'a', B: 1 } });

    expect(readLocalSettings(appDir)).toEqual({ A: 'a', B: '1' });
  });

  it('that is encrypted is refused with what to do', async () => {
    await write({ IsEncrypted: true, Values: { A: 'x' } });

    expect(() => readLocalSettings(appDir)).toThrow('func settings decrypt');
  });
});

describe('a function', () => {
  it.each([
    [{ 'AzureWebJobs.tick.Disabled': 'true' }, true],
    [{ AzureWebJobs_tick_Disabled: '1' }, true],
    [{ 'AzureWebJobs.tick.Disabled': 'false' }, false],
    [{ 'AzureWebJobs.other.Disabled': 'true' }, false],
  ])('with the settings %j is switched off: %s', (settings, isDisabled) => {
    expect(isFunctionDisabled('tick', settings)).toBe(isDisabled);
  });
});
