import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Compiles src/ into dist/, which is what the host loads. Throws with the compiler's words when it cannot. */
export function buildApp(root: string): void {
  const compiler = new URL(import.meta.resolve('typescript/package.json'));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [fileURLToPath(new URL('bin/tsc', compiler)), '-p', 'tsconfig.build.json'],
    {
      cwd: root,
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(`The app does not compile:\n${stdout}${stderr}`);
}
