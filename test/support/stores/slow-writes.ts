import type { FaultProxy } from '../servers/fault-proxy.ts';

const PAUSE_MS = 2_500;

/** Does `work` while a run that writes through the proxy cannot end: its writes take longer than the work. */
export async function withSlowWrites<T>(proxy: FaultProxy, work: () => Promise<T>): Promise<T> {
  proxy.setFaults(({ method }) => (method === 'PUT' ? { kind: 'delay', milliseconds: PAUSE_MS } : undefined));
  try {
    return await work();
  } finally {
    proxy.setFaults();
  }
}
