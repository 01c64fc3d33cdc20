import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const MODULE = new URL('../../local/parent-process.ts', import.meta.url).href;
const CHILD = `
  import { whenNpmEnds } from ${JSON.stringify(MODULE)};
  whenNpmEnds(() => { console.log('parent ended'); process.exit(0); });
  console.log('watching');
  setTimeout(() => { console.log('still there'); process.exit(0); }, 3_000);
`;
const PARENT = `
  import { spawn } from 'node:child_process';
  spawn(process.execPath, ['--input-type=module', '--eval', ${JSON.stringify(CHILD)}], { stdio: 'inherit' });
  setInterval(() => undefined, 1_000);
`;

/** A process with a child that watches it; what the child says comes from it, too. */
function startParent(env: NodeJS.ProcessEnv): ChildProcess & { readonly output: () => string } {
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', PARENT], {
    ...{ cwd: fileURLToPath(new URL('../..', import.meta.url)), env, stdio: ['ignore', 'pipe', 'inherit'] as const },
  });
  let output = '';
  parent.stdout.on('data', (bytes) => {
    output += String(bytes);
  });
  return Object.assign(parent, { output: () => output });
}

describe('a process whose parent is killed', () => {
  const { npm_lifecycle_event: _, ...env } = process.env;

  it.each([
    ['ends where npm started it', { ...env, npm_lifecycle_event: 'start' }, 'parent ended'],
    ['goes on where a shell started it', env, 'still there'],
  ])('%s', async (_name, environment, last) => {
    const parent = startParent(environment);
    await expect.poll(parent.output, { timeout: 10_000 }).toContain('watching');

    parent.kill('SIGKILL');
    // Its output is open until the child has ended, too.
    await once(parent, 'close');

    expect(parent.output()).toContain(last);
  });
});
