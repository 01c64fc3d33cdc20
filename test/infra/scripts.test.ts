import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { outputOf, runProgram } from './support/run-program.ts';

const FOLDER = fileURLToPath(new URL('../../infra/', import.meta.url));
const FILES = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(?:sh|bash)$/.test(name));
const SCRIPTS = FILES.filter((name) => name.endsWith('.sh'));

it.each(FILES)('%s has no fault that shellcheck knows', async (script) => {
  const args = ['--external-sources', '--source-path=SCRIPTDIR/..', '--source-path=SCRIPTDIR/../..', script];

  expect(await outputOf(runProgram('shellcheck', args, { cwd: FOLDER }))).toBe('');
});

it.each(SCRIPTS)('%s explains itself when it is called without arguments', async (script) => {
  const { exitCode, stderr } = await runProgram(`./${script}`, [], { cwd: FOLDER });

  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/Usage:|--help/);
});
