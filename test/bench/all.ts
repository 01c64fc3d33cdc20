import { spawnSync } from 'node:child_process';

/* Runs every bench, one after the other, each in a process of its own. */

for (const name of ['requests', 'large-object', 'many-objects', 'million-keys', 'synthetic-10gib']) {
  const { status } = spawnSync(process.execPath, [new URL(`${name}.ts`, import.meta.url).pathname], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
