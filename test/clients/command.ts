import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { buffer, text } from 'node:stream/consumers';

export interface CommandOutcome {
  readonly exitCode: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/**
 * Runs a program with these variables, and none of ours that would lead it to somebody's real clouds. One that fails is an outcome; one
 * that is not there throws.
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<CommandOutcome> {
  const child = spawn(command, args, { env: { ...ownEnvironment(), ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [exitCode]] = await Promise.all([buffer(child.stdout), text(child.stderr), once(child, 'close')]).catch(
    (error) => {
      throw isNotFound(error) ? new Error(`${command} is not on PATH. Install it: apt-get install rclone awscli`, { cause: error }) : error;
    },
  );
  return { exitCode, stdout, stderr };
}

/** What the program printed; throws with what it complained of when it did not succeed. */
export function outputOf({ exitCode, stdout, stderr }: CommandOutcome): Buffer {
  if (exitCode !== 0) throw new Error(`The command ended with ${exitCode}: ${stderr}`);
  return stdout;
}

function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AWS|AZURE|RCLONE)_/.test(name)));
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
