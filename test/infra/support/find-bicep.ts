import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { outputOf, runProgram } from './run-program.ts';

const VERSION = '0.49.2';
const EXECUTABLE = process.platform === 'win32' ? 'bicep.exe' : 'bicep';
const FETCHED = fileURLToPath(new URL(`../../../.local/tools/bicep-${VERSION}/${EXECUTABLE}`, import.meta.url));
/** Where `az bicep install` puts it. */
const AZURE_CLI_COPY = join(homedir(), '.azure', 'bin', EXECUTABLE);

/** How long {@link findBicep} may take on a slow line. */
export const FETCH_TIMEOUT_MS = 300_000;

/** The path of the Bicep compiler: the version that we test with, fetched once from NuGet by `dotnet`; without `dotnet`, an installed one. */
export async function findBicep(): Promise<string> {
  if (existsSync(FETCHED)) return FETCHED;
  if (onPath('dotnet') !== undefined) return fetchBicep();
  const installed = onPath(EXECUTABLE) ?? AZURE_CLI_COPY;
  if (existsSync(installed)) return installed;
  throw new Error('There is neither dotnet nor bicep on PATH. Install the .NET SDK, or the Bicep CLI: az bicep install');
}

function onPath(name: string): string | undefined {
  const folders = process.env['PATH']?.split(delimiter) ?? [];
  return folders.map((folder) => join(folder, name)).find(existsSync);
}

/** The NuGet package holds one executable that needs nothing else. */
async function fetchBicep(): Promise<string> {
  const name = `Azure.Bicep.CommandLine.${runtimeId()}`;
  const folder = await mkdtemp(join(tmpdir(), 'bicep-'));
  try {
    await writeFile(join(folder, 'fetch.csproj'), projectThatDownloads(name));
    await outputOf(runProgram('dotnet', ['restore', 'fetch.csproj', '--packages', 'packages'], { cwd: folder }));
    await mkdir(dirname(FETCHED), { recursive: true });
    const copy = `${FETCHED}.${process.pid}`;
    await copyFile(join(folder, 'packages', name.toLowerCase(), VERSION, 'tools', EXECUTABLE), copy);
    await chmod(copy, 0o755);
    await rename(copy, FETCHED);
    return FETCHED;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function runtimeId(): string {
  const system = { darwin: 'osx', win32: 'win' }[process.platform as string] ?? 'linux';
  return `${system}-${process.arch}`;
}

function projectThatDownloads(name: string): string {
  return `<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>netstandard2.0</TargetFramework>
    <DisableImplicitFrameworkReferences>true</DisableImplicitFrameworkReferences>
  </PropertyGroup>
  <ItemGroup><PackageDownload Include="${name}" Version="[${VERSION}]" /></ItemGroup>
</Project>
`;
}
