import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, createWriteStream, mkdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { anyFreePort, usualPort } from '../free-port.ts';

/**
 * Makes V8 collect the SDKs' short-lived objects instead of growing its heap fourfold first: about half the memory, for a little CPU. In
 * Azure the same goes into the app setting `languageWorkers__node__arguments`.
 */
const HEAP_FLAGS = ['--max-semi-space-size=8', '--heap-growing-percent=30'];

const START_TIMEOUT_MS = 120_000;
const POLL_MS = 200;

export interface AppOptions {
  /** Folder with host.json and the built app. */
  readonly appDir: string;
  readonly settings: Readonly<Record<string, string>>;
  /** A free one is taken instead when it is in use. */
  readonly port: number;
  /** Gets what the app prints. */
  readonly logPath: string;
}

/** The function app in a process of its own, which ends with ours. */
export interface AppProcess {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly runner: 'Azure Functions Core Tools' | 'the local host';
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

/** Starts the app with Core Tools where `func` is on PATH, otherwise in the local host, and waits until it answers. */
export async function startApp({ appDir, settings, port, logPath }: AppOptions): Promise<AppProcess> {
  mkdirSync(dirname(logPath), { recursive: true });
  const freePort = (await usualPort(port)) || (await anyFreePort());
  const runner = isOnPath('func') ? 'Azure Functions Core Tools' : 'the local host';
  const [command, ...args] = runner === 'the local host' ? localHost(appDir, freePort) : ['func', 'start', '--port', String(freePort)];
  const child = spawn(command, args, {
    cwd: appDir,
    env: { ...ownEnvironment(), ...settings, languageWorkers__node__arguments: HEAP_FLAGS.join(' ') },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const log = createWriteStream(logPath);
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const url = `http://127.0.0.1:${freePort}`;
  await untilItAnswers(child, `${url}/api/health`, logPath);
  return { url, runner, process: child, stop: () => stop(child) };
}

function localHost(appDir: string, port: number): [string, ...string[]] {
  return [
    process.execPath,
    ...HEAP_FLAGS,
    join(import.meta.dirname, '../host/main.ts'),
    '--app',
    appDir,
    '--port',
    String(port),
    '--parent-stdin',
  ];
}

/** Our environment without what would speak to somebody's real clouds. */
function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AWS|AZURE|BRIDGE|IDENTITY|MSI)_/.test(name)));
}

function isOnPath(command: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

async function untilItAnswers(child: ChildProcess, url: string, logPath: string): Promise<void> {
  for (let leftMs = START_TIMEOUT_MS; leftMs > 0; leftMs -= POLL_MS) {
    if (child.exitCode !== null) throw new Error(`The app ended with ${child.exitCode} instead of starting. Its log: ${logPath}`);
    const answer = await fetch(url).catch(() => undefined);
    if (answer !== undefined) return;
    await wait(POLL_MS);
  }
  child.kill();
  throw new Error(`The app did not answer within ${START_TIMEOUT_MS / 1_000} s. Its log: ${logPath}`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
