import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const BUILDS_DIR = join(import.meta.dirname, '../../.local/engine-host');

/** A program in C#, in a folder of this suite. */
interface Program {
  readonly folder: string;
  /** Of its project file. */
  readonly name: string;
}

/** Compiles a program into .local/, unless that is done, and returns its path. Throws when there is no .NET SDK, or no success. */
export function buildDotnet({ folder, name }: Program): string {
  runDotnet(['--version'], name);
  const sourceDir = join(import.meta.dirname, folder);
  const buildDir = join(BUILDS_DIR, `${folder}-${hashOf(sourceDir)}`);
  const program = join(buildDir, 'bin', name, 'release', `${name}.dll`);
  if (existsSync(program)) return program;
  const unfinishedDir = `${buildDir}.unfinished-${process.pid}`;
  runDotnet(['build', join(sourceDir, `${name}.csproj`), '--configuration', 'Release', '--artifacts-path', unfinishedDir], name);
  rmSync(buildDir, { recursive: true, force: true });
  renameSync(unfinishedDir, buildDir);
  return program;
}

function hashOf(sourceDir: string): string {
  const hash = createHash('sha256');
  for (const file of readdirSync(sourceDir).sort()) hash.update(`${file}\n`).update(readFileSync(join(sourceDir, file)));
  return hash.digest('hex').slice(0, 16);
}

function runDotnet(args: readonly string[], name: string): void {
  const { error, status, stdout, stderr } = spawnSync('dotnet', args, {
    env: { ...process.env, DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1' },
    encoding: 'utf8',
  });
  if (error !== undefined) {
    throw new Error(
      `The engine suite needs the .NET SDK 10 or later, but "dotnet" cannot be run: ${error.message}. Install it and put it on PATH.`,
    );
  }
  if (status !== 0) throw new Error(`"dotnet ${args[0]}" failed for ${name} of the engine suite:\n${stdout}${stderr}`);
}
