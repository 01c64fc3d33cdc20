import type { ProxiedRequest } from '../support/fault-proxy.ts';
import { WORKER_HEADER } from './worker-settings.ts';

/** Ends a process as `kill -9` does. Answers whether there was such a process. */
export function killProcess(id: number): boolean {
  try {
    return process.kill(id, 'SIGKILL');
  } catch {
    return false;
  }
}

/** Ends the worker that sends this request. */
export function killSender({ headers }: ProxiedRequest): boolean {
  return killProcess(Number(headers[WORKER_HEADER]));
}
