import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FIXTURE_APP } from './fixture.ts';

const MAIN = fileURLToPath(new URL('../../../local/host/main.ts', import.meta.url));
const NODE_MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url));

describe('the local host as a program', () => {
  let appDir: string;
  let child: ChildProcessWithoutNullStreams | undefined;

  beforeEach(async () => {
    appDir = await mkdtemp(join(tmpdir(), 'local-host-'));
    await cp(FIXTURE_APP, appDir, { recursive: true });
    await symlink(NODE_MODULES, join(appDir, 'node_modules'));
    const Values = { FIXTURE_PLACE: 'local.settings.json', FIXTURE_SCHEDULE: '0 0 0 1 1 *' };
    await writeFile(join(appDir, 'local.settings.json'), JSON.stringify({ IsEncrypted: false, Values }));
  });

  afterEach(async () => {
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await rm(appDir, { recursive: true });
  });

  function launch({ args = [], env = {} }: { args?: readonly string[]; env?: Record<string, string> } = {}) {
    child = spawn(process.execPath, [MAIN, '--app', appDir, '--port', '0', ...args], { env: { PATH: process.env['PATH'], ...env } });
    const launched = { child, output: '' };
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (launched.output += chunk));
    return launched;
  }

  async function launchUntilReady(options: Parameters<typeof launch>[0] = {}) {
    const launched = launch(options);
    const url = await vi.waitFor(() => readUrl(launched.output), { timeout: 20_000 });
    return { ...launched, url, output: () => launched.output };
  }

  it('tells its address and what calls each function', async () => {
    const { output } = await launchUntilReady();

    await vi.waitFor(() => expect(output()).toMatch(/^ {2}greet +GET \/api\/greet\/\{name\}$/m));
    expect(output()).toMatch(/^ {2}sum +orchestration$/m);
    expect(output()).toMatch(/^ {2}fiveFields +timer 0 3 \* \* \*$/m);
  });

  it('takes settings from local.settings.json', async () => {
    const { url } = await launchUntilReady();

    expect(await (await fetch(`${url}/api/greet/you`)).text()).toBe('Hello, you, from local.settings.json');
  });

  it('prefers the environment to local.settings.json', async () => {
    const { url } = await launchUntilReady({ env: { FIXTURE_PLACE: 'the environment' } });

    expect(await (await fetch(`${url}/api/greet/you`)).text()).toBe('Hello, you, from the environment');
  });

  it('writes one line for each thing that functions log or throw, and stays up', async () => {
    const { url, output } = await launchUntilReady();

    await fetch(`${url}/api/hooked/x`);
    await fetch(`${url}/api/broken`);

    await vi.waitFor(() => expect(output()).toMatch(/^\S+ error broken: failed: Error: out of order \(at .*\)$/m));
    expect(output()).toMatch(/^\S+ info {2}hooked: logged by \| the function$/m);
    expect((await fetch(`${url}/api/nothing`)).status).toBe(204);
  });

  it("does not repeat the engine's own chatter", async () => {
    const { url, output } = await launchUntilReady();

    const response = await fetch(`${url}/api/run/sum`, { method: 'POST', body: '{"numbers":[1]}' });

    expect(await response.json()).toBe(2);
    expect(output()).not.toMatch(/^\[/m);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends on %s with its hooks run', async (signal) => {
    const { child, output } = await launchUntilReady();

    child.kill(signal);

    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(output()).toContain('The fixture says goodbye.');
  });

  it('ends with its standard input when it is told to, so that it never outlives its parent', async () => {
    const { child, output } = await launchUntilReady({ args: ['--parent-stdin'] });

    child.stdin.end();

    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(output()).toContain('The fixture says goodbye.');
  });

  it('ends with an error when there is nothing to run', async () => {
    await writeFile(join(appDir, 'package.json'), '{ "main": "dist/main.js" }');

    const launched = launch();

    expect((await once(launched.child, 'close'))[0]).toBe(1);
    expect(launched.output).toContain('"dist/main.js". Build the app first.');
  });
});

function readUrl(output: string): string {
  const url = /^Listening on (http:\/\/127\.0\.0\.1:\d+)$/m.exec(output)?.[1];
  if (url === undefined) throw new Error(`The local host is not ready. It wrote: ${output}`);
  return url;
}
