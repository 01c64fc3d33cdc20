import { installFunctionsCore } from './functions-core.ts';
import { type Host, startHost } from './host.ts';
import { readHostJson } from './host-json.ts';
import { createLineLog, type Log } from './log.ts';

interface LocalHostOptions {
  /** Folder of the app: for its host.json, and for its entry files unless `register` loads the app. */
  readonly appDir?: string;
  /** Loads the app; its functions register themselves meanwhile. */
  readonly register?: () => Promise<unknown>;
  /** Set in `process.env` until the host stops. */
  readonly env?: Readonly<Record<string, string>>;
  /** Any free port by default. */
  readonly port?: number;
  /** Functions whose `authLevel` is not `anonymous` want this key; nobody is asked for one by default. */
  readonly functionKey?: string;
  /** Standard error by default. */
  readonly log?: Log;
}

let isRunning = false;

/**
 * Runs an app inside this process, for tests. One at a time, since an app reads `process.env` and registers with libraries that are global;
 * stop one before the next. Entry files that come by `appDir` are evaluated anew at each start. With `register`, see to that yourself: under
 * Vitest, `register: () => { vi.resetModules(); return import('../../src/main.ts'); }`.
 */
export async function startLocalHost(options: LocalHostOptions): Promise<Host> {
  const { appDir, register, env = {}, port = 0, functionKey, log = createLineLog((line) => console.error(line)) } = options;
  if (isRunning) throw new Error('A local host is running in this process already. Stop it first, or use a process of its own.');
  if (appDir === undefined && register === undefined) throw new Error('Nothing to run: give the local host an appDir or register.');
  isRunning = true;
  const restoreEnv = setEnv({ WEBSITE_HOSTNAME: 'localhost', ...env });
  const release = () => {
    restoreEnv();
    isRunning = false;
  };
  try {
    const core = installFunctionsCore({ log });
    await (register === undefined ? core.loadApp(appDir ?? '.') : core.load(register));
    const host = await startHost({ core, hostJson: readHostJson(appDir), settings: process.env, log, port, functionKey });
    process.env['WEBSITE_HOSTNAME'] = new URL(host.url).host;
    return { ...host, stop: () => host.stop().finally(release) };
  } catch (error) {
    release();
    throw error;
  }
}

/** Returns how to put things back. */
function setEnv(env: Readonly<Record<string, string>>): () => void {
  const before = Object.keys(env).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, env);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}
