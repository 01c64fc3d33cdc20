import { readdirSync, readFileSync } from 'node:fs';
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

/** What the bash of macOS (3.2) does not know. */
const NEWER_THAN_3_2 = [
  ...[/\$\{\w+(?:,,?|\^\^?|@[A-Za-z])\}/, /\b(?:mapfile|readarray|coproc)\b/, /\b(?:declare|local|typeset) -[a-z]*[Ang]/],
  ...[
    /&>>/,
    /\|&/,
    /\$\{\w+\[-\d/,
    /\[\[ -v /,
    /%\([^)]*\)T/,
    /\bwait -n\b/,
    /;;?&/,
    /\$EPOCH|\$\{EPOCH/,
    /\bshopt -s (?:globstar|lastpipe|inherit_errexit)/,
  ],
];

it.each(FILES)('%s needs no newer bash than that of macOS', (script) => {
  const lines = readFileSync(`${FOLDER}${script}`, 'utf8').split('\n');

  expect(lines.filter((line) => NEWER_THAN_3_2.some((feature) => feature.test(line)))).toEqual([]);
});

it.each(SCRIPTS)('%s explains itself when it is called without arguments', async (script) => {
  const { exitCode, stderr } = await runProgram(`./${script}`, [], { cwd: FOLDER });

  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/Usage:|--help/);
});
