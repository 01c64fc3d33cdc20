import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { inject, vi } from 'vitest';
import { anyFreePort } from '../../../local/free-port.ts';

const APP_DIR = join(import.meta.dirname, '../../..');
const WORKER = join(import.meta.dirname, 'worker.ts');
const START_PATIENCE = { timeout: 50_000, interval: 100 };

/** The one value of the shipped host.json that the suite changes: its idle polling would make the suite slow. */
const ENGINE_SETTINGS = {
  AzureFunctionsJobHost__extensions__durableTask__storageProvider__maxQueuePollingInterval: '00:00:00.5',
};

export interface EngineHostOptions {
  /** Those of the app and of the host. */
  readonly settings: Readonly<Record<string, string>>;
  /** Gets what host and app print. */
  readonly logPath: string;
}

/** The app's process, as its host knows it. Another one follows when it ends. */
export interface WorkerStatus {
  readonly workerProcessId: number;
  /** Takes calls of functions, once it is ready for them. */
  readonly workerUrl: string | null;
}

/** The built app on the Durable Task extension, in processes that end with ours. */
export interface EngineHost {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Resolves when it ends, whatever the reason. */
  readonly ended: Promise<unknown>;
  worker(): Promise<WorkerStatus>;
  /** Ends the host at once, as a crash does; the worker follows when it notices. */
  kill(): Promise<void>;
  /** Asks the host to end, as a platform does that takes an instance away. */
  terminate(): Promise<void>;
  stop(): Promise<void>;
}

export async function startEngineHost({ settings, logPath }: EngineHostOptions): Promise<EngineHost> {
  const port = await anyFreePort();
  const log = openSync(logPath, 'a');
  const args = [inject('engineHost'), '--app', APP_DIR, '--worker', WORKER, '--node', process.execPath, '--port', String(port)];
  const child = spawn('dotnet', args, { env: { ...inherited(), ...ENGINE_SETTINGS, ...settings }, stdio: ['pipe', log, log] });
  closeSync(log);
  const ended = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  const worker = async () => (await (await fetch(`${url}/admin/host/status`)).json()) as WorkerStatus;
  await Promise.race([vi.waitFor(worker, START_PATIENCE), failAtEnd(ended)]).catch((error: unknown) => {
    child.kill('SIGKILL');
    throw new Error(`The engine host did not start. Its log: ${logPath}`, { cause: error });
  });
  return {
    url,
    ended,
    worker,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async terminate() {
      child.kill('SIGTERM');
      await ended;
    },
    async stop() {
      child.stdin?.end();
      await ended;
    },
  };
}

/** Our environment without what would speak to somebody's real clouds. */
function inherited(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AWS|AZURE|BRIDGE|IDENTITY|MSI)_/.test(name)));
}

async function failAtEnd(ended: Promise<unknown[]>): Promise<never> {
  const [code, signal] = await ended;
  throw new Error(`It ended with ${code ?? signal}.`);
}
