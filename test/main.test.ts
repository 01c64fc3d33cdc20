import { execFile } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '..');
const SOURCES = globSync('src/**/*.ts', { cwd: ROOT }).map((file) => join(ROOT, file));
const MAIN = join(ROOT, 'src', 'main.ts');
/** Files that are run from a shell. */
const COMMANDS = join(ROOT, 'src', 'cli');
const APP = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { main: string; dependencies: Record<string, string> };

/** Outside a host the Functions libraries warn of every function that is registered. */
async function importAll(files: readonly string[]) {
  const code = files.map((file) => `await import(${JSON.stringify(pathToFileURL(file).href)});`).join('\n');
  return run(process.execPath, ['--input-type=module', '--eval', code], { cwd: tmpdir(), env: {} });
}

describe('the modules of the app', () => {
  it('but for main and the commands do nothing when they are imported: register no function, print nothing, keep nothing open', async () => {
    const modules = SOURCES.filter((file) => file !== MAIN && !file.startsWith(COMMANDS));

    const { stdout, stderr } = await importAll(modules);

    expect(modules.length).toBeGreaterThan(50);
    expect(stdout + stderr).toBe('');
  });

  it('are registered by main, also when no setting is there', async () => {
    const { stderr, stdout } = await importAll([MAIN]);

    expect(stdout + stderr).toMatch(/Skipping call to register function "health"/);
  });

  it('report each wrong setting with the word that makes the host log it as an error', async () => {
    const { stderr } = await importAll([MAIN]);

    expect(stderr).toMatch(/^Setting error: AWS_ROLE_ARN/m);
    expect(stderr).not.toMatch(/^Setting: /m);
  });

  it('import exactly the production dependencies', () => {
    const imports = SOURCES.flatMap((file) => [
      ...readFileSync(file, 'utf8').matchAll(/(?:^import |^[^'"`]* from |import\()'((?:@[^/']+\/)?[^./'][^/']*)/gm),
    ]);
    const packages = new Set(imports.map(([, name]) => name).filter((name) => name?.startsWith('node:') === false));

    expect([...packages].sort()).toEqual(Object.keys(APP.dependencies).sort());
  });
});

describe('the built app', () => {
  it('starts from one file', async () => {
    const outDir = await mkdtemp(join(tmpdir(), 'built-'));

    await run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json', '--outDir', outDir], {
      cwd: ROOT,
    });

    expect(APP.main).toBe(`dist/${basename(APP.main)}`);
    expect(existsSync(join(outDir, basename(APP.main)))).toBe(true);
    await rm(outDir, { recursive: true });
  });
});
