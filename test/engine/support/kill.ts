import type { ProxiedRequest } from '../../support/servers/fault-proxy.ts';
import { WORKER_HEADER } from './worker-settings.ts';

/** Ends a process as `kill -9` does. Answers whether there was such a process. */
export function killProcess(id: number): boolean {
  try {
    return process.kill(id, 'SIGKILL');
  } catch {
    return false;
  }
}

/** The process id of the worker that sends this request. */
export function senderOf({ headers }: ProxiedRequest): number {
  return Number(headers[WORKER_HEADER]);
}

/** Ends the worker that sends this request. One that is dead may be there until its host has noticed it. */
export function killSender(request: ProxiedRequest): boolean {
  return killProcess(senderOf(request));
}
