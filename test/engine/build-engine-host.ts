import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const SOURCE_DIR = join(import.meta.dirname, 'host');
const BUILDS_DIR = join(import.meta.dirname, '../../.local/engine-host');
const PROGRAM = 'bin/EngineHost/release/EngineHost.dll';

/** Compiles host/ into .local/, unless that is done, and answers the program's path. Throws when there is no .NET SDK, or no success. */
export function buildEngineHost(): string {
  runDotnet(['--version']);
  const buildDir = join(BUILDS_DIR, hashOfSource());
  const program = join(buildDir, PROGRAM);
  if (existsSync(program)) return program;
  const unfinishedDir = `${buildDir}.unfinished-${process.pid}`;
  runDotnet(['build', join(SOURCE_DIR, 'EngineHost.csproj'), '--configuration', 'Release', '--artifacts-path', unfinishedDir]);
  rmSync(buildDir, { recursive: true, force: true });
  renameSync(unfinishedDir, buildDir);
  return program;
}

function hashOfSource(): string {
  const hash = createHash('sha256');
  for (const file of readdirSync(SOURCE_DIR).sort()) hash.update(`${file}\n`).update(readFileSync(join(SOURCE_DIR, file)));
  return hash.digest('hex').slice(0, 16);
}

function runDotnet(args: readonly string[]): void {
  const { error, status, stdout, stderr } = spawnSync('dotnet', args, {
    env: { ...process.env, DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1' },
    encoding: 'utf8',
  });
  if (error !== undefined) {
    throw new Error(
      `The engine suite needs the .NET SDK 10 or later, but "dotnet" cannot be run: ${error.message}. Install it and put it on PATH.`,
    );
  }
  if (status !== 0) throw new Error(`"dotnet ${args[0]}" failed for the host of the engine suite:\n${stdout}${stderr}`);
}
