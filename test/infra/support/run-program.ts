import { execFile } from 'node:child_process';

export interface ProgramEnd {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program with these variables besides our own, and tells how it ended. One that cannot be started throws. */
export function runProgram(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<ProgramEnd> {
  const { cwd, env } = options;
  return new Promise((resolve, reject) => {
    execFile(program, args, { cwd, env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : error.code;
      if (typeof exitCode === 'number') resolve({ exitCode, stdout, stderr });
      else reject(error);
    });
  });
}

/** What the program printed; throws with what it complained of when it did not succeed. */
export async function outputOf(end: Promise<ProgramEnd>): Promise<string> {
  const { exitCode, stdout, stderr } = await end;
  if (exitCode !== 0) throw new Error(`The program ended with ${exitCode}: ${stderr || stdout}`);
  return stdout;
}
