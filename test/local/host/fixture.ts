import { fileURLToPath } from 'node:url';
import { startLocalHost } from '../../../local/host/in-process.ts';
import type { Log, LogEntry } from '../../../local/host/log.ts';

/** An app with functions of every kind that the local host serves. */
export const FIXTURE_APP = fileURLToPath(new URL('./fixture-app', import.meta.url));

/** Runs the fixture app in this process; `entries` holds what was logged, and grows. */
export async function startFixture(options: { readonly env?: Record<string, string>; readonly functionKey?: string } = {}) {
  const entries: LogEntry[] = [];
  const log: Log = (entry) => void entries.push(entry);
  const { env, ...others } = options;
  const host = await startLocalHost({ appDir: FIXTURE_APP, log, env: { FIXTURE_SCHEDULE: '0 0 0 1 1 *', ...env }, ...others });
  return { ...host, entries, post: createPost(host.url) };
}

function createPost(url: string) {
  /** Posts JSON to a function and returns what it answered. */
  return async (path: string, body: unknown = {}): Promise<{ status: number; body: unknown }> => {
    const response = await fetch(`${url}/api/${path}`, { method: 'POST', body: JSON.stringify(body) });
    const text = await response.text();
    return { status: response.status, body: parse(text) };
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
