import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const COMMAND_TIMEOUT_MS = 60_000;

/** What the server is made of, and the Debian packages that have it. */
const PACKAGES = {
  radosgw: 'radosgw',
  'radosgw-admin': 'ceph-common',
  ceph: 'ceph-common',
  'ceph-mon': 'ceph-mon',
  'ceph-osd': 'ceph-osd',
  setpriv: 'util-linux',
} as const;

type Program = keyof typeof PACKAGES;

/** Throws, with what to install, unless all programs are there. */
export function requirePrograms(): void {
  const missing = Object.entries(PACKAGES).filter(([program]) => !isOnPath(program));
  if (missing.length === 0) return;
  const [programs, packages] = [missing.map(([program]) => program), new Set(missing.map(([, name]) => name))];
  throw new Error(
    `The tests against radosgw cannot start: ${programs.join(', ')} not found. Install ${programs.length === 1 ? 'it' : 'them'} on Debian or Ubuntu with: apt-get install --no-install-recommends ${[...packages].join(' ')}`,
  );
}

function isOnPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Runs a program to its end. Throws with what it printed when it fails. */
export async function run(program: Program, args: readonly string[]): Promise<void> {
  await promisify(execFile)(program, args, { timeout: COMMAND_TIMEOUT_MS });
}

export interface Daemon {
  /** Fails when the daemon ends, which it does only when something is wrong. */
  readonly failed: Promise<never>;
  /** Kills it, since it holds nothing worth keeping, and waits until it has ended. */
  stop(): Promise<void>;
}

/** Runs what comes after it so that the kernel kills it when we end, however we end. */
const ENDING_WITH_US: readonly [Program, ...string[]] = ['setpriv', '--pdeathsig', 'KILL'];

/** Starts a program that does not end by itself, but with us. */
export function startDaemon(program: Program, args: readonly string[]): Daemon {
  const [command, ...options] = ENDING_WITH_US;
  const child = spawn(command, [...options, program, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  const failed = failureOf(child, program);
  // Nobody listens any more once all is up.
  failed.catch(() => undefined);
  return {
    failed,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function failureOf(child: ChildProcess, program: Program): Promise<never> {
  let printed = '';
  child.stderr?.on('data', (chunk) => {
    printed += chunk;
  });
  const [exitCode, signal] = await once(child, 'exit');
  throw new Error(`${program} ended with ${exitCode ?? signal}: ${printed}`);
}
