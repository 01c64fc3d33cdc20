import { rm } from 'node:fs/promises';
import { expect, vi } from 'vitest';
import { type EngineHost, type EngineHostOptions, startEngineHost, type WorkerStatus } from './engine-host.ts';

const ANSWER_PATIENCE_MS = 30_000;
const TIMER_PATIENCE = { timeout: 60_000, interval: 500 };

interface PlatformOptions extends EngineHostOptions {
  /** How many hosts share the task hub. */
  readonly hosts: number;
}

/** What Azure is to the app: so many hosts at any time, another one for each that ends, and one address for all. */
export interface Platform {
  /** Those that are up. */
  hosts(): readonly EngineHost[];
  /** Asks one host after the other, at each call. Throws when that one is going down. */
  call(method: string, path: string, body?: unknown): Promise<Response>;
  /** Runs a timer function, whatever its schedule says, and waits for its end. Tries again while hosts or workers are going down. */
  runTimer(name: string): Promise<void>;
  /** The app's processes that are up. */
  workers(): Promise<WorkerStatus[]>;
  stop(): Promise<void>;
}

export async function startPlatform({ hosts: count, ...options }: PlatformOptions): Promise<Platform> {
  const hosts = new Set<EngineHost>();
  let calls = 0;
  let isStopping = false;
  await rm(options.logPath, { force: true });

  async function keepOne(): Promise<void> {
    // The extension picks a port for itself, and dies when another host was faster to take it.
    const host = await startEngineHost(options).catch(() => startEngineHost(options));
    hosts.add(host);
    void host.ended.then(() => {
      hosts.delete(host);
      if (!isStopping) starting = Promise.all([starting, keepOne()]);
    });
  }

  const call: Platform['call'] = async (method, path, body) => {
    const up = [...hosts];
    const host = up[calls++ % up.length];
    if (host === undefined) throw new Error('No host is up. Another one is being started.');
    const signal = AbortSignal.timeout(ANSWER_PATIENCE_MS);
    const json = body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    return fetch(`${host.url}${path}`, { method, signal, ...json });
  };

  let starting: Promise<unknown> = Promise.all(Array.from({ length: count }, keepOne));
  await starting;
  return {
    hosts: () => [...hosts],
    call,
    runTimer: (name) => vi.waitFor(async () => expect((await call('POST', `/admin/functions/${name}`)).status).toBe(200), TIMER_PATIENCE),
    async workers() {
      const found = await Promise.allSettled([...hosts].map((host) => host.worker()));
      return found.flatMap((worker) => (worker.status === 'fulfilled' ? [worker.value] : []));
    },
    async stop() {
      isStopping = true;
      await starting;
      await Promise.all([...hosts].map((host) => host.stop()));
    },
  };
}
